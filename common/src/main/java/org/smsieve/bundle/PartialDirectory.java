package org.smsieve.bundle;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.smsieve.command.UserException;

/**
 * The hidden directory {@code .NAME.partial} beside a directory NAME in which its new contents are made. One process at
 * a time holds it, by a lock that ends with the process, however that ends; the next to claim it puts right what a
 * killed one left.
 *
 * <p>A directory cannot be put in the place of another in one step on every file system, so it takes two renames, here
 * into {@code old} and the other from {@code new}. Killed between them, a process leaves its destination's old contents
 * in {@code old}, from where they are put back.
 */
final class PartialDirectory {
    private static final String LOCK_FILE = "lock";
    private static final int MAX_ATTEMPTS = 1_000;
    private static final long MAX_LENGTH = 1 << 20;
    private static final Logger LOG = LoggerFactory.getLogger(PartialDirectory.class);

    private final Path destination;
    private final Path directory;
    private final FileChannel lock;

    private PartialDirectory(Path destination, Path directory, FileChannel lock) {
        this.destination = destination;
        this.directory = directory;
        this.lock = lock;
    }

    /**
     * Takes the directory beside {@code destination}, which is made with its parents where it is missing.
     *
     * @param destination absolute
     * @throws UserException if another process has it
     */
    static PartialDirectory claim(Path destination) throws IOException {
        Path directory = destination.resolveSibling("." + destination.getFileName() + ".partial");
        PartialDirectory claimed = new PartialDirectory(destination, directory, lock(destination, directory));
        try {
            claimed.clear();
            // Not a temporary directory of Java's, which nobody else may read.
            Files.createDirectory(claimed.contents());
            return claimed;
        } catch (IOException | RuntimeException e) {
            claimed.lock.close();
            throw e;
        }
    }

    private static FileChannel lock(Path destination, Path directory) throws IOException {
        Path file = directory.resolve(LOCK_FILE);
        for (int attempt = 1; ; attempt++) {
            try {
                Files.createDirectories(directory);
                FileChannel lock = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                if (!locks(lock)) {
                    lock.close();
                    throw new UserException("output: " + destination + " is being written by another process"
                            + " (expected: one at a time); wait for its end, or choose another directory");
                }
                if (isOpen(lock, file)) {
                    return lock;
                }
                lock.close();
            } catch (NoSuchFileException | FileAlreadyExistsException e) {
                // It was let go of between two of these steps, or is no directory at all.
                if (attempt == MAX_ATTEMPTS) {
                    throw e;
                }
            }
        }
    }

    /**
     * Whether a locked file is the one of that name. Whoever lets go of the directory deletes its lock file, so that
     * the lock may be on a file that is gone. The number of its inode does not tell, since a new file may get it again,
     * and a file opened a second time to be read would lose its lock when closed: a length that nobody else sets does.
     */
    private static boolean isOpen(FileChannel locked, Path file) throws IOException {
        long length = ThreadLocalRandom.current().nextLong(1, MAX_LENGTH);
        locked.write(ByteBuffer.allocate(1), length - 1);
        try {
            return Files.size(file) == length;
        } catch (NoSuchFileException e) {
            return false;
        }
    }

    /** Where the new contents are made. */
    Path contents() {
        return directory.resolve("new");
    }

    /** Puts the contents in the destination's place. */
    void moveIntoPlace() throws IOException {
        if (Files.exists(destination)) {
            Files.move(destination, replaced(), StandardCopyOption.ATOMIC_MOVE);
        }
        Files.move(contents(), destination, StandardCopyOption.ATOMIC_MOVE);
    }

    /** Deletes the directory with all that is in it, and lets go of it. */
    void release() throws IOException {
        try (lock) {
            clear();
            Files.delete(directory.resolve(LOCK_FILE));
            Files.delete(directory);
        } catch (DirectoryNotEmptyException e) {
            LOG.debug("{} is already claimed anew", directory, e);
        }
    }

    private Path replaced() {
        return directory.resolve("old");
    }

    private void clear() throws IOException {
        if (Files.exists(replaced()) && Files.notExists(destination)) {
            Files.move(replaced(), destination, StandardCopyOption.ATOMIC_MOVE);
        }
        // Renamed first: a thread that still writes there can make no more files then.
        Path discarded = directory.resolve("discarded");
        delete(discarded);
        if (Files.exists(contents())) {
            Files.move(contents(), discarded, StandardCopyOption.ATOMIC_MOVE);
        }
        delete(discarded);
        delete(replaced());
    }

    private static boolean locks(FileChannel channel) throws IOException {
        try {
            return channel.tryLock() != null;
        } catch (OverlappingFileLockException e) {
            return false;
        }
    }

    private static void delete(Path directory) throws IOException {
        if (Files.notExists(directory)) {
            return;
        }
        List<Path> found;
        try (Stream<Path> paths = Files.walk(directory)) {
            found = paths.sorted(Comparator.reverseOrder()).toList();
        }
        for (Path path : found) {
            Files.delete(path);
        }
    }
}
