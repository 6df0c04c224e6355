package dev.ashlar.tool.explain;

import dev.ashlar.tool.exit.CommandException;
import dev.ashlar.tool.exit.ExitCode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What the log of a crashed JVM ({@code hs_err_pid*.log}) says about addresses.
 *
 * @param headline the signal, as in {@code SIGSEGV (0xb) at pc=0x...}
 * @param addresses by what they are: {@code pc}, {@code fault}, the name of a register, {@code frame 1}
 * @param mappings the lines of {@code /proc/PID/maps}
 * @param code the bytes around the instruction that failed, by the address of each line
 */
public record CrashLog(
        String headline, Map<String, Long> addresses, List<Mapping> mappings, Map<Long, List<Integer>> code) {
    private static final Pattern HEADLINE = Pattern.compile("#\\s+(\\S+ \\(0x[0-9a-f]+\\) at pc=0x([0-9a-f]+).*)");
    private static final Pattern FAULT = Pattern.compile("siginfo: .*si_addr: 0x([0-9a-f]+).*");
    /** With this code the kernel does not know the address, for example for a privileged instruction. */
    private static final String NO_FAULT_ADDRESS = "SI_KERNEL";
    private static final Pattern REGISTER = Pattern.compile("\\b([A-Z][A-Za-z0-9]{1,2}) *=0x([0-9a-f]{16})");
    private static final Pattern FRAME = Pattern.compile("C  0x([0-9a-f]+)");
    private static final Pattern MAPPING =
            Pattern.compile("([0-9a-f]+)-([0-9a-f]+) ([r-][w-][x-][sp]) [0-9a-f]+ \\S+ \\d+ *(.*)");
    /** Each repeated part has a fixed length: the matcher recurses for others, as often as a line has bytes. */
    private static final Pattern CODE = Pattern.compile(
            "(?:=>)?\\s*0x([0-9a-f]+):\\s+(?=[0-9a-f]{2}(?: |$))((?:[0-9a-f]{2} )*(?:[0-9a-f]{2}$)?).*");

    /** One mapping of the process. */
    public record Mapping(long start, long end, String permissions, String name) {
        boolean contains(long address) {
            return Long.compareUnsigned(address, start) >= 0 && Long.compareUnsigned(address, end) < 0;
        }

        @Override
        public String toString() {
            return "mapping 0x%x-0x%x %s %s".formatted(start, end, permissions,
                    name.isEmpty() ? "without a name" : name);
        }
    }

    /**
     * Reads a log.
     *
     * @throws CommandException if it cannot be read, or names no failed instruction
     */
    public static CrashLog read(Path file) {
        try {
            return parse(Files.readAllLines(file, StandardCharsets.ISO_8859_1));
        } catch (IOException e) {
            throw new CommandException(ExitCode.USAGE, "cannot read " + file + ": " + e);
        } catch (IllegalArgumentException e) {
            throw new CommandException(ExitCode.USAGE, file + " is not the log of a crashed JVM (hs_err_pid*.log)");
        }
    }

    /**
     * {@return what lines of a log say}
     *
     * @throws IllegalArgumentException if they name no failed instruction, or an address has more than 64 bits
     */
    static CrashLog parse(List<String> lines) {
        List<String> headlines = new ArrayList<>();
        List<Long> frames = new ArrayList<>();
        Map<String, Long> addresses = new LinkedHashMap<>();
        List<Mapping> mappings = new ArrayList<>();
        Map<Long, List<Integer>> code = new LinkedHashMap<>();
        boolean inRegisters = false;
        for (String line : lines) {
            match(HEADLINE, line, found -> {
                headlines.add(printable(found.group(1)));
                addresses.put("pc", address(found.group(2)));
            });
            if (!line.contains(NO_FAULT_ADDRESS)) {
                match(FAULT, line, found -> addresses.put("fault", address(found.group(1))));
            }
            match(FRAME, line, found -> frames.add(address(found.group(1))));
            match(MAPPING, line, found -> mappings.add(new Mapping(address(found.group(1)), address(found.group(2)),
                    found.group(3), printable(found.group(4).strip()))));
            match(CODE, line, found -> code.put(address(found.group(1)), bytes(found.group(2))));
            inRegisters = line.startsWith("Registers:") || (inRegisters && !line.isBlank());
            if (inRegisters) {
                REGISTER.matcher(line).results()
                        .forEach(register -> addresses.put(register.group(1), address(register.group(2))));
            }
        }
        for (int index = 0; index < frames.size(); index++) {
            addresses.put("frame " + (index + 1), frames.get(index));
        }
        if (headlines.isEmpty()) {
            throw new IllegalArgumentException("no line with the failed instruction");
        }
        return new CrashLog(headlines.getFirst(), addresses, mappings, code);
    }

    private static void match(Pattern pattern, String line, Consumer<Matcher> whenFound) {
        Matcher matcher = pattern.matcher(line);
        if (matcher.matches()) {
            whenFound.accept(matcher);
        }
    }

    /** {@return a text without what could control a terminal} */
    private static String printable(String text) {
        return text.replaceAll("\\p{Cntrl}", "?");
    }

    private static long address(String hexadecimal) {
        return Long.parseUnsignedLong(hexadecimal, 16);
    }

    private static List<Integer> bytes(String text) {
        return Pattern.compile(" ").splitAsStream(text).map(word -> Integer.parseInt(word, 16)).toList();
    }

    /** {@return the mapping that has an address} */
    public Optional<Mapping> mappingOf(long address) {
        return mappings.stream().filter(mapping -> mapping.contains(address)).findFirst();
    }

    /** {@return the byte at an address near the failed instruction} */
    public Optional<Integer> codeAt(long address) {
        return code.entrySet().stream()
                .filter(line -> address - line.getKey() >= 0 && address - line.getKey() < line.getValue().size())
                .map(line -> line.getValue().get((int) (address - line.getKey())))
                .findFirst();
    }
}
