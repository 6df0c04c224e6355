/** A table of functions by which native code in the same process takes memory from a heap of Ashlar. */
module dev.ashlar.nativetable {
    requires static org.jspecify;
    requires transitive dev.ashlar;

    exports dev.ashlar.nativetable;
}
