/** What all commands share: exit codes and how errors are told to a person. */
package org.smsieve.command;
