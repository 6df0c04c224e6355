package dev.ashlar.llvm;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.ashlar.llvm.capi.CFunctions;
import dev.ashlar.llvm.capi.CText;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A function, variable or alias of a module.
 *
 * @param llvm the library
 * @param kind what it is
 * @param reference an LLVMValueRef
 */
record GlobalValue(CFunctions llvm, Kind kind, MemorySegment reference) {
    /** LLVMExternalLinkage. */
    private static final int EXTERNAL = 0;
    /** LLVMAvailableExternallyLinkage. */
    private static final int AVAILABLE_EXTERNALLY = 1;
    /** LLVMInternalLinkage and LLVMPrivateLinkage. */
    private static final int INTERNAL = 8;
    private static final int PRIVATE = 9;
    /** LLVMExternalWeakLinkage: an undefined name that may stay so. */
    private static final int EXTERNAL_WEAK = 12;

    /** The kinds, with the word for each in the names of LLVM's functions. */
    enum Kind {
        FUNCTION("Function"),
        VARIABLE("Global"),
        ALIAS("GlobalAlias");

        private final String word;

        Kind(String word) {
            this.word = word;
        }
    }

    static List<GlobalValue> all(CFunctions llvm, MemorySegment module, Kind kind) {
        List<GlobalValue> all = new ArrayList<>();
        MemorySegment next = llvm.pointer("LLVMGetFirst" + kind.word, module);
        while (next.address() != 0) {
            all.add(new GlobalValue(llvm, kind, next));
            next = llvm.pointer("LLVMGetNext" + kind.word, next);
        }
        return all;
    }

    static Optional<GlobalValue> named(CFunctions llvm, MemorySegment module, String name) {
        MemorySegment alias = llvm.pointer("LLVMGetNamedGlobalAlias", module, name, byteCount(name));
        return Stream.of(
                new GlobalValue(llvm, Kind.FUNCTION, llvm.pointer("LLVMGetNamedFunction", module, name)),
                new GlobalValue(llvm, Kind.VARIABLE, llvm.pointer("LLVMGetNamedGlobal", module, name)),
                new GlobalValue(llvm, Kind.ALIAS, alias))
                .filter(value -> value.reference.address() != 0)
                .findFirst();
    }

    String name() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment length = arena.allocate(JAVA_LONG);
            MemorySegment text = llvm.pointer("LLVMGetValueName2", reference, length);
            return CText.at(CText.sized(text, length.get(JAVA_LONG, 0) + 1));
        }
    }

    private static long byteCount(String name) {
        return name.getBytes(StandardCharsets.UTF_8).length;
    }

    void rename(String name) {
        llvm.run("LLVMSetValueName2", reference, name, byteCount(name));
    }

    /** {@return whether no code or data is made of it; a body that only the optimizer looks at makes none} */
    boolean isDeclaration() {
        return llvm.isTrue("LLVMIsDeclaration", reference) || linkage() == AVAILABLE_EXTERNALLY;
    }

    private int linkage() {
        return llvm.integer("LLVMGetLinkage", reference);
    }

    boolean isUsed() {
        return llvm.pointer("LLVMGetFirstUse", reference).address() != 0;
    }

    boolean isIntrinsic() {
        return kind == Kind.FUNCTION && llvm.integer("LLVMGetIntrinsicID", reference) != 0;
    }

    /** {@return whether other modules do not see it} */
    boolean isLocal() {
        int linkage = linkage();
        return linkage == INTERNAL || linkage == PRIVATE;
    }

    /** {@return whether no other module may define the name} */
    boolean isUnique() {
        return linkage() == EXTERNAL;
    }

    /** Pre: a variable. */
    boolean isThreadLocal() {
        return llvm.isTrue("LLVMIsThreadLocal", reference);
    }

    boolean isWeakDeclaration() {
        return linkage() == EXTERNAL_WEAK;
    }

    /** {@return the type of the value itself; that of the reference is a pointer} */
    MemorySegment type() {
        return llvm.pointer("LLVMGlobalGetValueType", reference);
    }

    /** Replaces all uses by NULL, as a linker does with a weak name that nothing defines. */
    void replaceByNull() {
        MemorySegment type = llvm.pointer("LLVMTypeOf", reference);
        llvm.run("LLVMReplaceAllUsesWith", reference, llvm.pointer("LLVMConstNull", type));
        llvm.run("LLVMDelete" + kind.word, reference);
    }

    /** Pre: a variable with an initial value. Makes that also the value of a new variable that every module sees. */
    void copyInitialValueTo(MemorySegment module, String name) {
        MemorySegment copy = llvm.pointer("LLVMAddGlobal", module, type(), name);
        llvm.run("LLVMSetInitializer", copy, llvm.pointer("LLVMGetInitializer", reference));
        llvm.run("LLVMSetGlobalConstant", copy, 1);
        llvm.run("LLVMSetLinkage", copy, EXTERNAL);
    }

    void delete() {
        llvm.run("LLVMDelete" + kind.word, reference);
    }
}
