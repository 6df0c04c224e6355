package dev.ashlar.llvm.capi;

import java.lang.foreign.MemorySegment;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Texts of C. */
public final class CText {
    private static final Pattern POINTER = Pattern.compile("[\\^~ ]*");

    private CText() {}

    /** {@return the zero-terminated text at an address; an empty one for NULL} */
    @SuppressWarnings("restricted")
    public static String at(MemorySegment address) {
        return address.address() == 0 ? "" : address.reinterpret(Long.MAX_VALUE).getString(0);
    }

    /** {@return a message of several lines in one, without lines that only point at the one above} */
    public static String inOneLine(String message) {
        return message.lines()
                .map(String::strip)
                .filter(line -> !POINTER.matcher(line).matches())
                .collect(Collectors.joining("; "));
    }

    /** {@return memory of that many bytes at an address that C gave} */
    @SuppressWarnings("restricted")
    public static MemorySegment sized(MemorySegment address, long byteSize) {
        return address.reinterpret(byteSize);
    }
}
