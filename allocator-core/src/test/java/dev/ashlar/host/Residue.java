package dev.ashlar.host;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ashlar.stubs.AddressRange;
import dev.ashlar.stubs.Errno;
import dev.ashlar.stubs.FaultyCalls;
import dev.ashlar.stubs.HugePageSettings;
import dev.ashlar.stubs.Linux;
import dev.ashlar.stubs.Mapping;
import dev.ashlar.stubs.ProcessMaps;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * What a heap could leave: descriptors, address space, huge pages. A test records it before the heap is built and
 * compares it after the heap is closed. Only descriptors and mappings of the kinds that a heap makes count, because the
 * JVM makes its own at any time.
 *
 * @param descriptors targets of the open descriptors of the kinds that a heap opens
 * @param pool the machine's pool; meaningful while {@link HugePages} is held
 */
public record Residue(List<String> descriptors, HugePageSettings.Pool pool) {

    /** {@return the present state} */
    public static Residue now() {
        return new Residue(heapDescriptors(), HugePages.pool());
    }

    /** {@return targets of this process's open descriptors of memory files, page maps and zeros, sorted} */
    public static List<String> heapDescriptors() {
        List<String> targets = new ArrayList<>();
        try (DirectoryStream<Path> descriptors = Files.newDirectoryStream(Path.of("/proc/self/fd"))) {
            for (Path descriptor : descriptors) {
                if (Files.isSymbolicLink(descriptor)) {
                    targets.add(Files.readSymbolicLink(descriptor).toString());
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException("listing descriptors", e);
        }
        return targets.stream()
                .filter(target -> target.startsWith("/memfd:") || target.startsWith("/secretmem")
                        || target.endsWith("/pagemap") || target.endsWith("/mem") || target.equals("/dev/zero"))
                .sorted()
                .toList();
    }

    /** Fails if the heaps that made these calls left something. */
    public void assertNothingLeft(FaultyCalls calls) {
        assertNoDescriptorOrMappingLeft(calls);
        assertThat(HugePages.pool()).as("pool").isEqualTo(pool);
    }

    /** As {@link #assertNothingLeft}, for heaps that need no huge page: others may use the pool meanwhile. */
    public void assertNoDescriptorOrMappingLeft(FaultyCalls calls) {
        assertThat(heapDescriptors()).as("descriptors").isEqualTo(descriptors);
        assertThat(mappingsLeft(calls)).as("mappings").isEmpty();
    }

    private static List<Mapping> mappingsLeft(FaultyCalls calls) {
        List<AddressRange> reserved = calls.calls("mmap").stream()
                .filter(call -> !Errno.isFailure(call.result()) && (call.argument(3) & Linux.MAP_FIXED) == 0)
                .map(call -> AddressRange.ofSize(call.result(), call.argument(1)))
                .toList();
        // The JVM may have mapped memory of its own at the heap's old addresses, but no reservations and no memory
        // files.
        return ProcessMaps.readWithin(reserved).mappings().stream()
                .filter(mapping -> mapping.permissions().equals("---p") || mapping.path().startsWith("/memfd:")
                        || mapping.path().startsWith("/secretmem") || mapping.path().startsWith("/dev/zero"))
                .toList();
    }
}
