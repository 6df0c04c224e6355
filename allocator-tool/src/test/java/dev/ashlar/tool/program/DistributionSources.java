package dev.ashlar.tool.program;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * Sources of programs as the distribution ships them. They come from the mirror that this host uses, by a configuration
 * of apt of their own that knows sources; the host's stays as it is. They are kept beside the build.
 *
 * @param folder where they are kept
 */
record DistributionSources(Path folder) {
    private static final Path NO_INPUT = Path.of("/dev/null");

    /** Writes the configuration, and downloads and unpacks each package. The suite is that of the host. */
    private static final String SCRIPT = """
            set -eu
            . /etc/os-release
            folder=$1; shift
            sites=$(apt-get indextargets --format '$(SITE)' 'Created-By: Packages')
            mirror=$(grep '/debian/*$' <<<"$sites" | sort -u | head -n 1)
            keys=/usr/share/keyrings/debian-archive-keyring.gpg
            [ -n "$mirror" ] && [ -e "$keys" ]
            cd "$folder"
            mkdir -p apt/state/lists/partial apt/cache/archives/partial apt/etc/apt.conf.d apt/etc/preferences.d
            echo "deb-src [signed-by=$keys] $mirror $VERSION_CODENAME main" >apt/etc/sources.list
            : >apt/state/status
            cat >apt/apt.conf <<CONF
            Dir::Etc "$folder/apt/etc";
            Dir::Etc::sourcelist "$folder/apt/etc/sources.list";
            Dir::Etc::sourceparts "/dev/null";
            Dir::State "$folder/apt/state";
            Dir::State::status "$folder/apt/state/status";
            Dir::Cache "$folder/apt/cache";
            Acquire::Check-Valid-Until "false";
            Acquire::Languages "none";
            APT::Sandbox::User "root";
            CONF
            export APT_CONFIG=$folder/apt/apt.conf
            apt-get update -qq
            for package; do
              apt-get source -qq --download-only "$package"
              mkdir -p "$package.part"
              tar xf "$package"_*.orig.tar.* -C "$package.part" --strip-components=1
              mv "$package.part" "$package"
            done
            """;

    static DistributionSources ofBuild() {
        try {
            return new DistributionSources(Files.createDirectories(Path.of("target", "programs").toAbsolutePath()));
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    /** {@return the folder of a package's source} Aborts or fails the test if it cannot be had. */
    Path of(String name) {
        Path source = folder.resolve(name);
        if (!Files.isDirectory(source)) {
            Ended ended = Ended.of(folder, NO_INPUT, List.of("bash", "-c", SCRIPT, "sources", folder.toString(), name));
            Host.require(ended.status() == 0, "the source of the package " + name + ": " + ended.err());
        }
        return source;
    }

    /** {@return the source of sqlite, whose large files are generated} */
    Path sqlite() {
        Path generated = of("sqlite3").resolve("generated");
        if (!Files.exists(generated.resolve("shell.c"))) {
            Host.require(Files.isExecutable(Path.of("/usr/bin/tclsh")), "tclsh, which generates sqlite's source");
            String script = "mkdir -p \"$1\" && cd \"$1\" && ../configure --disable-tcl --disable-readline"
                    + " && make sqlite3.c && make shell.c";
            Ended made = Ended.of(folder, NO_INPUT, List.of("bash", "-c", script, "sqlite", generated.toString()));
            assertThat(made.status()).as(made.err()).isZero();
        }
        return generated;
    }

    /** {@return the files of C in a folder, sorted} */
    static List<Path> files(Path folder) {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> file.toString().endsWith(".c")).sorted().toList();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }
}
