package dev.ashlar.bench.rivals;

import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** One of the memories that are compared, ours among them. Results name it by its label. */
public sealed interface Rival permits CodeRival, DataRival {

    /** {@return the name in parameters and results, such as {@code jemalloc-critical}; unique among its kind} */
    String label();

    /** {@return what must be installed, such as {@code Debian package libjemalloc2}, or nothing} */
    String needs();

    /** {@return the environment variables that a JVM must be started with to open it; mostly none} */
    Map<String, String> environment();

    /** {@return whether it can be had here, found out by opening it; compiles what must be compiled} */
    Availability availability();

    /** {@return every rival there is, those for code first} */
    static List<Rival> all() {
        return Stream.<Rival>concat(Stream.of(CodeRival.values()), Stream.of(DataRival.values())).toList();
    }

    /**
     * {@return the variables that let a JVM open every rival} They change nothing for those that do not need them.
     */
    static Map<String, String> environmentForAll() {
        return SharedLibrary.ROOM_FOR_THREAD_LOCALS;
    }

    /**
     * {@return {@link #environmentForAll()} and what asks each allocator for transparent huge pages, where the host has
     * them on request}
     *
     * <p>jemalloc, mimalloc and Netty's pool, whose arenas are large pieces of malloc, follow. malloc itself asks only
     * for its large pieces, and asmjit cannot be asked. Where the host gives huge pages to everyone, neither needs it.
     */
    static Map<String, String> environmentForAllOnHugePages() {
        return Map.of(
                "GLIBC_TUNABLES", SharedLibrary.ROOM_FOR_THREAD_LOCALS.get("GLIBC_TUNABLES")
                        + ":glibc.malloc.hugetlb=1",
                "MALLOC_CONF", "thp:always",
                "MIMALLOC_LARGE_OS_PAGES", "1");
    }

    /** {@return what came of opening a rival and closing it again} */
    static Availability tryOut(Supplier<? extends AutoCloseable> opener, Map<String, String> environment) {
        try (var _ = opener.get()) {
            return new Availability.Here();
        } catch (RivalUnavailableException e) {
            return e.isAvailableInChild()
                    ? new Availability.InChild(environment)
                    : new Availability.Unavailable(String.valueOf(e.getMessage()));
        } catch (Exception | LinkageError e) {
            return new Availability.Unavailable(e.getClass().getSimpleName() + ": " + e.getMessage());
        }
    }
}
