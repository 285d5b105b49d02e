/** The app's settings: their catalogue, where they are read from, and the records they become. */
package org.smsieve.app.config;
