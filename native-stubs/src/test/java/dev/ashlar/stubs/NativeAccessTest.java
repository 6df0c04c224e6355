package dev.ashlar.stubs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.lang.invoke.MethodHandles;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The three states of native access, each in a JVM of its own, on the class path and as a module. */
class NativeAccessTest {

    private static final String DENY = "--illegal-native-access=deny";
    private static final long PAGE_BYTES = Libc.system().sysconf(Linux.SC_PAGESIZE);

    @Test
    void grantedAccessIsSilent() throws Exception {
        assertThat(ChildJvm.onClassPath(List.of(DENY, "--enable-native-access=ALL-UNNAMED"), "call"))
                .isEqualTo(new ChildJvm.Outcome("page size " + PAGE_BYTES + "\n", 0));
        assertThat(ChildJvm.asModule(List.of(DENY, "--enable-native-access=dev.ashlar.stubs"), "call"))
                .isEqualTo(new ChildJvm.Outcome("page size " + PAGE_BYTES + "\n", 0));
    }

    @Test
    void deniedAccessNamesTheFlagForTheClassPath() throws Exception {
        assertThat(ChildJvm.onClassPath(List.of(DENY), "call")).isEqualTo(new ChildJvm.Outcome("""
                NativeAccessException: Ashlar calls the operating system, which this JVM denies to code on the class \
                path: start java with --enable-native-access=ALL-UNNAMED.
                """, 3));
    }

    @Test
    void deniedAccessNamesTheFlagForTheModule() throws Exception {
        assertThat(ChildJvm.asModule(List.of(DENY), "call")).isEqualTo(new ChildJvm.Outcome("""
                NativeAccessException: Ashlar calls the operating system, which this JVM denies to module \
                dev.ashlar.stubs: start java with --enable-native-access=dev.ashlar.stubs.
                """, 3));
    }

    @Test
    void aSecondAttemptIsRefusedLikeTheFirst() throws Exception {
        ChildJvm.Outcome outcome = ChildJvm.asModule(List.of(DENY), "call twice");

        assertThat(outcome.output().lines()).hasSize(2)
                .allMatch(line -> line.endsWith("start java with --enable-native-access=dev.ashlar.stubs."));
        assertThat(outcome.exitCode()).isEqualTo(3);
    }

    /** JDK 25 warns by default. On a later JDK that denies by default, Ashlar must refuse. */
    @Test
    void withoutFlagsTheJdkWarnsAndCallsWork() throws Exception {
        ChildJvm.Outcome outcome = ChildJvm.asModule(List.of("--illegal-native-access=warn"), "call");

        assertThat(outcome.output()).contains("WARNING", "--enable-native-access=dev.ashlar.stubs")
                .endsWith("page size " + PAGE_BYTES + "\n");
        assertThat(outcome.exitCode()).isZero();
    }

    @Test
    void theAccessOfTheCallerIsChecked() throws Exception {
        assertThatCode(() -> NativeAccess.require(MethodHandles.lookup())).doesNotThrowAnyException();
        assertThat(ChildJvm.onClassPath(List.of(DENY), "require").output())
                .contains("--enable-native-access=ALL-UNNAMED");
    }

    @Test
    void theFlagNamesTheModuleOrTheClassPath() {
        assertThat(NativeAccess.flag(Object.class.getModule())).isEqualTo("--enable-native-access=java.base");
        assertThat(NativeAccess.flag(ClassLoader.getSystemClassLoader().getUnnamedModule()))
                .isEqualTo("--enable-native-access=ALL-UNNAMED");
    }
}
