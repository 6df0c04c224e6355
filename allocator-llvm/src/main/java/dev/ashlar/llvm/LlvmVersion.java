package dev.ashlar.llvm;

import java.util.Comparator;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A version of LLVM.
 *
 * @param major such as 19: the API and the format of bitcode change with it
 * @param minor such as 1; 0 if it is not known
 * @param patch such as 7; 0 if it is not known
 */
public record LlvmVersion(int major, int minor, int patch) implements Comparable<LlvmVersion> {
    private static final Comparator<LlvmVersion> ORDER = Comparator.comparingInt(LlvmVersion::major)
            .thenComparingInt(LlvmVersion::minor)
            .thenComparingInt(LlvmVersion::patch);
    /** As in libLLVM-14.so.1, libLLVM-14.0.6.so.1, libLLVM.so.19.1 and libLLVM-19.so. */
    private static final Pattern FILE_NAME =
            Pattern.compile("libLLVM(?:-|\\.so\\.)(\\d{1,4})(?:\\.(\\d{1,4}))?(?:\\.(\\d{1,4}))?(?:\\.so.*)?");

    /** {@return the version that the name of a library tells; empty if it is no name of a libLLVM} */
    static Optional<LlvmVersion> ofFileName(String name) {
        Matcher parts = FILE_NAME.matcher(name);
        return parts.matches()
                ? Optional.of(new LlvmVersion(part(parts, 1), part(parts, 2), part(parts, 3)))
                : Optional.empty();
    }

    private static int part(Matcher parts, int group) {
        return parts.group(group) == null ? 0 : Integer.parseInt(parts.group(group));
    }

    @Override
    public int compareTo(LlvmVersion other) {
        return ORDER.compare(this, other);
    }

    /** {@return the version as in 19.1.7; the major number alone if no other is known} */
    @Override
    public String toString() {
        return minor == 0 && patch == 0 ? Integer.toString(major) : major + "." + minor + "." + patch;
    }
}
