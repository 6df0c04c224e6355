package dev.ashlar.stubs;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The release of a Linux kernel, as far as it decides which features there are.
 *
 * @param major the 6 of 6.1.176
 * @param minor the 1 of 6.1.176
 */
public record KernelRelease(int major, int minor) {
    private static final Pattern START = Pattern.compile("(\\d{1,5})\\.(\\d{1,5})");

    /** {@return the release of the running kernel} */
    public static KernelRelease current() {
        return parse(System.getProperty("os.version", ""));
    }

    /** Reads a release as uname(2) prints it, for example {@code 6.1.0-44-amd64}; one without numbers counts as 0.0. */
    public static KernelRelease parse(String release) {
        Matcher start = START.matcher(release);
        return start.lookingAt()
                ? new KernelRelease(Integer.parseInt(start.group(1)), Integer.parseInt(start.group(2)))
                : new KernelRelease(0, 0);
    }

    /** {@return whether this release is at least as new as {@code otherMajor.otherMinor}} */
    public boolean isAtLeast(int otherMajor, int otherMinor) {
        return major > otherMajor || (major == otherMajor && minor >= otherMinor);
    }

    @Override
    public String toString() {
        return major + "." + minor;
    }
}
