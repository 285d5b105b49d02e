/** What the app serves over HTTP: metrics and health. */
package org.smsieve.app.http;
