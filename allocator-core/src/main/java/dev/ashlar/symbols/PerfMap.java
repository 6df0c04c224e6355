package dev.ashlar.symbols;

import dev.ashlar.memory.Frame;
import dev.ashlar.memory.Visibility;
import dev.ashlar.report.LiveCode;
import dev.ashlar.stubs.Libc;
import dev.ashlar.stubs.SystemCalls;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The map of this process for perf: a line for each piece of code, with address, size and name, all but the name
 * hexadecimal. perf takes what it reads last for an address.
 *
 * <p>Thread-safe.
 *
 * @see <a href="https://github.com/torvalds/linux/blob/master/tools/perf/Documentation/jit-interface.txt">perf</a>
 */
final class PerfMap implements CodeListener {
    private static @Nullable PerfMap opened;

    private final SystemCalls calls = Libc.system();
    private final Path path = Path.of("/tmp/perf-" + ProcessHandle.current().pid() + ".map");
    private final MemorySegment line = Arena.global().allocate(4096);
    private OwnFile file;

    private PerfMap() {
        file = openFile();
    }

    /**
     * {@return the map of this process}
     *
     * @throws UncheckedIOException if it cannot be written
     */
    static synchronized PerfMap open() {
        PerfMap found = opened;
        if (found == null) {
            found = new PerfMap();
            opened = found;
        }
        return found;
    }

    private OwnFile openFile() {
        // jcmd may have made it.
        return OwnFile.createOrContinue(calls, "the map for perf", path, Visibility.LONGEST_MAP);
    }

    @Override
    public synchronized void published(String name, MemorySegment code, Frame frame) {
        append(code.address(), code.byteSize(), name);
    }

    private void append(long address, long byteSize, String name) {
        StringBuilder text = new StringBuilder(name.length() + 40);
        text.append(Long.toHexString(address)).append(' ').append(Long.toHexString(byteSize)).append(' ');
        for (int index = 0; index < name.length(); index++) {
            text.append(Character.isISOControl(name.charAt(index)) ? '?' : name.charAt(index));
        }
        byte[] bytes = text.append('\n').toString().getBytes(StandardCharsets.UTF_8);
        // A name of 1,000 characters fits: three bytes each at most.
        MemorySegment.copy(MemorySegment.ofArray(bytes), 0, line, 0, bytes.length);
        file.append(line.asSlice(0, bytes.length));
    }

    /** Appends live code again, after another program has replaced or truncated the file. */
    synchronized void rewrite(String heapName, List<LiveCode> code) {
        OwnFile again = openFile();
        file.close();
        file = again;
        for (LiveCode live : code) {
            append(live.address(), live.byteSize(), live.name().orElse(heapName));
        }
    }
}
