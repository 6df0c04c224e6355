package dev.ashlar.host;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** How much memory the kernel holds for the memory files of a heap, mapped or not: by fstat(2). */
@SuppressWarnings("restricted")
public final class MemoryFiles {
    private static final long FSTAT = 5;
    private static final long STAT_BYTE_SIZE = 144;
    private static final long STAT_BLOCKS_OFFSET = 64;
    private static final long BLOCK_BYTE_SIZE = 512;

    private static final MethodHandle SYSCALL = Linker.nativeLinker()
            .downcallHandle(
                    Linker.nativeLinker().defaultLookup().find("syscall").orElseThrow(),
                    FunctionDescriptor.of(
                            ValueLayout.JAVA_LONG, ValueLayout.JAVA_LONG, ValueLayout.JAVA_LONG, ValueLayout.ADDRESS));

    private MemoryFiles() {}

    /** {@return bytes of memory of all open files of the heap with this name} */
    public static long allocatedByteSize(String heapName) {
        return descriptorsOf(heapName).stream()
                .mapToLong(MemoryFiles::allocatedByteSize)
                .sum();
    }

    /** {@return bytes of memory of the file of a descriptor} */
    public static long allocatedByteSize(int fd) {
        return blocks(fd) * BLOCK_BYTE_SIZE;
    }

    /** {@return this process's descriptors of the files of the heap with this name} */
    public static List<Integer> descriptorsOf(String heapName) {
        List<Integer> found = new ArrayList<>();
        try (DirectoryStream<Path> descriptors = Files.newDirectoryStream(Path.of("/proc/self/fd"))) {
            for (Path descriptor : descriptors) {
                if (target(descriptor).startsWith("/memfd:" + heapName + "-")) {
                    found.add(Integer.parseInt(descriptor.getFileName().toString()));
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException("listing descriptors", e);
        }
        return found;
    }

    private static String target(Path descriptor) throws IOException {
        try {
            return Files.readSymbolicLink(descriptor).toString();
        } catch (NoSuchFileException closed) {
            return "";
        }
    }

    private static long blocks(long fd) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment stat = arena.allocate(STAT_BYTE_SIZE, Long.BYTES);
            long result = (long) SYSCALL.invokeExact(FSTAT, fd, stat);
            if (result != 0) {
                throw new AssertionError("fstat failed: fd=" + fd);
            }
            return stat.get(ValueLayout.JAVA_LONG, STAT_BLOCKS_OFFSET);
        } catch (Throwable unexpected) {
            throw new AssertionError("fstat failed: fd=" + fd, unexpected);
        }
    }
}
