package dev.ashlar.nativetable;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The header says what Java does, and compiles wherever it claims to. */
final class HeaderTest {
    private static final Pattern CODE = Pattern.compile("ASHLAR_(\\w+) = (\\d+)");

    @Test
    void itsCodesAreThoseOfStatus() {
        Map<String, Integer> codes = CODE.matcher(NativeTable.header()).results()
                .collect(Collectors.toMap(found -> found.group(1), found -> Integer.parseInt(found.group(2))));
        assertThat(codes).isEqualTo(Arrays.stream(Status.values())
                .collect(Collectors.toMap(Status::name, Status::code)));
    }

    @Test
    void itsVersionIsThatOfTheStruct() {
        assertThat(NativeTable.header()).contains("#define ASHLAR_VERSION " + TableStruct.VERSION + "\n");
    }

    @Test
    void itLiesInTargetForCompilers() throws Exception {
        assertThat(Files.readString(Path.of("target", "include", "ashlar.h"))).isEqualTo(NativeTable.header());
    }

    @ParameterizedTest
    @ValueSource(strings = {"c99", "gnu99", "c11", "gnu17"})
    void itCompilesAsC(String standard, @TempDir Path folder) throws Exception {
        compiles("cc", standard, "c", folder);
    }

    @ParameterizedTest
    @ValueSource(strings = {"c++11", "c++17", "gnu++20"})
    void itCompilesAsCpp(String standard, @TempDir Path folder) throws Exception {
        compiles("c++", standard, "c++", folder);
    }

    private static void compiles(String compiler, String standard, String language, Path folder) throws Exception {
        Path source = Files.writeString(folder.resolve("source"), "#include \"ashlar.h\"\nint unused;\n");
        ClientLibrary.run(List.of(compiler, "-std=" + standard, "-fsyntax-only", "-Wall", "-Wextra", "-Werror",
                "-pedantic", "-I", ClientLibrary.header(folder).toString(), "-x", language, source.toString()));
    }
}
