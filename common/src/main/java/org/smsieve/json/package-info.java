/** JSON from outside. */
package org.smsieve.json;
