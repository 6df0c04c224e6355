/**
 * The only code of Ashlar that calls the operating system.
 *
 * <p>Needs native access: {@code --enable-native-access=dev.ashlar.stubs}. jnr-posix is optional at run time; if it is
 * absent or refused, host facts come from {@code /proc}.
 */
// module: the readers named in the export are built after this module. requires-automatic: jnr-posix has no descriptor.
@SuppressWarnings({"module", "requires-automatic"})
module dev.ashlar.stubs {
    requires static org.jspecify;
    requires static org.jnrproject.constants;
    requires static org.jnrproject.ffi;
    requires static org.jnrproject.posix;

    exports dev.ashlar.stubs to dev.ashlar, dev.ashlar.tool, dev.ashlar.bench;
}
