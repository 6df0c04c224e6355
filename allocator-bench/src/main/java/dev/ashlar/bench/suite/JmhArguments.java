package dev.ashlar.bench.suite;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * What JMH is told for one fork of one benchmark.
 *
 * @param pattern regular expression that finds the benchmark's methods
 * @param parameters values of its {@code @Param} fields
 * @param threads threads that run it side by side
 * @param pace how long it takes
 * @param jvmOptions of the fork
 * @param resultFile where the JSON goes
 */
record JmhArguments(String pattern, Map<String, String> parameters, int threads, Pace pace, List<String> jvmOptions,
        Path resultFile) {

    List<String> list() {
        List<String> list = new ArrayList<>(List.of(pattern,
                "-f", "1", "-foe", "true", "-t", Integer.toString(threads),
                "-wi", Integer.toString(pace.warmUpCount()), "-w", pace.warmUpMillis() + "ms",
                "-i", Integer.toString(pace.measuredCount()), "-r", pace.measuredMillis() + "ms",
                "-jvmArgsAppend", String.join(" ", jvmOptions),
                "-rf", "json", "-rff", resultFile.toString()));
        parameters.forEach((name, value) -> list.addAll(List.of("-p", name + "=" + value)));
        return list;
    }
}
