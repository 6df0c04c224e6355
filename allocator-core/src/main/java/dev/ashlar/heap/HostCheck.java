package dev.ashlar.heap;

import dev.ashlar.region.Fork;
import dev.ashlar.region.Pages;
import dev.ashlar.report.UnsupportedHostException;
import dev.ashlar.stubs.FaultScript;
import dev.ashlar.stubs.Linux;
import dev.ashlar.stubs.NativeAccess;
import dev.ashlar.stubs.NativeAccessException;
import dev.ashlar.stubs.Platform;
import dev.ashlar.stubs.SystemCalls;
import dev.ashlar.stubs.UnsupportedPlatformException;
import java.lang.invoke.MethodHandles;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Checks that this host and this JVM can run a heap at all. */
public final class HostCheck {
    private HostCheck() {}

    /**
     * {@return the boundary to the kernel: {@code given}, or the real one}
     *
     * @throws UnsupportedHostException if the system or the JVM cannot run a heap
     */
    public static SystemCalls require(@Nullable SystemCalls given) {
        try {
            Platform.requireSupported();
            NativeAccess.require(MethodHandles.lookup());
            SystemCalls calls = given == null ? FaultScript.kernel() : given;
            // The mark must exist before a fork.
            Fork.refuse();
            requirePages(calls.sysconf(Linux.SC_PAGESIZE));
            return calls;
        } catch (UnsupportedPlatformException | NativeAccessException refused) {
            throw UnsupportedHostException.of(refused);
        }
    }

    /** Throws if no code can run on this architecture. */
    public static void requireCodeArchitecture(Platform platform) {
        if (!platform.architecture().equals(Optional.of(Platform.Architecture.X86_64))) {
            throw UnsupportedHostException.architecture(platform.architectureName());
        }
    }

    /** Throws if the kernel has base pages of another size. */
    public static void requirePages(long pageByteSize) {
        if (pageByteSize != Pages.BYTE_SIZE) {
            throw UnsupportedHostException.pageSize(pageByteSize, Pages.BYTE_SIZE);
        }
    }
}
