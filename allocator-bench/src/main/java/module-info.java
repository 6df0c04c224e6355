/** Benchmarks of Ashlar and its rivals: the commands {@code ashlar bench} and {@code ashlar jmh}. */
// requires-automatic: the rivals' library and the measuring tools have no descriptors.
@SuppressWarnings("requires-automatic")
module dev.ashlar.bench {
    requires static org.jspecify;
    requires static jmh.core;
    requires HdrHistogram;
    requires com.google.gson;
    requires dev.ashlar.examples;
    requires dev.ashlar.llvm;
    requires dev.ashlar.nativetable;
    requires dev.ashlar.tool;
    requires io.netty.buffer;
    requires io.netty.common;
    requires java.management;
    requires jdk.jfr;
    requires org.jnrproject.jffi;

    // picocli makes the commands and sets their options by reflection.
    opens dev.ashlar.bench.cli to info.picocli;
    // Gson reads and writes results by reflection.
    opens dev.ashlar.bench.report to com.google.gson;
}
