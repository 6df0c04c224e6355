package dev.ashlar.llvm;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * Where the libraries of LLVM lie on a host.
 *
 * @param directories the folders to search
 */
record LibraryFiles(List<Path> directories) {

    /** {@return the folders of this host: those of LD_LIBRARY_PATH, of distributions, and of LLVM's own packages} */
    static LibraryFiles ofHost() {
        List<Path> directories = new ArrayList<>();
        String own = System.getenv().getOrDefault("LD_LIBRARY_PATH", "");
        Stream.of(own.split(":")).filter(entry -> !entry.isEmpty()).map(Path::of).forEach(directories::add);
        Stream.of("/usr/lib/x86_64-linux-gnu", "/usr/lib64", "/usr/lib", "/usr/local/lib").map(Path::of)
                .forEach(directories::add);
        for (String parent : List.of("/usr/lib", "/usr/lib64")) {
            matching(Path.of(parent), "llvm*").map(folder -> folder.resolve("lib")).forEach(directories::add);
        }
        return new LibraryFiles(directories);
    }

    /** {@return each library once, newest first} */
    List<Path> newestFirst() {
        Map<Path, LlvmVersion> found = new TreeMap<>();
        for (Path directory : directories) {
            matching(directory, "libLLVM*.so*").forEach(file -> version(file)
                    .ifPresent(version -> found.merge(real(file), version,
                            (one, other) -> one.compareTo(other) < 0 ? other : one)));
        }
        return found.entrySet().stream()
                .sorted(Map.Entry.comparingByValue(Comparator.reverseOrder()))
                .map(Map.Entry::getKey)
                .toList();
    }

    /** {@return the version that the name of a file tells} */
    static Optional<LlvmVersion> version(Path file) {
        return LlvmVersion.ofFileName(String.valueOf(file.getFileName()));
    }

    /** {@return the file without links; itself if there is none} */
    static Path real(Path file) {
        try {
            return file.toRealPath();
        } catch (IOException dangling) {
            return file;
        }
    }

    private static Stream<Path> matching(Path directory, String pattern) {
        List<Path> files = new ArrayList<>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory, pattern)) {
            entries.forEach(files::add);
        } catch (IOException none) {
            return Stream.empty();
        }
        return files.stream();
    }
}
