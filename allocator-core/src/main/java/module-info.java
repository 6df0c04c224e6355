/** A native-memory allocator whose executable memory lives in huge pages that stay whole. */
module dev.ashlar {
    requires static java.management;
    requires static jdk.jfr;
    requires static org.jspecify;
    requires dev.ashlar.stubs;

    exports dev.ashlar;
    exports dev.ashlar.memory;
    exports dev.ashlar.report;
}
