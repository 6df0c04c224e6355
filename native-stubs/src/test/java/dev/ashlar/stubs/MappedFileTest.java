package dev.ashlar.stubs;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A mapped file holds what was written to its mapping, and never touches a file that was there. */
class MappedFileTest {
    private static final int BYTE_SIZE = 10_000;

    @TempDir
    private Path folder;

    @Test
    void whatIsWrittenToTheMappingIsInTheFile() throws IOException {
        Path file = folder.resolve("new");
        MemorySegment mapping = MappedFile.create(file, BYTE_SIZE);
        mapping.set(JAVA_BYTE, BYTE_SIZE - 1, (byte) 7);
        byte[] bytes = new byte[BYTE_SIZE];
        bytes[BYTE_SIZE - 1] = 7;
        assertThat(file).hasBinaryContent(bytes);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file))).isEqualTo("rw-------");
    }

    @Test
    void aFileThatExistsStaysAsItIs() throws IOException {
        Path file = Files.writeString(folder.resolve("mine"), "mine");
        assertThatThrownBy(() -> MappedFile.create(file, BYTE_SIZE)).isInstanceOf(FileAlreadyExistsException.class);
        Path link = Files.createSymbolicLink(folder.resolve("link"), file);
        assertThatThrownBy(() -> MappedFile.create(link, BYTE_SIZE)).isInstanceOf(FileAlreadyExistsException.class);
        assertThat(file).hasContent("mine");
    }

    @Test
    void aFileThatCannotBeFilledIsNotLeft() {
        Path file = folder.resolve("negative");
        assertThatThrownBy(() -> MappedFile.create(file, -1)).isInstanceOf(IllegalArgumentException.class);
        assertThat(file).doesNotExist();
    }

    @Test
    void anInterruptThatCameBeforeNeitherDisturbsNorIsLost() throws IOException {
        Thread.currentThread().interrupt();
        try {
            assertThat(MappedFile.create(folder.resolve("new"), BYTE_SIZE).byteSize()).isEqualTo(BYTE_SIZE);
        } finally {
            assertThat(Thread.interrupted()).isTrue();
        }
    }
}
