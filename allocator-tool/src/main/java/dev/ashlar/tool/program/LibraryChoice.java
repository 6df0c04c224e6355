package dev.ashlar.tool.program;

import dev.ashlar.llvm.LlvmLibrary;
import dev.ashlar.llvm.report.LlvmUnavailableException;
import java.nio.file.Path;
import java.util.regex.Pattern;

/** Which libLLVM a user asks for. */
public final class LibraryChoice {
    private static final Pattern VERSION = Pattern.compile("[0-9]{1,4}");

    private LibraryChoice() {}

    /**
     * {@return the library}
     *
     * @param choice a major version, a file, or nothing for the newest of this host
     * @throws LlvmUnavailableException if there is none
     */
    public static LlvmLibrary of(String choice) {
        if (choice.isEmpty()) {
            return LlvmLibrary.find();
        }
        return VERSION.matcher(choice).matches()
                ? LlvmLibrary.find(Integer.parseInt(choice))
                : LlvmLibrary.open(Path.of(choice));
    }
}
