package dev.ashlar.llvm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ashlar.CodeHeap;
import dev.ashlar.llvm.capi.CFunctions;
import dev.ashlar.llvm.report.LlvmException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is refused before an engine sees it, in LLVM's words and in one line. */
final class LlvmModuleTest {

    @ParameterizedTest
    @ValueSource(ints = {14, 16, 19})
    void textThatIsNoModuleIsRefusedWithItsPlace(int version) {
        assertThatThrownBy(() -> Setup.library(version).parse("define i32 @f() {\n ret i64 1\n}", "wrong.ll"))
                .isInstanceOf(LlvmException.class)
                .hasMessageStartingWith("wrong.ll is no valid module: wrong.ll:2:6: error: value doesn't match")
                .message().doesNotContain("\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"i386-pc-linux-gnu", "aarch64-unknown-linux-gnu", "x86_64-pc-windows-msvc",
        "x86_64-apple-macosx13.0.0", "x86_64-pc-linux-gnux32"})
    void aModuleForAnotherTargetIsRefused(String target) {
        String text = "target triple = \"" + target + "\"";
        assertThatThrownBy(() -> Setup.library(14).parse(text, "other.ll"))
                .isInstanceOf(LlvmException.class)
                .hasMessage("other.ll is for the target " + target + ", and this host is x86_64 Linux");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "x86_64", "x86_64-pc-linux-gnu", "x86_64-alpine-linux-musl", "x86_64-linux-gnu",
        "x86_64-unknown-unknown"})
    void aModuleForThisHostIsTaken(String target) {
        try (LlvmModule module = Setup.library(14).parse("target triple = \"" + target + "\"", "own.ll")) {
            assertThat(module.globals()).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {14, 16, 19})
    void aModuleThatOnlyTheVerifierRefusesIsRefused(int version) {
        String text = """
                declare i32 @llvm.ctpop.i32(i32, i32)
                define i32 @f() {
                  %a = call i32 @llvm.ctpop.i32(i32 1, i32 2)
                  ret i32 %a
                }
                """;
        assertThatThrownBy(() -> Setup.library(version).parse(text, "wrong.ll"))
                .isInstanceOf(LlvmException.class)
                .hasMessageContaining("Intrinsic has incorrect argument type");
    }

    @ParameterizedTest
    @ValueSource(ints = {14, 16, 19})
    void anEmptyFileIsAnEmptyModuleAndAMissingOneIsNamed(int version) {
        LlvmLibrary library = Setup.library(version);
        try (LlvmModule empty = library.parse(Path.of("/dev/null"))) {
            assertThat(empty.defines("main")).isFalse();
        }
        assertThatThrownBy(() -> library.parse(Path.of("no/such.bc")))
                .isInstanceOf(LlvmException.class)
                .hasMessage("no/such.bc cannot be read: there is no such file");
    }

    @ParameterizedTest
    @ValueSource(ints = {14, 16, 19})
    void linkingJoinsDefinitionsAndKeepsPrivateNamesApart(int version) {
        LlvmLibrary library = Setup.library(version);
        String text =
                "define internal i32 @own() { ret i32 1 }\ndefine i32 @%s() { %%a = call i32 @own()\n ret i32 %%a }";
        try (LlvmModule module = library.parse(text.formatted("f"), "f")) {
            LlvmModule other = library.parse(text.formatted("g"), "g");
            module.link(other);
            assertThat(module.defines("f")).isTrue();
            assertThat(module.defines("g")).isTrue();
            assertThat(module.defines("own")).isFalse();
            assertThatIllegalStateException().isThrownBy(() -> other.defines("g"));
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {14, 16, 19})
    void aModuleBuiltByTheCallerIsCopied(int version) {
        LlvmLibrary library = Setup.library(version);
        CFunctions llvm = library.functions();
        MemorySegment context = llvm.pointer("LLVMContextCreate");
        MemorySegment built = llvm.pointer("LLVMModuleCreateWithNameInContext", "built", context);
        MemorySegment type = llvm.pointer("LLVMInt32TypeInContext", context);
        MemorySegment variable = llvm.pointer("LLVMAddGlobal", built, type, "seven");
        llvm.run("LLVMSetInitializer", variable, llvm.pointer("LLVMConstInt", type, 7L, 0));
        try (LlvmModule copy = library.copy(built, "copy")) {
            llvm.run("LLVMDisposeModule", built);
            llvm.run("LLVMContextDispose", context);
            assertThat(copy.defines("seven")).isTrue();
        }
    }

    @Test
    void aModuleOfAnotherLibraryIsRefused() {
        LlvmLibrary library = Setup.library(14);
        LlvmLibrary other = Setup.library(19);
        String text = "define void @f() { ret void }";
        try (LlvmModule module = library.parse(text, "one");
                LlvmModule foreign = other.parse(text, "two");
                CodeHeap heap = new Setup(EngineKind.MCJIT, 14).heap();
                LlvmEngine engine = library.openEngine(EngineKind.MCJIT, heap)) {
            assertThatIllegalArgumentException().isThrownBy(() -> module.link(foreign))
                    .withMessageContaining("module two is of another library");
            assertThatIllegalArgumentException().isThrownBy(() -> engine.add(foreign));
            assertThat(LlvmLibrary.find(14)).isSameAs(library);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {14, 16, 19})
    void linkingTwoDefinitionsOfOneNameIsRefused(int version) {
        LlvmLibrary library = Setup.library(version);
        LlvmModule module = library.parse("define void @f() { ret void }", "one");
        assertThatThrownBy(() -> module.link(library.parse("define void @f() { ret void }", "two")))
                .isInstanceOf(LlvmException.class)
                .hasMessageContaining("two cannot be linked with one")
                .hasMessageContaining("symbol multiply defined");
        assertThatIllegalStateException().isThrownBy(() -> module.defines("f"));
    }

    @ParameterizedTest
    @ValueSource(ints = {14, 16, 19})
    void aModuleNeedsWhatItUsesAndDoesNotDefine(int version) {
        String text = "declare void @used()\ndeclare void @unused()\ndefine void @f() { call void @used()\n ret void }";
        try (LlvmModule module = Setup.library(version).parse(text, "needs")) {
            assertThat(module.needs("used")).isTrue();
            assertThat(module.needs("unused")).isFalse();
            assertThat(module.needs("f")).isFalse();
        }
    }
}
