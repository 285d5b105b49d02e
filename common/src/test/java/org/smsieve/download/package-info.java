/** Tests of downloads, and the server that other tests download from. */
package org.smsieve.download;
