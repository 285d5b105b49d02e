/** Fetching files over HTTP, whole or not at all, and the directory where they are kept. */
package org.smsieve.download;
