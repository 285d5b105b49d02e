/** The model that the app serves: the one built in, or a bundle. */
package org.smsieve.app.model;
