package dev.ashlar.stubs;

import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * The system's settings of 2 MiB huge pages, from {@code /sys/kernel/mm}: the switches of transparent huge pages and
 * the state of the hugetlb pool. A setting that the kernel lacks is empty.
 *
 * @param thpEnabled chosen word of {@code transparent_hugepage/enabled}: always, madvise or never
 * @param thpDefrag chosen word of {@code transparent_hugepage/defrag}
 * @param shmemEnabled chosen word of {@code transparent_hugepage/shmem_enabled}
 * @param thpEnabled2M the same switch for this size alone (6.8+): always, inherit, madvise or never
 * @param shmemEnabled2M the same for shared memory (6.11+)
 * @param pool the pool of 2 MiB pages, empty if the kernel was built without hugetlb
 */
public record HugePageSettings(Optional<String> thpEnabled, Optional<String> thpDefrag, Optional<String> shmemEnabled,
        Optional<String> thpEnabled2M, Optional<String> shmemEnabled2M, Optional<Pool> pool) {

    private static final Path ROOT = Path.of("/sys/kernel/mm");
    private static final String SIZE_FOLDER = "hugepages-2048kB";

    /**
     * The pool of 2 MiB hugetlb pages, one for the whole machine.
     *
     * @param total pages in the pool ({@code vm.nr_hugepages} and surplus)
     * @param free pages that are not in use, including reserved ones
     * @param reserved free pages that are promised to a mapping
     * @param surplus pages above {@code vm.nr_hugepages}
     * @param overcommitMax how many surplus pages may be made on demand
     */
    public record Pool(long total, long free, long reserved, long surplus, long overcommitMax) {

        /** {@return pages that a new file can get now without growing the pool} */
        public long available() {
            return free - reserved;
        }
    }

    /** {@return the settings of this system now} */
    public static HugePageSettings read() {
        return read(ROOT);
    }

    /** {@return the settings under a folder that looks like {@code /sys/kernel/mm}} */
    public static HugePageSettings read(Path root) {
        Path transparent = root.resolve("transparent_hugepage");
        Path transparentOfSize = transparent.resolve(SIZE_FOLDER);
        return new HugePageSettings(choice(transparent.resolve("enabled")), choice(transparent.resolve("defrag")),
                choice(transparent.resolve("shmem_enabled")), choice(transparentOfSize.resolve("enabled")),
                choice(transparentOfSize.resolve("shmem_enabled")), pool(root.resolve("hugepages/" + SIZE_FOLDER)));
    }

    /**
     * Returns the chosen word of a line such as {@code always [madvise] never}.
     *
     * @return the word in brackets, or the only word, or empty
     */
    static Optional<String> chosen(String line) {
        int open = line.indexOf('[');
        int close = line.indexOf(']', open + 1);
        if (open >= 0 && close > open) {
            return Optional.of(line.substring(open + 1, close));
        }
        String word = line.trim();
        return word.isEmpty() || word.contains(" ") ? Optional.empty() : Optional.of(word);
    }

    private static Optional<String> choice(Path file) {
        return KernelFile.text(file).flatMap(HugePageSettings::chosen);
    }

    private static Optional<Pool> pool(Path folder) {
        OptionalLong total = count(folder.resolve("nr_hugepages"));
        if (total.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(new Pool(total.getAsLong(), count(folder.resolve("free_hugepages")).orElse(0),
                count(folder.resolve("resv_hugepages")).orElse(0),
                count(folder.resolve("surplus_hugepages")).orElse(0),
                count(folder.resolve("nr_overcommit_hugepages")).orElse(0)));
    }

    private static OptionalLong count(Path file) {
        return KernelFile.text(file).map(KernelFile::number).orElse(OptionalLong.empty());
    }
}
