package dev.ashlar.tool.doctor;

import dev.ashlar.CodeBlock;
import dev.ashlar.CodeHeap;
import dev.ashlar.memory.Backing;
import dev.ashlar.memory.WritePath;
import dev.ashlar.report.AshlarException;
import dev.ashlar.tool.code.ConstantFunction;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/** Tries each write path: builds a small heap on it and runs a function there. */
final class WritePathChecks {

    private static final long CAPACITY_BYTE_SIZE = 4L << 20;
    private static final int ANSWER = 42;

    private final List<Check> checks = new ArrayList<>();
    private Optional<WritePath> usable = Optional.empty();
    private Optional<WritePath> usableOnHugePages = Optional.empty();

    private WritePathChecks() {}

    static WritePathChecks run() {
        WritePathChecks all = new WritePathChecks();
        Stream.of(WritePath.values()).forEach(all::attempt);
        return all;
    }

    /** {@return one check for each path, in the order in which a heap tries them} */
    List<Check> checks() {
        return checks;
    }

    private void attempt(WritePath path) {
        try (CodeHeap heap = CodeHeap.builder()
                .name("doctor-" + path)
                .capacity(CAPACITY_BYTE_SIZE)
                .writePath(path)
                .build()) {
            CodeBlock block = heap.define(ConstantFunction.bytes(ANSWER));
            boolean answered = Doctor.call(block) == ANSWER;
            Backing backing = heap.report().backings().getFirst();
            checks.add(new Check(path.label(), answered,
                    (answered ? "a function ran, in " : "a function returned a wrong result, in ") + backing
                            + " memory"));
            if (answered) {
                usable = usable.or(() -> Optional.of(path));
                usableOnHugePages = usableOnHugePages.or(
                        () -> backing.isHuge() ? Optional.of(path) : Optional.empty());
            }
        } catch (AshlarException refused) {
            checks.add(new Check(path.label(), false, String.valueOf(refused.getMessage())));
        }
    }

    /**
     * {@return what a heap uses here, and how it gets huge pages if it does not by default}
     *
     * @param rungs the backings for code
     * @param dataUsable whether a data heap can be built
     */
    String advice(List<Rung> rungs, boolean dataUsable) {
        if (usable.isEmpty()) {
            return dataUsable
                    ? "No code heap can be built here; a data heap can."
                    : "No heap can be built here.";
        }
        Check best = checks.stream().filter(Check::ok).findFirst().orElseThrow();
        String used = "A heap built here without demands uses write path %s: %s.".formatted(best.name(),
                best.detail());
        if (usableOnHugePages.equals(usable)) {
            return used;
        }
        String otherPath = usableOnHugePages
                .map(path -> "writePath(WritePath.%s)".formatted(path.name().toUpperCase(Locale.ROOT)))
                .orElse("");
        String pool = rungs.stream()
                .filter(rung -> rung.backing().equals(Backing.HUGETLB.label()))
                .findFirst()
                .flatMap(Rung::fix)
                .orElse("");
        String options =
                Stream.of(otherPath, pool).filter(option -> !option.isEmpty()).reduce((one, two) -> one + ", or " + two)
                        .orElse("nothing that is known");
        return used + " It gets no huge pages; they are available by " + options + ".";
    }
}
