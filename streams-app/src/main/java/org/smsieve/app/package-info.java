/** The command line of the streaming app. */
package org.smsieve.app;
