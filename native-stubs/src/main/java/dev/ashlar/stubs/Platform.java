package dev.ashlar.stubs;

import java.util.Locale;
import java.util.Optional;

/**
 * The platform of this process, which decides whether Ashlar can run, and the numbers that differ by architecture.
 *
 * @param osName {@code os.name}
 * @param architectureName {@code os.arch}, as the JDK spells it
 * @param dataModelBits {@code sun.arch.data.model}: 64 on a 64-bit JVM
 * @param javaVersion feature version of the JDK
 */
public record Platform(String osName, String architectureName, int dataModelBits, int javaVersion) {

    /** The first JDK whose java.lang.foreign this code is written and tested against. */
    static final int JAVA_VERSION_MIN = 25;

    /** A processor architecture that is supported. */
    public enum Architecture {
        X86_64(319, 324, 144),
        AARCH64(279, 283, 119);

        /** Newer calls, such as mseal(2) and memfd_secret(2), have one number on all architectures. */
        static final int MSEAL = 462;

        static final int MEMFD_SECRET = 447;

        private final int memfdCreate;
        private final int membarrier;
        private final int schedSetscheduler;

        Architecture(int memfdCreate, int membarrier, int schedSetscheduler) {
            this.memfdCreate = memfdCreate;
            this.membarrier = membarrier;
            this.schedSetscheduler = schedSetscheduler;
        }

        int memfdCreate() {
            return memfdCreate;
        }

        int membarrier() {
            return membarrier;
        }

        int schedSetscheduler() {
            return schedSetscheduler;
        }
    }

    /** {@return the platform of this process} */
    public static Platform current() {
        return new Platform(System.getProperty("os.name", ""), System.getProperty("os.arch", ""),
                Integer.getInteger("sun.arch.data.model", 0), Runtime.version().feature());
    }

    /**
     * Checks that this process can run Ashlar.
     *
     * @throws UnsupportedPlatformException if not; the message says what was found and what is needed
     */
    public static void requireSupported() {
        current().refusal().ifPresent(refusal -> {
            throw new UnsupportedPlatformException(refusal);
        });
    }

    /** {@return the supported architecture, or empty for any other} */
    public Optional<Architecture> architecture() {
        return switch (architectureName.toLowerCase(Locale.ROOT)) {
            case "amd64", "x86_64" -> Optional.of(Architecture.X86_64);
            case "aarch64", "arm64" -> Optional.of(Architecture.AARCH64);
            default -> Optional.empty();
        };
    }

    /** {@return whether this process runs on AArch64} */
    public static boolean isAarch64() {
        return current().architecture().equals(Optional.of(Architecture.AARCH64));
    }

    /** {@return the number of this process's architecture in ELF files: EM_X86_64 or EM_AARCH64 of elf(5)} */
    public static int elfMachine() {
        return isAarch64() ? 183 : 62;
    }

    /** {@return why Ashlar cannot run here, in one sentence; empty if it can} */
    public Optional<String> refusal() {
        if (!osName.equals("Linux")) {
            return Optional.of("Ashlar runs on Linux only, and this is " + osName + ".");
        }
        if (dataModelBits != Long.SIZE) {
            return Optional.of("Ashlar needs a 64-bit JVM, and this one has " + dataModelBits + " bits.");
        }
        if (architecture().isEmpty()) {
            return Optional.of("Ashlar runs on x86-64 and AArch64, and this is " + architectureName + ".");
        }
        if (javaVersion < JAVA_VERSION_MIN) {
            return Optional.of(
                    "Ashlar needs JDK " + JAVA_VERSION_MIN + " or later, and this is JDK " + javaVersion + ".");
        }
        return Optional.empty();
    }
}
