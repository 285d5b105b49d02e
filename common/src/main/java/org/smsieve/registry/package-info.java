/** The model registry: bundles by name and version in a directory, and the announcements of which is served. */
package org.smsieve.registry;
