/** What is handed to users: the archive and what deploys it. */
package org.smsieve.distribution;
