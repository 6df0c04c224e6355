package dev.ashlar.bench.linking;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ashlar.llvm.EngineKind;
import dev.ashlar.llvm.LlvmLibrary;
import dev.ashlar.llvm.report.LlvmUnavailableException;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Every contender does the same work: it compiles or links the sample modules, and they return what they must. */
final class ModuleLinkerTest {
    private static final boolean REQUIRED = Boolean.parseBoolean(System.getenv("ASHLAR_LLVM_REQUIRED"));
    private static final int MODULE_COUNT = 3;

    static Stream<Arguments> contenders() {
        return Stream.of(EngineKind.values()).flatMap(engine -> Stream.of("ashlar", "ashlar-with-code", "llvm")
                .map(memory -> Arguments.of(engine, memory)));
    }

    static Stream<Arguments> contendersWithObjects() {
        return contenders().filter(arguments -> arguments.get()[0] != EngineKind.MCJIT);
    }

    private static ModuleLinker open(EngineKind engine, String memory) {
        try {
            return ModuleLinker.open(LlvmLibrary.find(), engine, memory);
        } catch (LlvmUnavailableException lacking) {
            Assumptions.assumeTrue(REQUIRED, lacking.getMessage());
            throw lacking;
        }
    }

    @ParameterizedTest
    @MethodSource("contenders")
    void modulesReturnWhatTheyMust(EngineKind engine, String memory) throws Throwable {
        try (ModuleLinker linker = open(engine, memory)) {
            for (int index = 0; index < MODULE_COUNT; index++) {
                linker.addModule(SampleModules.text(index), "module" + index);
                assertThat(call(linker, index)).isEqualTo(SampleModules.result(index, index));
            }
            assertThat(linker.stats().isPresent()).isEqualTo(memory.startsWith("ashlar"));
        }
    }

    @ParameterizedTest
    @MethodSource("contendersWithObjects")
    void objectsReturnWhatTheyMust(EngineKind engine, String memory) throws Throwable {
        try (ModuleLinker linker = open(engine, memory)) {
            for (int index = 0; index < MODULE_COUNT; index++) {
                linker.addObject(LlvmLibrary.find().parse(SampleModules.text(index), "object")
                        .compileToObject(ModuleLinker.OPTIMIZATION), "object" + index);
                assertThat(call(linker, index)).isEqualTo(SampleModules.result(index, index));
            }
        }
    }

    @SuppressWarnings("restricted")
    private static int call(ModuleLinker linker, int index) throws Throwable {
        MethodHandle function = Linker.nativeLinker().downcallHandle(
                MemorySegment.ofAddress(linker.address(SampleModules.function(index))),
                FunctionDescriptor.of(JAVA_INT, JAVA_INT));
        return (int) function.invokeExact(index);
    }
}
