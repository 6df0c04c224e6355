package dev.ashlar.bench.suite;

import dev.ashlar.bench.rivals.BuildFolder;
import dev.ashlar.bench.rivals.RivalUnavailableException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The allocator as it was at an earlier commit: the jars of {@code native-stubs} and {@code allocator-core}. They are
 * built once, from a git worktree, and kept beside the build of the bench. Benchmarks and probes are those of the
 * present commit, which call only what both commits have.
 */
public final class EarlierCore {

    /** The commit before the present work. */
    public static final String DEFAULT = "9fec335";

    private static final List<String> MODULES = List.of("native-stubs", "allocator-core");
    private static final List<String> BUILD = List.of("mvn", "-q", "-B", "-Dmaven.test.skip=true",
            "-Dspotless.check.skip=true", "package", "-pl", "allocator-core", "-am");

    private final String commit;
    private List<Path> jars = List.of();
    private @Nullable RivalUnavailableException failure;

    /** An allocator that is not built yet, of a commit by any name that git knows. */
    public EarlierCore(String commit) {
        this.commit = commit;
    }

    String commit() {
        return commit;
    }

    /**
     * {@return the jars; builds them on first use}
     *
     * @throws RivalUnavailableException if there is no git history or the build fails
     */
    List<Path> jars() {
        if (jars.isEmpty() && failure == null) {
            try {
                jars = findOrBuild();
            } catch (RivalUnavailableException unavailable) {
                failure = unavailable;
            }
        }
        if (failure != null) {
            throw failure;
        }
        return jars;
    }

    private List<Path> findOrBuild() {
        Path checkout = BuildFolder.path();
        String hash = run("git", "-C", checkout.toString(), "rev-parse", "--verify", commit + "^{commit}");
        Path folder = checkout.resolve("before").resolve(hash);
        List<Path> built = MODULES.stream().map(module -> folder.resolve(module + ".jar")).toList();
        try {
            if (!built.stream().allMatch(Files::exists)) {
                build(checkout, hash, folder);
            }
            return built;
        } catch (IOException failed) {
            throw new RivalUnavailableException("commit " + commit + " cannot be built in " + folder + ": " + failed);
        }
    }

    private static void build(Path checkout, String hash, Path folder) throws IOException {
        Path source = Files.createDirectories(folder).resolve("source");
        String git = checkout.toString();
        if (Files.exists(source)) {
            // Of a build that was killed.
            run("git", "-C", git, "worktree", "remove", "--force", source.toString());
        }
        run("git", "-C", git, "worktree", "add", "--force", "--detach", source.toString(), hash);
        try {
            List<String> command = new ArrayList<>(BUILD);
            command.addAll(List.of("-f", source.toString()));
            try {
                run(Stream.concat(command.stream(), Stream.of("-o")).toArray(String[]::new));
            } catch (RivalUnavailableException offline) {
                run(command.toArray(String[]::new));
            }
            for (String module : MODULES) {
                Path target = source.resolve(module).resolve("target");
                try (Stream<Path> files = Files.list(target)) {
                    Path jar = files.filter(file -> file.getFileName().toString().matches("ashlar-.*\\.jar"))
                            .findFirst()
                            .orElseThrow(() -> new IOException("no jar in " + target));
                    Files.move(jar, folder.resolve(module + ".jar"), StandardCopyOption.REPLACE_EXISTING);
                }
            }
        } finally {
            run("git", "-C", git, "worktree", "remove", "--force", source.toString());
        }
    }

    /** Runs a program. Returns what it prints. */
    private static String run(String... command) {
        try {
            ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
            // The names by which the build and Maven find the JDK.
            builder.environment().put("JAVA_ASHLAR_HOME", System.getProperty("java.home"));
            builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
            Process process = builder.start();
            process.getOutputStream().close();
            String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
            if (process.onExit().join().exitValue() != 0) {
                throw new RivalUnavailableException(String.join(" ", command) + ": " + printed.lines()
                        .filter(line -> line.contains("fatal") || line.contains("ERROR")).findFirst().orElse(printed));
            }
            return printed;
        } catch (IOException failed) {
            throw new RivalUnavailableException(command[0] + " cannot be started: " + failed.getMessage());
        }
    }
}
