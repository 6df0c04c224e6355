package dev.ashlar.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import dev.ashlar.stubs.Errno;
import dev.ashlar.stubs.FaultScript;
import dev.ashlar.stubs.FaultyCalls;
import dev.ashlar.stubs.Libc;
import dev.ashlar.stubs.SystemCall;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * The places in a heap's life that call the system, and scripts that let each of them fail.
 *
 * <p>The short form lets each place fail once, and each call with every error of its manual page, each at one place.
 * The long form, {@code -Dashlar.faults=all}, combines every place with every error.
 */
public final class CallSites {
    private static final boolean IS_LONG = "all".equals(System.getProperty("ashlar.faults"));

    private final Map<SystemCall, Map<String, Integer>> firstByPath = new EnumMap<>(SystemCall.class);
    private final Map<SystemCall, Integer> counts = new EnumMap<>(SystemCall.class);

    /** Repeats a life, which must survive each fault and leave nothing behind. */
    public static void letEachFail(Consumer<FaultyCalls> life) {
        CallSites sites = new CallSites();
        life.accept(sites.rehearsal());
        assertThat(sites.scripts()).hasSizeGreaterThan(60);
        for (String text : sites.scripts()) {
            Residue before = Residue.now();
            FaultScript script = FaultScript.parse(text);
            FaultyCalls calls = new FaultyCalls(script.around(Libc.system()));
            assertThatCode(() -> life.accept(calls)).as(text).doesNotThrowAnyException();
            // How often an audit asks the kernel depends on where the kernel used huge pages.
            long least = text.startsWith(SystemCall.IOCTL.manualName()) ? 0 : 1;
            assertThat(script.outcomes().getFirst().failedCount()).as(text).isBetween(least, 1L);
            before.assertNothingLeft(calls);
        }
    }

    /** {@return calls to the kernel for a life without faults, which are noted} */
    private FaultyCalls rehearsal() {
        return new FaultyCalls(Libc.system()).failWhen(call -> {
            SystemCall made = SystemCall.ofMethod(call.method()).orElseThrow();
            int number = counts.merge(made, 1, Integer::sum);
            firstByPath.computeIfAbsent(made, _ -> new LinkedHashMap<>()).putIfAbsent(FaultChoice.path(), number);
            return false;
        }, 0);
    }

    /** {@return one fault a script, such as {@code madvise:2=ENOMEM}} */
    private List<String> scripts() {
        List<String> scripts = new ArrayList<>();
        firstByPath.forEach((call, byPath) -> {
            List<Integer> numbers = List.copyOf(byPath.values());
            List<Errno> errors = call.errors();
            int count = IS_LONG ? numbers.size() * errors.size() : Math.max(numbers.size(), errors.size());
            for (int index = 0; index < count; index++) {
                int place = IS_LONG ? index / errors.size() : index;
                scripts.add(call.manualName() + ":" + numbers.get(place % numbers.size()) + "="
                        + errors.get(index % errors.size()).name());
            }
        });
        return scripts;
    }
}
