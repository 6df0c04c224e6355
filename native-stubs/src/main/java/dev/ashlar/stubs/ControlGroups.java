package dev.ashlar.stubs;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalLong;

/**
 * The control groups of this process: the folder of its own group and those of the groups above it, as far as they are
 * mounted.
 *
 * @param version 1 or 2
 * @param folders the folders, its own group first; empty if the controller cannot be found
 */
record ControlGroups(int version, List<Path> folders) {

    private static final Path MEMBERSHIP = Path.of("/proc/self/cgroup");
    private static final Path MOUNTS = Path.of("/proc/self/mountinfo");

    // Fields of a line of mountinfo, proc_pid_mountinfo(5).
    private static final int MOUNT_ROOT = 3;
    private static final int MOUNT_POINT = 4;
    private static final String END_OF_OPTIONAL_FIELDS = " - ";

    /** {@return the groups of this process in the hierarchy of a controller, such as "memory"} */
    static ControlGroups of(String controller) {
        return parse(KernelFile.text(MEMBERSHIP).orElse(""), KernelFile.text(MOUNTS).orElse(""), controller);
    }

    static ControlGroups parse(String membership, String mounts, String controller) {
        String pathInUnified = null;
        for (String line : membership.lines().toList()) {
            // hierarchy:controllers:path
            String[] fields = line.split(":", 3);
            if (fields.length == 3 && Arrays.asList(fields[1].split(",", -1)).contains(controller)) {
                return new ControlGroups(1, folders(mounts, "cgroup", controller, fields[2]));
            }
            if (fields.length == 3 && fields[0].equals("0") && fields[1].isEmpty()) {
                pathInUnified = fields[2];
            }
        }
        return new ControlGroups(
                2, pathInUnified == null ? List.of() : folders(mounts, "cgroup2", "", pathInUnified));
    }

    private static List<Path> folders(String mounts, String type, String controller, String group) {
        for (String line : mounts.lines().toList()) {
            int split = line.indexOf(END_OF_OPTIONAL_FIELDS);
            if (split < 0) {
                continue;
            }
            String[] fields = line.substring(0, split).split(" ", -1);
            // type, source, options
            String[] file = line.substring(split + END_OF_OPTIONAL_FIELDS.length()).split(" ", -1);
            boolean matches = file[0].equals(type)
                    && (controller.isEmpty()
                            || Arrays.asList(file[file.length - 1].split(",", -1)).contains(controller));
            if (matches && fields.length > MOUNT_POINT) {
                try {
                    return folders(Path.of(fields[MOUNT_POINT]), fields[MOUNT_ROOT], group);
                } catch (InvalidPathException notInThisLocale) {
                    return List.of();
                }
            }
        }
        return List.of();
    }

    /** A container may see a part of the hierarchy only; what lies above it cannot be read. */
    private static List<Path> folders(Path mountPoint, String mountRoot, String group) {
        Path root = Path.of(mountRoot);
        Path path = Path.of(group).normalize();
        List<Path> folders = new ArrayList<>();
        if (path.startsWith(root)) {
            for (Path at = root.relativize(path); at != null && !at.toString().isEmpty(); at = at.getParent()) {
                folders.add(mountPoint.resolve(at));
            }
        }
        folders.add(mountPoint);
        return List.copyOf(folders);
    }

    /** {@return the number in a group's file; empty if there is no such file, or it says "max"} */
    static OptionalLong number(Path file) {
        return KernelFile.text(file).map(KernelFile::number).orElse(OptionalLong.empty());
    }
}
