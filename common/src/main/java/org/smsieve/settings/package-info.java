/** Settings as text: from a properties file, the environment and the command line, each with its rule. */
package org.smsieve.settings;
