package dev.ashlar.tidy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** A text file of the repository: its path from the root, with forward slashes, and its text. */
record SourceFile(String path, String text) {

    private static final Set<String> NOT_SOURCE_DIRECTORIES = Set.of(".git", "target", ".idea", ".settings", ".vscode");
    private static final Set<String> NOT_TEXT = Set.of("gz", "jar", "class", "png", "so", "bin", "log", "zip", "csv");

    /** {@return every text file below the repository's root} */
    static List<SourceFile> all() {
        Path root = root();
        List<SourceFile> files = new ArrayList<>();
        try {
            Files.walkFileTree(root, new SimpleFileVisitor<>() {
                @Override
                public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes) {
                    return NOT_SOURCE_DIRECTORIES.contains(directory.getFileName().toString())
                            ? FileVisitResult.SKIP_SUBTREE
                            : FileVisitResult.CONTINUE;
                }

                @Override
                public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                    String name = file.getFileName().toString();
                    if (attributes.isRegularFile() && !NOT_TEXT.contains(name.substring(name.lastIndexOf('.') + 1))) {
                        files.add(new SourceFile(root.relativize(file).toString(), Files.readString(file)));
                    }
                    return FileVisitResult.CONTINUE;
                }
            });
        } catch (IOException e) {
            throw new UncheckedIOException("reading the sources below " + root, e);
        }
        return files;
    }

    /** {@return the repository's root, the directory above the module under test} */
    static Path root() {
        Path root = Path.of(System.getProperty("basedir", "")).toAbsolutePath().getParent();
        if (!Files.isDirectory(root.resolve("native-stubs"))) {
            throw new IllegalStateException("not the repository's root: " + root);
        }
        return root;
    }

    boolean isJava() {
        return path.endsWith(".java");
    }

    /** {@return whether this is Java code that ships, so neither a test nor a descriptor} */
    boolean isMainJava() {
        return isJava() && path.contains("/src/main/java/") && !path.endsWith("/module-info.java");
    }

    String directory() {
        return path.substring(0, Math.max(0, path.lastIndexOf('/')));
    }

    /** {@return the file's name without its ending} */
    String simpleName() {
        String name = path.substring(path.lastIndexOf('/') + 1);
        return name.contains(".") ? name.substring(0, name.indexOf('.')) : name;
    }

    List<String> lines() {
        return text.lines().toList();
    }

    /** {@return the locations and text of the lines in which {@code pattern} is found} */
    Stream<String> linesWith(Pattern pattern) {
        List<String> lines = lines();
        return IntStream.range(0, lines.size())
                .filter(line -> pattern.matcher(lines.get(line)).find())
                .mapToObj(line -> path + ":" + (line + 1) + ": " + lines.get(line).strip());
    }
}
