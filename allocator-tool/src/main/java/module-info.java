/** The {@code ashlar} command, trace replay and the workloads that the benchmarks share with it. */
// module: the bench is built after this module. requires-automatic: the assembler and the library of tables have
// no descriptors.
@SuppressWarnings({"module", "requires-automatic"})
module dev.ashlar.tool {
    requires static org.jspecify;
    requires transitive dev.ashlar;
    requires dev.ashlar.llvm;
    requires transitive dev.ashlar.stubs;
    requires transitive info.picocli;
    requires ascii.table;
    requires com.google.gson;
    requires jnr.x86asm;
    requires jdk.management;

    exports dev.ashlar.tool.child to dev.ashlar.bench;
    exports dev.ashlar.tool.cli to dev.ashlar.bench;
    exports dev.ashlar.tool.code to dev.ashlar.bench;
    exports dev.ashlar.tool.doctor to dev.ashlar.bench;
    exports dev.ashlar.tool.exit to dev.ashlar.bench;
    exports dev.ashlar.tool.figures to dev.ashlar.bench;
    exports dev.ashlar.tool.memory to dev.ashlar.bench;
    exports dev.ashlar.tool.replay to dev.ashlar.bench;
    exports dev.ashlar.tool.workload to dev.ashlar.bench;

    // picocli makes the commands and sets their options by reflection.
    opens dev.ashlar.tool.cli to info.picocli;
    // Gson reads and writes results by reflection.
    opens dev.ashlar.tool.child to com.google.gson;
    opens dev.ashlar.tool.figures to com.google.gson;
    opens dev.ashlar.tool.mappings to com.google.gson;
    opens dev.ashlar.tool.secret to com.google.gson;
}
