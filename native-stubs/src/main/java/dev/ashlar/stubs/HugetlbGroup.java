package dev.ashlar.stubs;

import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * A control group whose limit of 2 MiB pages of the hugetlb pool leaves no page.
 *
 * @param path the group's folder
 * @param limitFile the file that holds the limit
 * @param limitByteSize bytes that the group may use
 * @param usageByteSize bytes that it uses
 */
public record HugetlbGroup(Path path, String limitFile, long limitByteSize, long usageByteSize) {

    private static final long PAGE_BYTE_SIZE = 2L << 20;

    /** {@return the innermost group of this process without room for a page, or empty if each has room} */
    public static Optional<HugetlbGroup> exhausted() {
        return exhausted(ControlGroups.of("hugetlb"));
    }

    static Optional<HugetlbGroup> exhausted(ControlGroups groups) {
        boolean isFirstVersion = groups.version() == 1;
        String limitFile = isFirstVersion ? "hugetlb.2MB.limit_in_bytes" : "hugetlb.2MB.max";
        String usageFile = isFirstVersion ? "hugetlb.2MB.usage_in_bytes" : "hugetlb.2MB.current";
        for (Path folder : groups.folders()) {
            OptionalLong limit = ControlGroups.number(folder.resolve(limitFile));
            OptionalLong usage = ControlGroups.number(folder.resolve(usageFile));
            if (limit.isPresent() && usage.isPresent() && limit.getAsLong() - usage.getAsLong() < PAGE_BYTE_SIZE) {
                return Optional.of(new HugetlbGroup(folder, limitFile, limit.getAsLong(), usage.getAsLong()));
            }
        }
        return Optional.empty();
    }
}
