package dev.ashlar.llvm;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ashlar.CodeHeap;
import dev.ashlar.llvm.report.LlvmException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.FutureTask;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What an engine does with modules, in each engine of each version. */
final class LlvmEngineTest {
    private static final FunctionDescriptor INT = FunctionDescriptor.of(JAVA_INT);
    private static final String TWO = "define i32 @two() { ret i32 2 }";
    private static final String FOUR = """
            declare i32 @two()
            define i32 @four() {
              %a = call i32 @two()
              %b = add i32 %a, 2
              ret i32 %b
            }
            """;

    static Stream<Setup> setups() {
        return Setup.all();
    }

    @ParameterizedTest
    @MethodSource("setups")
    void codeReadsConstantsAndWritesVariables(Setup setup) throws Throwable {
        try (CodeHeap heap = setup.heap(); LlvmEngine engine = setup.open(heap)) {
            engine.add(setup.library().parse("""
                    @ten = constant [3 x i32] [i32 8, i32 9, i32 10]
                    @count = global i32 5
                    define i32 @next() {
                      %t = load i32, i32* getelementptr ([3 x i32], [3 x i32]* @ten, i64 0, i64 2)
                      %c = load i32, i32* @count
                      %s = add i32 %t, %c
                      store i32 %s, i32* @count
                      ret i32 %s
                    }
                    """, "counter"));
            MethodHandle next = engine.bind("next", INT);

            assertThat((int) next.invokeExact()).isEqualTo(15);
            assertThat((int) next.invokeExact()).isEqualTo(25);
            assertThat(heap.audit().isSafe()).isTrue();
        }
    }

    @ParameterizedTest
    @MethodSource("setups")
    void modulesReferToEachOtherWhateverTheirOrder(Setup setup) throws Throwable {
        try (CodeHeap heap = setup.heap(); LlvmEngine engine = setup.open(heap)) {
            engine.add(setup.library().parse(FOUR, "four"));
            engine.add(setup.library().parse(TWO, "two"));
            assertThat((int) engine.bind("four", INT).invokeExact()).isEqualTo(4);

            engine.add(setup.library().parse(FOUR.replace("@four", "@later").replace("@two", "@four"), "later"));
            assertThat((int) engine.bind("later", INT).invokeExact()).isEqualTo(6);
        }
    }

    @ParameterizedTest
    @MethodSource("setups")
    void aSymbolThatNothingDefinesIsNamedAndNothingIsCompiled(Setup setup) throws Throwable {
        try (CodeHeap heap = setup.heap(); LlvmEngine engine = setup.open(heap)) {
            long before = heap.stats().liveByteSize();
            engine.add(setup.library().parse(FOUR, "four"));

            assertThatThrownBy(() -> engine.bind("four", INT))
                    .isInstanceOf(LlvmException.class)
                    .hasMessageContaining("defined neither by a module nor by a library of the process: two.");
            assertThat(heap.stats().liveByteSize()).isEqualTo(before);

            engine.add(setup.library().parse(TWO, "two"));
            assertThat((int) engine.bind("four", INT).invokeExact()).isEqualTo(4);
        }
    }

    @SuppressWarnings("restricted")
    @ParameterizedTest
    @MethodSource("setups")
    void codeCallsFunctionsOfTheCallerAndOfTheProcess(Setup setup) throws Throwable {
        try (CodeHeap heap = setup.heap(); LlvmEngine engine = setup.open(heap); Arena arena = Arena.ofShared()) {
            MethodHandle max = MethodHandles.lookup()
                    .findStatic(Math.class, "max", MethodType.methodType(int.class, int.class, int.class));
            MemorySegment stub = Linker.nativeLinker()
                    .upcallStub(max, FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT), arena);
            engine.define("caller_max", stub);
            engine.add(setup.library().parse("""
                    declare i32 @caller_max(i32, i32)
                    declare i32 @abs(i32)
                    define i32 @both() {
                      %a = call i32 @abs(i32 -7)
                      %b = call i32 @caller_max(i32 %a, i32 3)
                      ret i32 %b
                    }
                    """, "calls"));
            assertThat((int) engine.bind("both", INT).invokeExact()).isEqualTo(7);
        }
    }

    @ParameterizedTest
    @MethodSource("setups")
    void aWeakSymbolThatNothingDefinesIsNull(Setup setup) throws Throwable {
        try (CodeHeap heap = setup.heap(); LlvmEngine engine = setup.open(heap)) {
            engine.add(setup.library().parse("""
                    declare extern_weak void @nowhere()
                    define i64 @where() {
                      %a = ptrtoint void ()* @nowhere to i64
                      ret i64 %a
                    }
                    """, "weak"));
            assertThat((long) engine.bind("where", FunctionDescriptor.of(JAVA_LONG)).invokeExact()).isZero();
        }
    }

    @ParameterizedTest
    @MethodSource("setups")
    void closingEnginesInAnotherThreadFreesTheirMemory(Setup setup) throws Exception {
        try (CodeHeap heap = setup.heap()) {
            List<LlvmEngine> engines = new ArrayList<>();
            for (int index = 0; index < 5; index++) {
                LlvmEngine engine = setup.open(heap);
                engine.add(setup.library().parse(FOUR, "four"));
                engine.add(setup.library().parse(TWO, "two"));
                engine.publish();
                engines.add(engine);
            }
            assertThat(heap.stats().liveByteSize()).isPositive();
            Thread other = Thread.ofPlatform().start(() -> engines.forEach(LlvmEngine::close));
            other.join();

            assertThat(heap.stats().liveByteSize()).isZero();
            assertThat(heap.audit().isSafe()).isTrue();
        }
    }

    @SuppressWarnings("restricted")
    @ParameterizedTest
    @MethodSource("setups")
    void aBoundHandleKeepsTheEngineOpenWhileItsCallRunsAndThrowsAfterItsClose(Setup setup) throws Throwable {
        try (CodeHeap heap = setup.heap(); Arena arena = Arena.ofShared()) {
            LlvmEngine engine = setup.open(heap);
            MethodHandle attempt = MethodHandles.lookup().bind(
                    new Closing(engine), "close", MethodType.methodType(int.class));
            engine.define("attempt", Linker.nativeLinker().upcallStub(attempt, INT, arena));
            engine.add(setup.library().parse("""
                    declare i32 @attempt()
                    define i32 @inside() {
                      %a = call i32 @attempt()
                      ret i32 %a
                    }
                    """, "inside"));
            MethodHandle inside = engine.bind("inside", INT);

            assertThat((int) inside.invokeExact()).as("1: the close was refused").isOne();
            engine.close();
            assertThatIllegalStateException().isThrownBy(() -> {
                int result = (int) inside.invokeExact();
                assertThat(result).isZero();
            });
            assertThatIllegalStateException().isThrownBy(() -> engine.address("inside"));
            assertThat(heap.stats().liveByteSize()).isZero();
        }
    }

    private record Closing(LlvmEngine engine) {
        // Called by generated code.
        @SuppressWarnings("UnusedMethod")
        int close() {
            try {
                engine.close();
                return 0;
            } catch (IllegalStateException refused) {
                return 1;
            }
        }
    }

    @ParameterizedTest
    @MethodSource("setups")
    void aModuleLargerThanTheHeapIsRefusedAndTheHeapIsUnharmed(Setup setup) throws Throwable {
        try (CodeHeap heap = CodeHeap.builder().writePath(setup.kind().writePath()).capacity(2 << 20).build()) {
            try (LlvmEngine engine = setup.open(heap)) {
                engine.add(setup.library().parse("""
                        @big = global [3000000 x i8] zeroinitializer
                        define i8* @f() { ret i8* getelementptr ([3000000 x i8], [3000000 x i8]* @big, i64 0, i64 0) }
                        """, "big"));
                assertThatThrownBy(() -> engine.bind("f", FunctionDescriptor.of(ADDRESS)))
                        .isInstanceOf(LlvmException.class)
                        .hasMessageContaining("the heap refused memory")
                        .hasMessageContaining("3000000");
                assertThatThrownBy(engine::publish)
                        .isInstanceOf(LlvmException.class)
                        .hasMessageContaining("can only be closed");
            }
            assertThat(heap.stats().liveByteSize()).isZero();
            assertThat(heap.audit().isSafe()).isTrue();
            try (LlvmEngine engine = setup.open(heap)) {
                engine.add(setup.library().parse(TWO, "two"));
                assertThat((int) engine.bind("two", INT).invokeExact()).isEqualTo(2);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("setups")
    void variablesLargerThanAnyHeapAreRefusedBeforeAnythingIsCompiled(Setup setup) {
        try (CodeHeap heap = setup.heap(); LlvmEngine engine = setup.open(heap)) {
            engine.add(setup.library().parse("@huge = global [8000000000000 x i8] zeroinitializer", "huge"));
            assertThatThrownBy(engine::publish)
                    .isInstanceOf(LlvmException.class)
                    .hasMessageContaining("8000000000000 bytes");
        }
    }

    @ParameterizedTest
    @MethodSource("setups")
    void anErrorOfTheCodeGeneratorHasItsWords(Setup setup) {
        try (CodeHeap heap = setup.heap(); LlvmEngine engine = setup.open(heap)) {
            engine.add(setup.library().parse("""
                    define void @f() {
                      call void asm sideeffect "bogus %eax", ""()
                      ret void
                    }
                    """, "assembler"));
            assertThatThrownBy(() -> engine.address("f"))
                    .isInstanceOf(LlvmException.class)
                    .hasMessageContaining("invalid instruction mnemonic 'bogus'");
        }
    }

    @ParameterizedTest
    @MethodSource("setups")
    void constructorsComeByPriorityThenByModule(Setup setup) throws Throwable {
        String list = "@llvm.global_ctors = appending global [2 x { i32, void ()*, i8* }] ["
                + "{ i32, void ()*, i8* } { i32 65535, void ()* @%1$s.late, i8* null }, "
                + "{ i32, void ()*, i8* } { i32 101, void ()* @%1$s.soon, i8* null }]\n"
                + "define void @%1$s.late() { ret void }\ndefine void @%1$s.soon() { ret void }\n";
        try (CodeHeap heap = setup.heap(); LlvmEngine engine = setup.open(heap)) {
            engine.add(setup.library().parse(list.formatted("a"), "a"));
            engine.add(setup.library().parse(list.formatted("b"), "b"));
            assertThat(engine.constructors()).containsExactly(engine.address("a.soon"), engine.address("b.soon"),
                    engine.address("a.late"), engine.address("b.late"));
            assertThat(engine.destructors()).isEmpty();
        }
    }

    @ParameterizedTest
    @MethodSource("setups")
    void twoModulesThatDefineOneNameAreRefused(Setup setup) throws Throwable {
        try (CodeHeap heap = setup.heap(); LlvmEngine engine = setup.open(heap)) {
            engine.add(setup.library().parse(TWO, "first"));
            LlvmModule second = setup.library().parse(TWO, "second");
            assertThatThrownBy(() -> engine.add(second))
                    .isInstanceOf(LlvmException.class)
                    .hasMessageContaining("module second defines two");
            second.close();
            assertThat((int) engine.bind("two", INT).invokeExact()).isEqualTo(2);
        }
    }

    @ParameterizedTest
    @MethodSource("linkers")
    void objectFilesAndModulesReferToEachOther(Setup setup) throws Throwable {
        byte[] four = setup.library().parse(FOUR, "four").compileToObject(1);
        try (CodeHeap heap = setup.heap(); LlvmEngine engine = setup.open(heap)) {
            engine.addObject(four, "four.o");
            engine.add(setup.library().parse(FOUR.replace("@four", "@six").replace("@two", "@four"), "six"));
            engine.add(setup.library().parse(TWO, "two"));

            assertThat((int) engine.bind("six", INT).invokeExact()).isEqualTo(6);
            assertThat((int) engine.bind("four", INT).invokeExact()).isEqualTo(4);
            assertThat(heap.audit().isSafe()).isTrue();
            assertThatThrownBy(() -> engine.addObject(four, "again.o"))
                    .isInstanceOf(LlvmException.class)
                    .hasMessageContaining("object file again.o defines four");
        }
    }

    @ParameterizedTest
    @MethodSource("linkers")
    void anObjectFileThatNeedsAnUndefinedNameIsNotLinked(Setup setup) throws Throwable {
        try (CodeHeap heap = setup.heap(); LlvmEngine engine = setup.open(heap)) {
            engine.addObject(setup.library().parse(FOUR, "four").compileToObject(0), "four.o");
            assertThatThrownBy(() -> engine.bind("four", INT))
                    .isInstanceOf(LlvmException.class)
                    .hasMessageContaining("defined neither by a module nor by a library of the process: two.");

            engine.add(setup.library().parse(TWO, "two"));
            assertThat((int) engine.bind("four", INT).invokeExact()).isEqualTo(4);
        }
    }

    @ParameterizedTest
    @MethodSource("setups")
    void codeUsesThreadLocalVariablesOfALibraryAndItsOwn(Setup setup) throws Throwable {
        try (CodeHeap heap = setup.heap(); LlvmEngine engine = setup.open(heap)) {
            // What std::call_once tells the C++ library.
            engine.add(setup.library().parse("""
                    @_ZSt11__once_call = external thread_local global i8*
                    @own = thread_local global i32 7
                    define i8** @theirs() { ret i8** @_ZSt11__once_call }
                    define i32 @ours() {
                      %a = load i32, i32* @own
                      ret i32 %a
                    }
                    """, "locals"));
            MethodHandle theirs = engine.bind("theirs", FunctionDescriptor.of(ADDRESS));
            for (int thread = 0; thread < 2; thread++) {
                FutureTask<Boolean> isSame = new FutureTask<>(() -> same(theirs, engine));
                Thread.ofPlatform().start(isSame);
                assertThat(isSame.get()).isTrue();
            }
            assertThat((int) engine.bind("ours", INT).invokeExact()).isEqualTo(7);
        }
    }

    /** {@return whether code and dynamic linker have the same address in this thread} */
    private static boolean same(MethodHandle theirs, LlvmEngine engine) {
        try {
            MemorySegment seen = (MemorySegment) theirs.invokeExact();
            return seen.equals(engine.loaded().symbol("_ZSt11__once_call").orElseThrow());
        } catch (Throwable e) {
            throw new AssertionError(e);
        }
    }

    @ParameterizedTest
    @MethodSource("setups")
    void namesThatAModulesAssemblyDefinesAreFoundOrRefused(Setup setup) throws Throwable {
        try (CodeHeap heap = setup.heap(); LlvmEngine engine = setup.open(heap)) {
            engine.add(setup.library().parse("""
                    module asm ".globl nine"
                    module asm "nine:"
                    module asm "movl $9, %eax"
                    module asm "retq"
                    declare i32 @nine()
                    define i32 @call() {
                      %a = call i32 @nine()
                      ret i32 %a
                    }
                    """, "assembly"));
            if (setup.kind() == EngineKind.ORC) {
                assertThatThrownBy(() -> engine.bind("call", INT))
                        .isInstanceOf(LlvmException.class)
                        .hasMessageContaining(
                                "engine orc does not link what module assembly defines in assembly: nine");
                return;
            }
            assertThat((int) engine.bind("call", INT).invokeExact()).isEqualTo(9);
        }
    }

    @ParameterizedTest
    @MethodSource("setups")
    void anIndirectFunctionIsRefusedByItsName(Setup setup) {
        try (CodeHeap heap = setup.heap(); LlvmEngine engine = setup.open(heap)) {
            LlvmModule module = setup.library().parse("""
                    @chosen = ifunc i32 (), i32 ()* ()* @choose
                    define i32 ()* @choose() { ret i32 ()* null }
                    """, "indirect");
            assertThatThrownBy(() -> engine.add(module))
                    .isInstanceOf(LlvmException.class)
                    .hasMessageContaining("module indirect defines the indirect function (ifunc) chosen");
            module.close();
        }
    }

    static Stream<Setup> linkers() {
        return Setup.all().filter(setup -> setup.kind().takesObjects());
    }
}
