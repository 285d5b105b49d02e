package org.smsieve.app.model;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How much memory this process can still get. Linux promises more than it has and kills whoever takes it at its word:
 * what is too large must be refused before.
 */
final class AvailableMemory {
    private static final Pattern AVAILABLE = Pattern.compile("(?m)^MemAvailable:\\s+(\\d{1,15}) kB$");
    private static final Pattern INACTIVE_FILE = Pattern.compile("(?m)^inactive_file (\\d{1,18})$");

    private AvailableMemory() {}

    /** Bytes by what the system and the container (cgroup v2) say; empty where they say nothing. */
    static OptionalLong bytes() {
        return bytes(Path.of("/proc/meminfo"), Path.of("/sys/fs/cgroup"));
    }

    static OptionalLong bytes(Path meminfo, Path cgroup) {
        OptionalLong system = number(AVAILABLE, meminfo);
        long available = system.isPresent() ? system.getAsLong() * 1024 : Long.MAX_VALUE;
        Pattern whole = Pattern.compile("\\s*(\\d{1,18})\\s*");
        OptionalLong limit = number(whole, cgroup.resolve("memory.max"));
        OptionalLong used = number(whole, cgroup.resolve("memory.current"));
        if (limit.isPresent() && used.isPresent()) {
            // Files read long ago give way.
            long cached = number(INACTIVE_FILE, cgroup.resolve("memory.stat")).orElse(0);
            available = Math.min(available, limit.getAsLong() - used.getAsLong() + cached);
        }
        return available == Long.MAX_VALUE ? OptionalLong.empty() : OptionalLong.of(available);
    }

    private static OptionalLong number(Pattern pattern, Path file) {
        try {
            Matcher matcher = pattern.matcher(Files.readString(file));
            return matcher.find() ? OptionalLong.of(Long.parseLong(matcher.group(1))) : OptionalLong.empty();
        } catch (IOException e) {
            return OptionalLong.empty();
        }
    }
}
