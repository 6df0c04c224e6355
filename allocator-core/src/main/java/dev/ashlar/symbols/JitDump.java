package dev.ashlar.symbols;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;

import dev.ashlar.memory.Frame;
import dev.ashlar.stubs.Errno;
import dev.ashlar.stubs.Libc;
import dev.ashlar.stubs.Linux;
import dev.ashlar.stubs.Platform;
import dev.ashlar.stubs.SystemCalls;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * The dump of this process for {@code perf inject --jit}: the name, the frames and the bytes of each piece of code,
 * with the time of its publication. perf learns of the file by an executable mapping of its first page.
 *
 * <p>Thread-safe.
 *
 * @see <a href="https://github.com/torvalds/linux/blob/master/tools/perf/Documentation/jitdump-specification.txt">
 *     perf</a>
 */
final class JitDump implements CodeListener {
    private static final int MAGIC = 0x4a695444;
    private static final int VERSION = 1;
    private static final int HEADER_BYTE_SIZE = 40;
    private static final int PREFIX_BYTE_SIZE = 16;
    private static final int LOADED = 0;
    private static final int LOADED_BYTE_SIZE = PREFIX_BYTE_SIZE + 40;
    private static final int FRAMES = 4;
    private static final int FRAMES_BYTE_SIZE = PREFIX_BYTE_SIZE + 24;
    private static final int MARKER_BYTE_SIZE = 4096;
    private static final int SMALLEST_BUFFER = 1 << 16;

    private static @Nullable JitDump opened;

    private final SystemCalls calls = Libc.system();
    private final Path directory;
    private final Path path;
    private final OwnFile file;
    private final int processId = Math.toIntExact(ProcessHandle.current().pid());
    private MemorySegment buffer = Arena.ofAuto().allocate(SMALLEST_BUFFER);
    private long codeCount;
    /** Most code has the frame of the code before it. */
    private Frame lastFrame = Frame.STANDARD;

    private RelativeFrames lastFrames = FrameDescription.relative(lastFrame);

    private JitDump(Path directory, long longest) {
        this.directory = directory.toAbsolutePath();
        path = this.directory.resolve("jit-" + processId + ".dump");
        file = OwnFile.create(calls, "the dump for perf", path, longest);
        writeHeader();
        mapMarker();
    }

    /**
     * {@return the dump of this process}
     *
     * @throws UncheckedIOException if it cannot be written or mapped
     * @throws IllegalArgumentException if there is one in another directory
     */
    static synchronized JitDump open(Path directory, long longest) {
        JitDump found = opened;
        if (found == null) {
            found = new JitDump(directory, longest);
            opened = found;
        } else if (!found.directory.equals(directory.toAbsolutePath())) {
            throw new IllegalArgumentException("a process has one dump for perf, and this one has "
                    + found.path + ": directory=" + directory);
        }
        return found;
    }

    private void writeHeader() {
        buffer.set(JAVA_INT_UNALIGNED, 0, MAGIC);
        buffer.set(JAVA_INT_UNALIGNED, 4, VERSION);
        buffer.set(JAVA_INT_UNALIGNED, 8, HEADER_BYTE_SIZE);
        buffer.set(JAVA_INT_UNALIGNED, 12, Platform.elfMachine());
        buffer.set(JAVA_INT_UNALIGNED, 20, processId);
        buffer.set(JAVA_LONG_UNALIGNED, 24, System.nanoTime());
        file.append(buffer.asSlice(0, HEADER_BYTE_SIZE));
    }

    /** perf records executable mappings, and so finds the file. */
    private void mapMarker() {
        long address = calls.mmap(
                0, MARKER_BYTE_SIZE, Linux.PROT_READ | Linux.PROT_EXEC, Linux.MAP_PRIVATE, file.fd(), 0);
        if (Errno.isFailure(address)) {
            file.close();
            // It would be in the way of a later attempt.
            boolean ignored = path.toFile().delete();
            throw new UncheckedIOException("the dump for perf cannot be mapped executable: " + path
                    + ". Its directory must not be mounted noexec",
                    new IOException("mmap(2) failed: " + Errno.describe(address)));
        }
    }

    @Override
    public void published(String name, MemorySegment code, Frame frame) {
        byte[] nameBytes = name.replace('\0', '?').getBytes(StandardCharsets.UTF_8);
        write(nameBytes, code, frame);
    }

    private synchronized void write(byte[] name, MemorySegment code, Frame frame) {
        RelativeFrames frames = framesOf(frame);
        long framesEnd = (long) FRAMES_BYTE_SIZE + frames.byteSize();
        long end = framesEnd + LOADED_BYTE_SIZE + name.length + 1 + code.byteSize();
        if (end > buffer.byteSize()) {
            buffer = Arena.ofAuto().allocate(end);
        }
        // The clock of -k mono: HotSpot reads CLOCK_MONOTONIC.
        long time = System.nanoTime();
        prefix(0, FRAMES, framesEnd, time);
        buffer.set(JAVA_LONG_UNALIGNED, PREFIX_BYTE_SIZE, frames.byteSize());
        buffer.set(JAVA_LONG_UNALIGNED, PREFIX_BYTE_SIZE + 8, frames.headerByteSize());
        buffer.set(JAVA_LONG_UNALIGNED, PREFIX_BYTE_SIZE + 16, frames.byteSize());
        frames.write(buffer, FRAMES_BYTE_SIZE, code.byteSize());

        prefix(framesEnd, LOADED, end - framesEnd, time);
        long body = framesEnd + PREFIX_BYTE_SIZE;
        buffer.set(JAVA_INT_UNALIGNED, body, processId);
        buffer.set(JAVA_INT_UNALIGNED, body + 4, processId);
        buffer.set(JAVA_LONG_UNALIGNED, body + 8, code.address());
        buffer.set(JAVA_LONG_UNALIGNED, body + 16, code.address());
        buffer.set(JAVA_LONG_UNALIGNED, body + 24, code.byteSize());
        buffer.set(JAVA_LONG_UNALIGNED, body + 32, codeCount++);
        long nameStart = framesEnd + LOADED_BYTE_SIZE;
        MemorySegment.copy(MemorySegment.ofArray(name), 0, buffer, nameStart, name.length);
        buffer.set(JAVA_BYTE, nameStart + name.length, (byte) 0);
        MemorySegment.copy(code, 0, buffer, nameStart + name.length + 1, code.byteSize());
        file.append(buffer.asSlice(0, end));
    }

    private RelativeFrames framesOf(Frame frame) {
        if (!frame.equals(lastFrame)) {
            lastFrames = FrameDescription.relative(frame);
            lastFrame = frame;
        }
        return lastFrames;
    }

    private void prefix(long at, int kind, long byteSize, long time) {
        buffer.set(JAVA_INT_UNALIGNED, at, kind);
        buffer.set(JAVA_INT_UNALIGNED, at + 4, (int) byteSize);
        buffer.set(JAVA_LONG_UNALIGNED, at + 8, time);
    }
}
