/** What all commands share: exit codes, how errors are told to a person, and what an interruption undoes. */
package org.smsieve.command;
