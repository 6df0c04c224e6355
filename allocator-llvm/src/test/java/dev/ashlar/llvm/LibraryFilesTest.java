package dev.ashlar.llvm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ashlar.llvm.report.LlvmUnavailableException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Which libraries are found, and what is said if none can be used. */
final class LibraryFilesTest {

    @TempDir
    private Path folder;

    @ParameterizedTest
    @CsvSource({"libLLVM-14.so.1, 14", "libLLVM-14.0.6.so.1, 14.0.6", "libLLVM.so.19.1, 19.1.0", "libLLVM-19.so, 19"})
    void theNameOfALibraryTellsItsVersion(String name, String version) {
        assertThat(LlvmVersion.ofFileName(name)).map(LlvmVersion::toString).contains(version);
    }

    @ParameterizedTest
    @ValueSource(strings = {"libLLVM.so", "libLLVMCore.so.14", "libLTO.so.14", "libLLVM-C.so"})
    void otherNamesAreNoLibraryOfLlvm(String name) {
        assertThat(LlvmVersion.ofFileName(name)).isEmpty();
    }

    @Test
    void eachLibraryIsFoundOnceAndTheNewestFirst() throws IOException {
        Path old = Files.createFile(folder.resolve("libLLVM-9.so.1"));
        Path young = Files.createFile(folder.resolve("libLLVM.so.19.1"));
        Files.createSymbolicLink(folder.resolve("libLLVM-19.so"), young);
        Path middle = Files.createFile(folder.resolve("libLLVM-14.so.1"));

        assertThat(new LibraryFiles(List.of(folder, folder.resolve("none"), folder)).newestFirst())
                .containsExactly(young, middle, old);
    }

    @Test
    void aVersionThatIsNotThereIsRefusedWithARemedy() {
        assertThatThrownBy(() -> LlvmLibrary.find(3))
                .isInstanceOf(LlvmUnavailableException.class)
                .hasMessageContaining("no libLLVM of version 3")
                .hasMessageContaining("apt-get install libllvm19");
    }

    @Test
    void aLibraryWithoutTheFunctionsIsRefusedWithTheOneItLacks() {
        assertThatThrownBy(() -> LlvmLibrary.open(Path.of(System.getProperty("java.home"), "lib", "libjava.so")))
                .isInstanceOf(LlvmUnavailableException.class)
                .hasMessageContaining("has no function LLVMCreateSimpleMCJITMemoryManager")
                .hasMessageContaining("too old");
    }

    @Test
    void aFileThatIsMissingOrNoLibraryIsNamed() throws IOException {
        assertThatThrownBy(() -> LlvmLibrary.open(folder.resolve("libLLVM-14.so.1")))
                .isInstanceOf(LlvmUnavailableException.class)
                .hasMessageContaining("libLLVM-14.so.1 cannot be read");
        Path text = Files.writeString(folder.resolve("text"), "no library");
        assertThatThrownBy(() -> LlvmLibrary.open(text))
                .isInstanceOf(LlvmUnavailableException.class)
                .hasMessageContaining("text is no library: install one");
    }
}
