package dev.ashlar.stubs;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalLong;

/**
 * Gives any text to the readers of the kernel's files; the first byte chooses one. A reader of mappings may refuse a
 * text with an {@link IllegalArgumentException}; the others skip what they do not understand.
 */
public final class KernelTextFuzz {
    private static final AddressRange ALL = new AddressRange(0, -1);

    private KernelTextFuzz() {}

    /** Called by the fuzzer. */
    public static void fuzzerTestOneInput(byte[] input) {
        if (input.length == 0) {
            return;
        }
        byte[] bytes = Arrays.copyOfRange(input, 1, input.length);
        String text = new String(bytes, StandardCharsets.ISO_8859_1);
        switch (input[0] & 7) {
            case 0 -> maps(bytes);
            case 1 -> smaps(new String(bytes, StandardCharsets.UTF_8));
            case 2 -> values(text);
            case 3 -> limits(text);
            case 4 -> groups(text);
            case 5 -> HostFacts.auxiliaryPageByteSize(bytes);
            case 6 -> HugePageSettings.chosen(text);
            default -> Vacancy.startOfBreak(text);
        }
    }

    private static void maps(byte[] bytes) {
        List<Mapping> whole;
        try {
            whole = mappings(new MapsParser(new ByteArrayInputStream(bytes)));
        } catch (IllegalArgumentException refused) {
            requireRefused(refused);
            return;
        }
        requireEqual(whole, mappings(new MapsParser(new Trickle(bytes))));
        for (Mapping mapping : whole) {
            if (mapping.range().byteSize() != mapping.byteSize()) {
                throw new AssertionError("range of " + mapping);
            }
        }
        ProcessMaps maps = ProcessMaps.parse(new String(bytes, StandardCharsets.UTF_8));
        for (AddressRange gap : maps.gaps(ALL)) {
            if (gap.isEmpty()) {
                throw new AssertionError("an empty gap at " + gap);
            }
        }
        maps.within(List.of(ALL)).forEach(mapping -> {
            if (!ALL.overlaps(mapping.start(), mapping.end())) {
                throw new AssertionError("not within the range: " + mapping);
            }
        });
    }

    private static List<Mapping> mappings(MapsParser parser) {
        try (parser) {
            List<Mapping> mappings = new ArrayList<>();
            parser.forEach((start, end) -> true, mappings::add);
            return mappings;
        }
    }

    /** A stream that returns few bytes at a time, as the kernel may. */
    private static final class Trickle extends ByteArrayInputStream {
        Trickle(byte[] bytes) {
            super(bytes);
        }

        @Override
        public synchronized int read(byte[] target, int offset, int length) {
            return super.read(target, offset, Math.min(length, 3));
        }
    }

    private static void smaps(String text) {
        try {
            Smaps smaps = Smaps.parse(text);
            if (smaps.totals().areaCount() != smaps.areas().size()) {
                throw new AssertionError("areas: " + smaps.areas());
            }
            for (Smaps.Area area : smaps.areas()) {
                area.accounts().forEach((name, value) -> requireNotNegative(name, value));
            }
        } catch (IllegalArgumentException refused) {
            requireRefused(refused);
        }
    }

    private static void values(String text) {
        MemInfo.parse(text).directMap().forEach(KernelTextFuzz::requireNotNegative);
        MemInfo.parse(text).available();
        VmStat.parse(text).thpSplitPmd();
    }

    private static void limits(String text) {
        ProcessLimits limits = ProcessLimits.parse(text);
        for (HostFacts.Limit limit : List.of(limits.openFiles(), limits.fileSize(), limits.addressSpace(),
                limits.lockedMemory())) {
            requireNotNegative(limit.describe(), limit.soft());
            requireNotNegative(limit.describe(), limit.hard());
        }
        requireNotNegative("locked", LockedMemory.parse(text, text).byteSize());
        OptionalLong user = HostFacts.realUserId(text);
        user.ifPresent(id -> requireNotNegative("uid", id));
    }

    /** The files of a control group: membership and mounts, divided by an empty line. */
    private static void groups(String text) {
        String[] files = (text + "\n\n").split("\n\n", 2);
        ControlGroups groups = ControlGroups.parse(files[0], files[1], "memory");
        if (groups.version() == 1 && groups.folders().size() > text.length() + 1) {
            throw new AssertionError("folders: " + groups.folders());
        }
    }

    private static void requireRefused(IllegalArgumentException refused) {
        if (refused.getClass() != IllegalArgumentException.class) {
            throw new AssertionError("the text is not named", refused);
        }
    }

    private static void requireNotNegative(String name, long value) {
        if (value < 0) {
            throw new AssertionError(name + "=" + value);
        }
    }

    private static void requireEqual(Object expected, Object found) {
        if (!expected.equals(found)) {
            throw new AssertionError("expected " + expected + ", found " + found);
        }
    }
}
