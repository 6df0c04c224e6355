package dev.ashlar.llvm;

import dev.ashlar.llvm.report.LlvmException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * Looks for every name that modules use, before LLVM does: MCJIT takes zero for all external names if it lacks one.
 *
 * @param kind the engine
 * @param library where the process has its symbols
 * @param defined what modules of the engine define
 * @param given what the caller defined
 */
record Resolution(EngineKind kind, LoadedLibrary library, Set<String> defined, Set<String> given) {
    private static final int NAMES_MAX = 10;
    /** Names that linkers give to objects. */
    private static final Set<String> PROVIDED = Set.of("_GLOBAL_OFFSET_TABLE_", "__dso_handle", "__tls_get_addr");

    /**
     * Requires that each name has an address. Weak ones that have none become NULL.
     *
     * @throws LlvmException if a name has none; modules and objects are unchanged
     */
    void require(List<LlvmModule> modules, List<ObjectFile> objects) {
        Map<LlvmModule, List<GlobalValue>> weak = new HashMap<>();
        Set<String> missing = new TreeSet<>();
        for (LlvmModule module : modules) {
            String assembly = module.assembly();
            for (GlobalValue value : module.globals()) {
                if (value.isDeclaration() && !value.isIntrinsic() && !isKnown(value.name()) && value.isUsed()) {
                    if (assembly.contains(value.name())) {
                        requireAssemblyAllowed(module, value.name());
                    } else if (value.isWeakDeclaration()) {
                        weak.computeIfAbsent(module, _ -> new ArrayList<>()).add(value);
                    } else {
                        missing.add(value.name());
                    }
                }
            }
        }
        objects.stream().flatMap(object -> object.needed().stream())
                .filter(name -> !isKnown(name) && !PROVIDED.contains(name)).forEach(missing::add);
        if (!missing.isEmpty()) {
            throw unresolved(missing);
        }
        weak.forEach((module, values) -> {
            values.forEach(GlobalValue::replaceByNull);
            module.noteChange();
        });
    }

    /** LLVM alone knows what the assembly defines. RuntimeDyld under ORC crashes on such code. */
    private void requireAssemblyAllowed(LlvmModule module, String name) {
        if (kind == EngineKind.ORC) {
            throw new LlvmException("engine " + kind + " does not link what module " + module.name()
                    + " defines in assembly: " + name + ". Use engine mcjit or jitlink");
        }
    }

    private boolean isKnown(String name) {
        return defined.contains(name) || given.contains(name) || library.symbol(name).isPresent();
    }

    private static LlvmException unresolved(Set<String> names) {
        String some = String.join(", ", names.stream().limit(NAMES_MAX).toList());
        return new LlvmException((names.size() == 1 ? "a symbol is" : names.size() + " symbols are")
                + " defined neither by a module nor by a library of the process: " + some
                + (names.size() > NAMES_MAX ? ", ..." : "")
                + ". Add the module that defines " + (names.size() == 1 ? "it" : "them")
                + ", or start the process with LD_PRELOAD=library");
    }
}
