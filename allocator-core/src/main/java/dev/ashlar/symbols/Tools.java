package dev.ashlar.symbols;

import dev.ashlar.memory.Domain;
import dev.ashlar.memory.Frame;
import dev.ashlar.memory.Visibility;
import dev.ashlar.report.LiveCode;
import dev.ashlar.report.UnsupportedHostException;
import dev.ashlar.stubs.AddressRange;
import dev.ashlar.stubs.DebuggerInterface;
import dev.ashlar.stubs.FrameRegistry;
import dev.ashlar.stubs.Platform;
import dev.ashlar.stubs.SystemCalls;
import dev.ashlar.stubs.UnsupportedPlatformException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The tools that learn of a heap's code. Thread-safe. */
public final class Tools {
    private final String heapName;
    private final List<CodeListener> perf = new ArrayList<>();
    private final @Nullable PerfMap map;
    private final @Nullable FrameTable frames;
    private final @Nullable Unwinding unwinding;
    private final @Nullable Debugger debugger;
    /** Guarded by this object's monitor. */
    private boolean isClosed;

    /**
     * Opens what a heap asked for.
     *
     * @param range the addresses of the heap
     * @param code those of its zone for code
     * @throws UncheckedIOException if a file cannot be written
     * @throws UnsupportedHostException if a library is missing
     */
    public Tools(Visibility visibility, String heapName, AddressRange range, AddressRange code, SystemCalls calls) {
        this.heapName = heapName;
        this.map = visibility.hasPerfMap() ? PerfMap.open() : null;
        if (map != null) {
            perf.add(map);
        }
        visibility.dumpDirectory()
                .ifPresent(directory -> perf.add(JitDump.open(directory, visibility.longestDump())));
        boolean needsFrames = visibility.hasDebugger() || visibility.hasUnwinding();
        this.frames = needsFrames && hasOwnFrames() ? new FrameTable(code, calls) : null;
        byte[] description = frames == null
                ? FrameDescription.ofStandard(code)
                : FrameDescription.ofTable(code, frames);
        Debugger opened = null;
        try {
            opened = visibility.hasDebugger() ? new Debugger(heapName, range, description, calls) : null;
            this.unwinding = visibility.hasUnwinding() ? new Unwinding(description, calls) : null;
        } catch (RuntimeException | Error failed) {
            if (opened != null) {
                opened.close();
            }
            closeFrames();
            if (failed instanceof UnsupportedPlatformException missing) {
                throw UnsupportedHostException.of(missing);
            }
            throw failed;
        }
        this.debugger = opened;
    }

    /** {@return whether code may have frames other than the standard one} */
    private static boolean hasOwnFrames() {
        return !Platform.isAarch64();
    }

    private static final class Unwinding {
        private final FrameRegistry registry = FrameRegistry.load();
        private final ToolMemory memory;

        Unwinding(byte[] description, SystemCalls calls) {
            memory = new ToolMemory(calls, description.length);
            MemorySegment.copy(MemorySegment.ofArray(description), 0, memory.bytes(), 0, description.length);
            registry.register(memory.bytes());
        }

        void close() {
            registry.deregister(memory.bytes());
            memory.close();
        }
    }

    private static final class Debugger {
        private final SymbolTable symbols;
        private final ToolMemory image;
        private final DebuggerInterface.Entry entry;

        Debugger(String heapName, AddressRange range, byte[] description, SystemCalls calls) {
            DebuggerInterface debuggers;
            try {
                debuggers = DebuggerInterface.load();
            } catch (IOException e) {
                throw new UncheckedIOException("the interface for debuggers cannot be written: " + e, e);
            }
            image = new ToolMemory(calls, ElfImage.BYTE_SIZE);
            symbols = ElfImage.inMemory(image.bytes(), heapName, range, description);
            entry = debuggers.entry(image.bytes());
            entry.announce();
        }

        void close() {
            entry.withdraw();
            image.close();
        }
    }

    /**
     * Tells of code after it was published, before its publisher can free it. It may throw; the caller catches that.
     *
     * @param name its name, or that of its heap
     * @param code the code where it runs, to read
     * @param frame its frame
     */
    public void published(String name, MemorySegment code, Frame frame) {
        // First what must be there when the code runs.
        if (frames != null && !frame.isStandard()) {
            frames.set(code.address(), code.byteSize(), frame);
        }
        if (debugger != null) {
            debugger.symbols.taken(Domain.CODE, code.address(), code.byteSize(), name);
        }
        perf.forEach(listener -> listener.published(name, code, frame));
    }

    /** Tells of code before it is freed, whether or not it was published. */
    public void freed(long address, long byteSize) {
        if (frames != null) {
            frames.clear(address, byteSize);
        }
        if (debugger != null) {
            debugger.symbols.freed(address);
        }
    }

    /**
     * Tells tools of live code again: writes it to the map for perf, which another program may have truncated, and has
     * a debugger that is attached read the symbols.
     */
    public synchronized void refresh(List<LiveCode> code) {
        if (isClosed) {
            return;
        }
        if (map != null) {
            map.rewrite(heapName, code);
        }
        if (debugger != null) {
            debugger.entry.announce();
        }
    }

    /** Ends what tells of this heap, after the heap was closed. Doing so again does nothing. */
    public synchronized void closed() {
        if (isClosed) {
            return;
        }
        isClosed = true;
        if (debugger != null) {
            debugger.close();
        }
        if (unwinding != null) {
            unwinding.close();
        }
        closeFrames();
    }

    private void closeFrames() {
        if (frames != null) {
            frames.close();
        }
    }
}
