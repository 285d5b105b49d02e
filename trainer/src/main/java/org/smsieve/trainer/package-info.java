/** The trainer's commands. */
package org.smsieve.trainer;
