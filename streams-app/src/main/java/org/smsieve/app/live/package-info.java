/** What has become of records of late: the figures and, where they may be shown, the messages of the page. */
package org.smsieve.app.live;
