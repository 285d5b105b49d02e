/** Published models: the commands that put them into the registry, list them and change which one apps serve. */
package org.smsieve.trainer.publish;
