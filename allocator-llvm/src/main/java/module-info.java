/** LLVM's MCJIT and ORC with code in a heap of Ashlar, and whole programs that run as native ones do. */
// module: the bench is built later.
@SuppressWarnings("module")
module dev.ashlar.llvm {
    requires static org.jspecify;
    requires transitive dev.ashlar;
    requires dev.ashlar.stubs;

    exports dev.ashlar.llvm;
    exports dev.ashlar.llvm.report;
    // Its contender is LLVM with memory of its own.
    exports dev.ashlar.llvm.capi to dev.ashlar.bench;
}
