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

/**
 * A function, variable or alias of a module, as it was when it was looked up.
 *
 * @param llvm the library
 * @param kind what it is
 * @param reference an LLVMValueRef
 * @param name its name
 * @param linkage an LLVMLinkage
 * @param isDeclaration whether no code or data is made of it; a body that only the optimizer looks at makes none
 */
record GlobalValue(CFunctions llvm, Kind kind, MemorySegment reference, String name, int linkage,
        boolean isDeclaration) {
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
        ALIAS("GlobalAlias"),
        /** A function that another function chooses when the program is linked. */
        INDIRECT("GlobalIFunc");

        private final String word;

        Kind(String word) {
            this.word = word;
        }
    }

    private static GlobalValue of(CFunctions llvm, Kind kind, MemorySegment reference) {
        int linkage = llvm.integer("LLVMGetLinkage", reference);
        return new GlobalValue(llvm, kind, reference, nameOf(llvm, reference), linkage,
                linkage == AVAILABLE_EXTERNALLY || llvm.isTrue("LLVMIsDeclaration", reference));
    }

    static List<GlobalValue> all(CFunctions llvm, MemorySegment module, Kind kind) {
        List<GlobalValue> all = new ArrayList<>();
        MemorySegment next = llvm.pointer("LLVMGetFirst" + kind.word, module);
        while (next.address() != 0) {
            all.add(of(llvm, kind, next));
            next = llvm.pointer("LLVMGetNext" + kind.word, next);
        }
        return all;
    }

    static Optional<GlobalValue> named(CFunctions llvm, MemorySegment module, String name) {
        MemorySegment function = llvm.pointer("LLVMGetNamedFunction", module, name);
        if (function.address() != 0) {
            return Optional.of(of(llvm, Kind.FUNCTION, function));
        }
        MemorySegment variable = llvm.pointer("LLVMGetNamedGlobal", module, name);
        if (variable.address() != 0) {
            return Optional.of(of(llvm, Kind.VARIABLE, variable));
        }
        MemorySegment alias = llvm.pointer("LLVMGetNamedGlobalAlias", module, name, byteCount(name));
        return alias.address() == 0 ? Optional.empty() : Optional.of(of(llvm, Kind.ALIAS, alias));
    }

    private static String nameOf(CFunctions llvm, MemorySegment reference) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment length = arena.allocate(JAVA_LONG);
            MemorySegment text = llvm.pointer("LLVMGetValueName2", reference, length);
            return CText.at(CText.sized(text, length.get(JAVA_LONG, 0) + 1));
        }
    }

    private static long byteCount(String name) {
        return name.getBytes(StandardCharsets.UTF_8).length;
    }

    void rename(String other) {
        llvm.run("LLVMSetValueName2", reference, other, byteCount(other));
    }

    boolean isUsed() {
        return llvm.pointer("LLVMGetFirstUse", reference).address() != 0;
    }

    boolean isIntrinsic() {
        return kind == Kind.FUNCTION && name.startsWith("llvm.");
    }

    /** {@return whether other modules do not see it} */
    boolean isLocal() {
        return linkage == INTERNAL || linkage == PRIVATE;
    }

    /** {@return whether no other module may define the name} */
    boolean isUnique() {
        return linkage == EXTERNAL;
    }

    boolean isThreadLocal() {
        return kind == Kind.VARIABLE && llvm.isTrue("LLVMIsThreadLocal", reference);
    }

    boolean isWeakDeclaration() {
        return linkage == EXTERNAL_WEAK;
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
    void copyInitialValueTo(MemorySegment module, String other) {
        MemorySegment copy = llvm.pointer("LLVMAddGlobal", module, type(), other);
        llvm.run("LLVMSetInitializer", copy, llvm.pointer("LLVMGetInitializer", reference));
        llvm.run("LLVMSetGlobalConstant", copy, 1);
        llvm.run("LLVMSetLinkage", copy, EXTERNAL);
    }

    void delete() {
        llvm.run("LLVMDelete" + kind.word, reference);
    }
}
