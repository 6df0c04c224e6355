/** The {@code ashlar} command, trace replay, rivals and benchmarks. */
// requires-automatic: the assembler, the rivals' library and the measuring tools have no descriptors.
@SuppressWarnings("requires-automatic")
module dev.ashlar.bench {
    requires static org.jspecify;
    requires static jmh.core;
    requires HdrHistogram;
    requires com.google.gson;
    requires dev.ashlar;
    requires dev.ashlar.stubs;
    requires info.picocli;
    requires io.netty.buffer;
    requires io.netty.common;
    requires java.management;
    requires jdk.management;
    requires jnr.x86asm;
    requires org.jnrproject.jffi;

    // picocli makes the commands and sets their options by reflection.
    opens dev.ashlar.bench.cli to info.picocli;
    // Gson reads and writes results by reflection.
    opens dev.ashlar.bench.child to com.google.gson;
    opens dev.ashlar.bench.permissions to com.google.gson;
    opens dev.ashlar.bench.report to com.google.gson;
    opens dev.ashlar.bench.suite to com.google.gson;
}
