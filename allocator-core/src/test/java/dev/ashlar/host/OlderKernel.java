package dev.ashlar.host;

import dev.ashlar.stubs.Errno;
import dev.ashlar.stubs.FaultyCalls;
import dev.ashlar.stubs.Libc;
import dev.ashlar.stubs.Linux;
import dev.ashlar.stubs.Pagemap;

/** Refusals of older kernels, for tests on a newer one. */
public final class OlderKernel {

    private OlderKernel() {}

    /**
     * {@return the real kernel, except that a collapse of a view without a page table fails with EINVAL, as on Linux
     * 6.1 and 6.12}
     */
    public static FaultyCalls refusingUntouchedCollapse() {
        return new FaultyCalls(Libc.system())
                .failWhen(
                        call -> call.method().equals("madvise")
                                && call.argument(2) == Linux.MADV_COLLAPSE
                                && !isTouched(call.argument(0)),
                        Errno.EINVAL);
    }

    /** {@return whether the page at an address is mapped, in this view of the memory and not only in another} */
    public static boolean isTouched(long address) {
        return Pagemap.isPresent(Libc.system(), address);
    }
}
