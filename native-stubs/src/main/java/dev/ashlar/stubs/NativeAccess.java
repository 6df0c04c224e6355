package dev.ashlar.stubs;

import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;

/**
 * Checks whether a module may call restricted methods (linking, {@code reinterpret}) before the first such call, so
 * that our error names the flag.
 *
 * <p>On JDK 25 a module is in one of three states, and {@link Module#isNativeAccessEnabled()} is false in two of them:
 *
 * <ul>
 * <li>granted by {@code --enable-native-access}: restricted calls are silent;
 * <li>not granted, in the default mode {@code --illegal-native-access=warn}: the first restricted call prints the JDK's
 * warning, grants access permanently, and works;
 * <li>not granted, with {@code --illegal-native-access=deny}: every restricted call throws
 * {@link IllegalCallerException}.
 * </ul>
 *
 * <p>Only a trial call distinguishes the last two, because the JDK removes the property of the mode at start. So we
 * refuse if the JDK refuses, and work, with the JDK's own warning (which names the same flag), if it warns.
 */
public final class NativeAccess {

    private NativeAccess() {}

    /**
     * Checks that the module of the caller may call restricted methods.
     *
     * <p>Takes the caller's lookup and not its module, because the trial call must be made in its name.
     *
     * @param caller {@code MethodHandles.lookup()} of any class of the module concerned
     * @throws NativeAccessException if native access is denied; the message names the flag
     */
    public static void require(MethodHandles.Lookup caller) {
        Module module = caller.lookupClass().getModule();
        if (module.isNativeAccessEnabled()) {
            return;
        }
        try {
            MethodHandle reinterpret = caller.findVirtual(MemorySegment.class, "reinterpret",
                    MethodType.methodType(MemorySegment.class, long.class));
            // The cheapest restricted call: an empty segment becomes an empty segment.
            MemorySegment ignored = (MemorySegment) reinterpret.invokeExact(MemorySegment.NULL, 0L);
        } catch (IllegalCallerException denied) {
            throw NativeAccessException.denied(module, denied);
        } catch (Throwable unexpected) {
            throw new AssertionError("a restricted call failed in a new way: module=" + module, unexpected);
        }
    }

    /** {@return the launcher flag that grants native access to a module, {@code ALL-UNNAMED} for the class path} */
    public static String flag(Module module) {
        return "--enable-native-access=" + (module.isNamed() ? module.getName() : "ALL-UNNAMED");
    }
}
