package dev.ashlar.bench.suite;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * What JMH is told for one fork of one benchmark.
 *
 * @param list the arguments
 */
record JmhArguments(List<String> list) {

    /** Copies the list. */
    JmhArguments {
        list = List.copyOf(list);
    }

    /**
     * {@return a fork at the benchmark's own pace}
     *
     * @param benchmark binary name of a class, or of one of its methods
     * @param parameters values of its {@code @Param} fields
     * @param jvmOptions of the fork
     * @param resultFile where the JSON goes
     */
    static JmhArguments of(String benchmark, Map<String, String> parameters, List<String> jvmOptions,
            Path resultFile) {
        List<String> list = new ArrayList<>(List.of("^" + Pattern.quote(benchmark) + "(\\..*)?$",
                "-f", "1", "-foe", "true", "-jvmArgsAppend", String.join(" ", jvmOptions),
                "-rf", "json", "-rff", resultFile.toString()));
        parameters.forEach((name, value) -> list.addAll(List.of("-p", name + "=" + value)));
        return new JmhArguments(list);
    }

    /** {@return the same at another pace, on a number of threads} */
    JmhArguments steady(Pace pace, int threads) {
        List<String> more = new ArrayList<>(list);
        more.addAll(List.of("-t", Integer.toString(threads),
                "-wi", Integer.toString(pace.warmUpCount()), "-w", pace.warmUpMillis() + "ms",
                "-i", Integer.toString(pace.measuredCount()), "-r", pace.measuredMillis() + "ms"));
        return new JmhArguments(more);
    }
}
