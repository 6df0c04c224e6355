package dev.ashlar.stubs;

import java.lang.invoke.MethodHandles;

/** Runs in a child JVM the action that the first argument names, and prints its result. */
final class ChildMain {

    private ChildMain() {}

    public static void main(String[] arguments) {
        try {
            System.out.println(switch (arguments[0]) {
                case "call" -> "page size " + Libc.system().sysconf(Linux.SC_PAGESIZE);
                case "call twice" -> twice();
                case "facts" -> HostFacts.gather().toString();
                case "require" -> required();
                default -> throw new IllegalArgumentException(arguments[0]);
            });
        } catch (NativeAccessException | UnsupportedPlatformException refusal) {
            System.out.println(refusal.getClass().getSimpleName() + ": " + refusal.getMessage());
            System.exit(3);
        }
    }

    private static String required() {
        NativeAccess.require(MethodHandles.lookup());
        return "granted";
    }

    /** The second refusal must be as clear as the first: no NoClassDefFoundError of a class that failed to start. */
    private static String twice() {
        try {
            Libc.system();
        } catch (NativeAccessException expected) {
            System.out.println("first: " + expected.getMessage());
        }
        return "page size " + Libc.system().sysconf(Linux.SC_PAGESIZE);
    }
}
