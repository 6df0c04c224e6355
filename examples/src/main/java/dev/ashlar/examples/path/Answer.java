package dev.ashlar.examples.path;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.ValueLayout;

/** The function that the examples place: x86-64 code that returns a number. */
public final class Answer {
    /** {@code int f(void)}. */
    public static final FunctionDescriptor FUNCTION = FunctionDescriptor.of(ValueLayout.JAVA_INT);

    private Answer() {}

    /**
     * {@return {@code mov eax, number; ret}}
     *
     * @param number what the function returns, 0 to 127
     */
    public static byte[] of(int number) {
        return new byte[] {(byte) 0xb8, (byte) number, 0, 0, 0, (byte) 0xc3};
    }

    /** {@return whether the code runs here; says so if it does not} */
    public static boolean isX86() {
        String architecture = System.getProperty("os.arch");
        boolean isX86 = architecture.equals("amd64");
        if (!isX86) {
            IO.println("skipped: x86-64 only, and this is " + architecture);
        }
        return isX86;
    }
}
