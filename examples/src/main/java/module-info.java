/** Examples: a JIT compiler to learn from, each write path, each lifetime, and adapters for assemblers. */
// module: the bench is built after this module. requires-automatic: the assemblers have no descriptors.
@SuppressWarnings({"module", "requires-automatic"})
module dev.ashlar.examples {
    requires static org.jspecify;
    requires transitive dev.ashlar;

    exports dev.ashlar.examples.filter;
}
