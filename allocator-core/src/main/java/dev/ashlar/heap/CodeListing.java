package dev.ashlar.heap;

import dev.ashlar.memory.Domain;
import dev.ashlar.region.Region;
import dev.ashlar.report.LiveCode;
import dev.ashlar.report.WrongAddressException;
import dev.ashlar.slab.BlockStore;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Lists the live code of a heap, and shows its bytes. */
public final class CodeListing {
    private static final int BYTES_PER_LINE = 16;

    private CodeListing() {}

    /**
     * {@return the code that is live, by address: each block, or the named parts of one that has such} Blocks that
     * other threads take or free meanwhile may be missing or listed.
     */
    public static List<LiveCode> list(List<Space> spaces) {
        spaces.getFirst().requireOpen();
        List<LiveCode> all = new ArrayList<>();
        for (Space space : spaces) {
            if (space.zone().domain() == Domain.CODE) {
                list(space, all);
            }
        }
        return all;
    }

    private static void list(Space space, List<LiveCode> all) {
        long offset = 0;
        for (int region = 0; region < Region.countFor(space.zone().byteSize()); region++) {
            int index = region;
            offset = Math.max(offset, Region.offsetOf(region));
            if (space.whileOpen(() -> space.regions().isCommitted(index))) {
                offset = list(space, offset, Region.offsetOf(region + 1), all);
            }
        }
    }

    /** {@return where the last block that starts before {@code end} ends, or {@code end}} */
    private static long list(Space space, long start, long end, List<LiveCode> all) {
        long offset = start;
        while (offset < end) {
            long byteSize = space.blocks().startOf(offset) == offset ? space.blocks().usableByteSize(offset) : 0;
            if (byteSize > 0) {
                entries(space, offset, byteSize).forEach(all::add);
            }
            offset += Math.max(byteSize, BlockStore.MINIMUM_ALIGNMENT);
        }
        return offset;
    }

    private static Stream<LiveCode> entries(Space space, long start, long byteSize) {
        Observers observers = space.observers();
        long address = space.base() + start;
        return switch (observers == null ? null : observers.namesAt(address)) {
            case NamedPart[] parts -> NamedPart.taken(parts)
                    .map(part -> new LiveCode(part.address(), part.byteSize(), Optional.of(part.name())));
            case String name -> Stream.of(new LiveCode(address, byteSize, Optional.of(name)));
            case null, default -> Stream.of(new LiveCode(address, byteSize, Optional.empty()));
        };
    }

    /**
     * {@return the bytes of the live code at an address, with the names that start among them}
     *
     * @param longest the most bytes to show
     */
    public static String hexDump(Space space, long address, long longest) {
        long offset = space.offsetOf("hexDump", address);
        long start = space.blocks().startOf(offset);
        long end = start < 0 ? 0 : start + space.blocks().usableByteSize(start);
        if (end <= offset) {
            throw WrongAddressException.notLive("hexDump", space.heapName, address);
        }
        byte[] bytes = read(space, offset, Math.min(end - offset, longest));
        List<LiveCode> names = entries(space, start, end - start)
                .filter(code -> code.name().isPresent())
                .toList();
        StringBuilder text = new StringBuilder();
        for (int at = 0; at < bytes.length; at += BYTES_PER_LINE) {
            int next = Math.min(at + BYTES_PER_LINE, bytes.length);
            long line = address + at;
            for (LiveCode code : names) {
                boolean startsHere = code.address() >= line && code.address() < address + next;
                // The first line shows the name of the code that began before it.
                boolean began = at == 0 && code.address() < line && line - code.address() < code.byteSize();
                if (startsHere || began) {
                    text.append("0x%x  %s:%n".formatted(code.address(), code.name().orElseThrow()));
                }
            }
            text.append("0x%x  %s%n".formatted(line, HexFormat.ofDelimiter(" ").formatHex(bytes, at, next)));
        }
        return text.toString();
    }

    private static byte[] read(Space space, long offset, long byteSize) {
        try {
            return Observers.bytes(space.zone(), space.base() + offset, byteSize).toArray(ValueLayout.JAVA_BYTE);
        } catch (IllegalStateException e) {
            throw space.closedOr(e);
        }
    }
}
