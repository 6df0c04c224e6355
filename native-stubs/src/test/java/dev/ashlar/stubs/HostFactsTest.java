package dev.ashlar.stubs;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import org.junit.jupiter.api.Test;

class HostFactsTest {

    private static final String DENY = "--illegal-native-access=deny";

    private static final String LIMITS = """
            Limit                     Soft Limit           Hard Limit           Units
            Max cpu time              unlimited            unlimited            seconds
            Max open files            20000                524288               files
            Max locked memory         8388608              unlimited            bytes
            Max address space         unlimited            unlimited            bytes
            """;

    @Test
    void limitsAreReadFromTheKernelsTable() {
        assertThat(HostFacts.Limit.of(LIMITS, "Max open files")).isEqualTo(new HostFacts.Limit(20_000, 524_288));
        assertThat(HostFacts.Limit.of(LIMITS, "Max locked memory"))
                .isEqualTo(new HostFacts.Limit(8_388_608, HostFacts.Limit.UNLIMITED));
        assertThat(HostFacts.Limit.of(LIMITS, "Max address space").describe()).isEqualTo("unlimited");
        assertThat(HostFacts.Limit.of("", "Max open files").soft()).isEqualTo(HostFacts.Limit.UNLIMITED);
    }

    @Test
    void thePageSizeIsFoundInTheAuxiliaryVector() {
        byte[] vector = ByteBuffer.allocate(48).order(ByteOrder.nativeOrder()).putLong(33).putLong(0x7fff0000L)
                .putLong(6).putLong(65_536).putLong(0).putLong(0).array();

        assertThat(HostFacts.auxiliaryPageByteSize(vector)).hasValue(65_536);
        assertThat(HostFacts.auxiliaryPageByteSize(new byte[16])).isEmpty();
        assertThat(HostFacts.auxiliaryPageByteSize(new byte[3])).isEmpty();
    }

    @Test
    void theRealUserIdIsTheFirstOfFour() {
        assertThat(HostFacts.realUserId("Name:\tjava\nUid:\t1000\t0\t0\t0\n")).hasValue(1000);
        assertThat(HostFacts.realUserId("")).isEmpty();
    }

    @Test
    void bothSourcesAgreeOnEveryFact() throws Exception {
        String fromJnr = ChildJvm.onClassPath(List.of(DENY, "--enable-native-access=ALL-UNNAMED"), "facts").output();
        String fromProc = ChildJvm.onClassPath(List.of(DENY), "facts").output();

        assertThat(fromJnr).contains("source=jnr-posix]");
        assertThat(comparable(fromProc)).isEqualTo(comparable(fromJnr));
    }

    @Test
    void withoutNativeAccessTheFactsAreRightAndSayWhyJnrWasNotAsked() throws Exception {
        ChildJvm.Outcome outcome = ChildJvm.onClassPath(List.of(DENY), "facts");

        assertThat(outcome.output())
                .contains("source=/proc (jnr-posix: no native access, --enable-native-access=ALL-UNNAMED)")
                .contains("pageByteSize=" + Libc.system().sysconf(Linux.SC_PAGESIZE)).hasLineCount(1);
        assertThat(outcome.exitCode()).isZero();
    }

    @Test
    void jnrIsNotTriedIfTheJdkWouldOnlyWarn() throws Exception {
        ChildJvm.Outcome outcome = ChildJvm.asModule(
                List.of("--illegal-native-access=warn", "--enable-native-access=dev.ashlar.stubs"), "facts");

        assertThat(outcome.output()).doesNotContain("WARNING").hasLineCount(1)
                .contains("source=/proc (jnr-posix: no native access, --enable-native-access=org.jnrproject.jffi)");
    }

    @Test
    void withoutJnrTheFactsAreThoseOfTheKernel() throws Exception {
        ChildJvm.Outcome outcome =
                ChildJvm.withoutLibraries(List.of(DENY, "--enable-native-access=ALL-UNNAMED"), "facts");

        assertThat(outcome.output()).contains("source=/proc (jnr-posix: not there)]").hasLineCount(1);
    }

    @Test
    void asAModuleWithAccessJnrIsAskedAndNothingIsPrinted() throws Exception {
        ChildJvm.Outcome outcome =
                ChildJvm.asModule(List.of(DENY, "--enable-native-access=org.jnrproject.jffi"), "facts");

        assertThat(outcome.output()).contains("source=jnr-posix]").hasLineCount(1);
    }

    @Test
    void aStatusWithoutANumberHasNoUser() {
        assertThat(HostFacts.realUserId("Uid:")).isEmpty();
        assertThat(HostFacts.realUserId("Uid:\tx\t1")).isEmpty();
        assertThat(HostFacts.realUserId("Name:\tx\nUid:\t7\t8\n")).hasValue(7);
    }

    @Test
    void theFactsOfThisProcessAreThoseOfTheJvm() {
        HostFacts facts = HostFacts.gather();

        assertThat(facts.pageByteSize()).isEqualTo(Libc.system().sysconf(Linux.SC_PAGESIZE));
        assertThat(facts.openFiles().soft()).isEqualTo(Libc.system().sysconf(TestLinux.SC_OPEN_MAX));
        assertThat(facts.userName()).isEqualTo(System.getProperty("user.name"));
    }

    /** All but the source. */
    private static String comparable(String facts) {
        return facts.replaceAll("source=.*", "");
    }
}
