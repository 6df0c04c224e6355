package dev.ashlar.tool.explain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ashlar.tool.explain.SymbolImage.Symbol;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Goal: a crash log says which addresses matter, and the explanation what lay there. */
class CrashLogTest {
    private static final String LOG = """
            #
            # A fatal error has been detected by the Java Runtime Environment:
            #
            #  SIGSEGV (0xb) at pc=0x00004819ae400005, pid=20993, tid=21073
            #
            Stack: [0x00007f9aaef00000,0x00007f9aaf000000],  sp=0x00007f9aaeffe578,  free space=1017k
            Native frames: (J=compiled Java code, j=interpreted, Vv=VM code, C=native code)
            C  0x00004819ae400005
            j  dev.Caller.call(J)I+7

            siginfo: si_signo: 11 (SIGSEGV), si_code: 1 (SEGV_MAPERR), si_addr: 0x00004819ae400105

            Registers:
            RAX=0x00007f9a6829f700, RBX=0x0000000000000001, RCX=0xfffffffffffffff4, RDX=0x000000069edadec8
            R8 =0x00004819ae400010, R9 =0x0000000000000003, R10=0x0000000000000000, R11=0x00007f9a97f1ed80

            Top of Stack: (sp=0x00007f9aaeffe578)
            0x00007f9aaeffe578:   000000006520cdf0 fffffffffffffff4   .. e............
            Instructions: (pc=0x00004819ae400005)
              0x00004819ae3ffff5:   00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00
            =>0x00004819ae400005:   f4 f4 f4 f4 f4 f4 f4 f4 f4 f4 f4 f4 f4 f4 f4 f4

            Dynamic libraries:
            4819ae400000-4819ae600000 r-xs 00000000 00:11 3099072                    /memfd:code-hugetlb (deleted)
            7f9a97f00000-7f9a97f01000 rw-p 00000000 00:00 0\s
            """;

    private static CrashLog log() {
        return CrashLog.parse(LOG.lines().toList());
    }

    @Test
    void theInstructionTheFaultTheRegistersAndTheFramesAreRead() {
        CrashLog log = log();
        assertThat(log.headline()).startsWith("SIGSEGV (0xb) at pc=");
        assertThat(log.addresses())
                .containsEntry("pc", 0x4819ae400005L)
                .containsEntry("fault", 0x4819ae400105L)
                .containsEntry("frame 1", 0x4819ae400005L)
                .containsEntry("R8", 0x4819ae400010L)
                .containsEntry("RCX", 0xfffffffffffffff4L);
        assertThat(log.mappings()).hasSize(2);
        assertThat(log.codeAt(0x4819ae400005L)).hasValue(0xf4);
        assertThat(log.codeAt(0x4819ae400004L)).hasValue(0);
        assertThat(log.codeAt(0x4819ae400105L)).isEmpty();
    }

    @Test
    void anAddressThatTheKernelDoesNotKnowIsNoFault() {
        List<String> lines = LOG.replace("1 (SEGV_MAPERR)", "128 (SI_KERNEL)").lines().toList();
        assertThat(CrashLog.parse(lines).addresses()).doesNotContainKey("fault");
    }

    @Test
    void aLineOfAnyLengthIsRead() {
        List<String> lines =
                List.of("#  SIGSEGV (0xb) at pc=0x10, pid=1, tid=1", "=> 0x10:   " + "90 ".repeat(100_000));
        assertThat(CrashLog.parse(lines).codeAt(0x10 + 99_999)).hasValue(0x90);
    }

    @Test
    void whatIsNoLogIsRefused() {
        assertThatThrownBy(() -> CrashLog.parse(List.of("root:x:0:0"))).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> CrashLog.parse(List.of())).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void theExplanationNamesTheBlocksTheMappingAndTheTrap() {
        SymbolImage image = new SymbolImage(Path.of("code.elf"), List.of(
                new Symbol("code", Optional.empty(), true, 0x4819ae400000L, 512),
                new Symbol("code", Optional.empty(), false, 0x4819ae400000L, 16)));
        Explanation explanation = Explanation.of(log(), List.of(image));
        assertThat(explanation.headline()).isEqualTo(Optional.of(log().headline()));
        assertThat(place(explanation, "pc").facts()).containsExactly(
                "byte 5 of a live block of heap code at 0x4819ae400000, 16 bytes",
                "byte 5 of a freed block of heap code at 0x4819ae400000, 512 bytes",
                "mapping 0x4819ae400000-0x4819ae600000 r-xs /memfd:code-hugetlb (deleted)",
                "the instruction is hlt, the trap that fills unwritten and freed code");
        assertThat(place(explanation, "fault").facts()).first().asString().startsWith("byte 261 of a freed block");
        assertThat(explanation.places()).as("addresses that mean nothing are left out")
                .extracting(Explanation.Place::role)
                .containsExactly("pc", "fault", "R8", "frame 1");
    }

    private static Explanation.Place place(Explanation explanation, String role) {
        return explanation.places().stream().filter(place -> place.role().equals(role)).findFirst().orElseThrow();
    }
}
