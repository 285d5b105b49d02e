/** Hot swap: follows the announced models, brings and checks their bundles, and changes the engine's model. */
package org.smsieve.app.swap;
