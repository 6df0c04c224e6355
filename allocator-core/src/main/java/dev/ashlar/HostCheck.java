package dev.ashlar;

import dev.ashlar.report.UnsupportedHostException;
import dev.ashlar.stubs.Libc;
import dev.ashlar.stubs.Linux;
import dev.ashlar.stubs.NativeAccess;
import dev.ashlar.stubs.NativeAccessException;
import dev.ashlar.stubs.Platform;
import dev.ashlar.stubs.SystemCalls;
import dev.ashlar.stubs.UnsupportedPlatformException;
import java.lang.invoke.MethodHandles;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Whether this host and this JVM can run a heap at all; each "no" is a sentence. */
final class HostCheck {
    private static final long SUPPORTED_PAGE_BYTE_SIZE = 4096;

    private HostCheck() {}

    /**
     * {@return the boundary to the kernel: {@code given}, or the real one}
     *
     * @throws UnsupportedHostException if the system or the JVM cannot run a heap
     */
    static SystemCalls require(@Nullable SystemCalls given) {
        try {
            Platform.requireSupported();
            NativeAccess.require(MethodHandles.lookup());
            SystemCalls calls = given == null ? Libc.system() : given;
            requirePages(calls.sysconf(Linux.SC_PAGESIZE));
            return calls;
        } catch (UnsupportedPlatformException | NativeAccessException refused) {
            throw new UnsupportedHostException(String.valueOf(refused.getMessage()), refused);
        }
    }

    static void requireCodeArchitecture(Platform platform) {
        if (!platform.architecture().equals(Optional.of(Platform.Architecture.X86_64))) {
            throw new UnsupportedHostException("CodeHeap runs on x86-64 only as yet, and this is "
                    + platform.architectureName() + ": other architectures need instruction-cache maintenance.");
        }
    }

    static void requirePages(long pageByteSize) {
        if (pageByteSize != SUPPORTED_PAGE_BYTE_SIZE) {
            throw new UnsupportedHostException("Ashlar needs base pages of " + SUPPORTED_PAGE_BYTE_SIZE
                    + " bytes, and this kernel has pages of " + pageByteSize + " bytes.");
        }
    }
}
