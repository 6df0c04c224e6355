package dev.ashlar.stubs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ErrnoTest {

    @Test
    void anErrnoIsDescribedByNameAndNumber() {
        assertThat(Errno.describe(-13)).isEqualTo("EACCES (13)");
        assertThat(Errno.of(-Errno.ENOSPC)).hasToString("ENOSPC (28)");
        assertThat(Errno.ofNumber(133).name()).isEqualTo("EHWPOISON");
    }

    /** Goal: to find a mistake in the table of names. Method: strerrorname_np(3) of glibc 2.32 is a second source. */
    @Test
    @SuppressWarnings("restricted")
    void everyNameIsTheOneThatTheCLibraryGives() throws Throwable {
        var symbol = Linker.nativeLinker().defaultLookup().find("strerrorname_np");
        assumeTrue(symbol.isPresent(), "this C library has no strerrorname_np");
        MethodHandle name = Linker.nativeLinker().downcallHandle(symbol.get(),
                FunctionDescriptor.of(ValueLayout.ADDRESS, ValueLayout.JAVA_INT));
        List<String> compared = new ArrayList<>();
        for (int number = 1; number <= 133; number++) {
            MemorySegment text = (MemorySegment) name.invokeExact(number);
            if (text.address() != 0) {
                String expected = text.reinterpret(32).getString(0);
                // glibc uses the name ENOTSUP for the number that the kernel's header calls EOPNOTSUPP.
                assertThat(Errno.ofNumber(number).name())
                        .isEqualTo(expected.equals("ENOTSUP") ? "EOPNOTSUPP" : expected);
                compared.add(expected);
            }
        }
        assertThat(compared).hasSize(131);
    }

    @Test
    void everyConstantHasTheNumberOfItsName() throws IllegalAccessException {
        int constants = 0;
        for (var field : Errno.class.getFields()) {
            assertThat(Errno.ofNumber(field.getInt(null)).name()).isEqualTo(field.getName());
            constants++;
        }
        assertThat(constants).isGreaterThan(20);
    }

    @Test
    void aNumberThatLinuxDoesNotDefineStillHasAName() {
        assertThat(Errno.ofNumber(41)).hasToString("E41 (41)");
        assertThat(Errno.ofNumber(524)).hasToString("E524 (524)").isEqualTo(Errno.of(-524));
    }

    @Test
    void onlyTheLastPageOfAddressesIsAFailure() {
        assertThat(Errno.isFailure(-1)).isTrue();
        assertThat(Errno.isFailure(-4095)).isTrue();
        assertThat(Errno.isFailure(-4096)).isFalse();
        assertThat(Errno.isFailure(0)).isFalse();
        assertThat(Errno.isFailure(0x7f00_0000_0000L)).isFalse();
    }

    @Test
    void aResultThatIsNoErrorHasNoName() {
        assertThatThrownBy(() -> Errno.of(0)).isInstanceOf(IllegalArgumentException.class)
                .hasMessage("not a failed result: result=0");
        assertThatThrownBy(() -> Errno.ofNumber(4096)).isInstanceOf(IllegalArgumentException.class)
                .hasMessage("not an error number: number=4096");
    }

    @Test
    void theNameOfAKnownErrorMakesNoObject() {
        assertThat(Errno.of(-Errno.EACCES)).isSameAs(Errno.ofNumber(Errno.EACCES));
    }
}
