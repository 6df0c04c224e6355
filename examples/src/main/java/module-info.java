/** Examples: a JIT compiler to learn from, each write path, each lifetime, and adapters for assemblers. */
// module: the bench is built after this module. requires-automatic: the assemblers have no descriptors.
@SuppressWarnings({"module", "requires-automatic", "requires-transitive-automatic"})
module dev.ashlar.examples {
    requires static org.jspecify;
    requires transitive dev.ashlar;
    requires transitive jnr.a64asm;
    requires transitive jnr.x86asm;

    exports dev.ashlar.examples.assembler;
    exports dev.ashlar.examples.filter;
    exports dev.ashlar.examples.lifetime;
    exports dev.ashlar.examples.path;
}
