/** What the app serves over HTTP: metrics, health, its status, and a page that shows it live. */
package org.smsieve.app.http;
