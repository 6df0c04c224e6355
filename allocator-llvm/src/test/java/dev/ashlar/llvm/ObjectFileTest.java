package dev.ashlar.llvm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ashlar.CodeHeap;
import dev.ashlar.llvm.report.LlvmException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What an object file says about its names, and what becomes of bytes that are none. */
final class ObjectFileTest {
    private static final String MODULE = """
            @shared = global i32 1
            @own = internal global i32 2
            declare i32 @needed()
            declare extern_weak i32 @perhaps()
            define weak i32 @soft() { ret i32 1 }
            define i32 @strong() {
              %a = call i32 @needed()
              %b = load i32, i32* @own
              %c = ptrtoint i32 ()* @perhaps to i64
              %d = trunc i64 %c to i32
              %e = add i32 %a, %b
              %f = add i32 %d, %e
              ret i32 %f
            }
            """;

    private static byte[] compiled() {
        return Setup.library(14).parse(MODULE, "module").compileToObject(2);
    }

    @Test
    void namesAreThoseThatOtherFilesSee() {
        ObjectFile file = ObjectFile.parse("file.o", compiled());
        assertThat(file.defined()).containsExactly("shared", "soft", "strong");
        assertThat(file.strong()).containsExactly("shared", "strong");
        assertThat(file.needed()).contains("needed").doesNotContain("perhaps", "own");
    }

    @Test
    void otherBytesAreRefused() {
        byte[] library = compiled();
        library[16] = 3;
        for (byte[] bytes : new byte[][] {new byte[0], new byte[100], "define".getBytes(StandardCharsets.UTF_8),
            library}) {
            assertThatThrownBy(() -> ObjectFile.parse("file.o", bytes))
                    .isInstanceOf(LlvmException.class)
                    .hasMessageStartingWith("file.o is ");
        }
    }

    @Test
    void damagedBytesAreReadOrRefused() {
        byte[] good = compiled();
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        for (int round = 0; round < 2_000; round++) {
            byte[] bytes = Arrays.copyOf(good, round % 2 == 0 ? good.length : random.nextInt(good.length));
            for (int change = 0; change < 8 && bytes.length > 0; change++) {
                bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
            }
            try {
                assertThat(ObjectFile.parse("file.o", bytes).name()).isEqualTo("file.o");
            } catch (LlvmException refused) {
                assertThat(refused).as("seed %d", seed).hasMessageStartingWith("file.o is ");
            }
        }
    }

    @Test
    void mcjitTakesNoObjectFiles() {
        Setup setup = new Setup(EngineKind.MCJIT, 14);
        try (CodeHeap heap = setup.heap(); LlvmEngine engine = setup.open(heap)) {
            byte[] object = compiled();
            assertThatIllegalArgumentException().isThrownBy(() -> engine.addObject(object, "file.o"))
                    .withMessageContaining("engine mcjit takes no object files");
        }
    }
}
