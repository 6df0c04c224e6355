package dev.ashlar.llvm;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.ashlar.llvm.capi.CText;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Static constructors or destructors of modules. LLVM lists them in a variable of its own, which its engines read in
 * different ways, some without the priorities. So the list becomes an ordinary variable, and is read when it has been
 * compiled.
 */
final class Structors {
    /** A priority, four bytes of padding, the function, and what it belongs to. */
    private static final long ENTRY_BYTE_SIZE = 24;
    private static final long FUNCTION_OFFSET = 8;

    private final String listName;
    private final List<Table> tables = new ArrayList<>();

    private record Table(String name, int length) {}

    private record Entry(int priority, long address) {}

    /** Makes an empty list; {@code listName} is LLVM's variable. */
    Structors(String listName) {
        this.listName = listName;
    }

    /** Takes the list out of a module. */
    void takeFrom(LlvmModule module) {
        module.global(listName).ifPresent(list -> {
            Table table = new Table(
                    "ashlar." + listName + "." + tables.size(),
                    module.functions().integer("LLVMGetArrayLength", list.type()));
            if (table.length > 0) {
                list.copyInitialValueTo(module.reference(), table.name);
                tables.add(table);
            }
            list.delete();
            module.noteChange();
        });
    }

    /** {@return the functions by priority, then in the order of the modules} Pre: all modules are compiled. */
    List<Long> addresses(Jit jit) {
        List<Entry> entries = new ArrayList<>();
        for (Table table : tables) {
            MemorySegment list = CText.sized(
                    MemorySegment.ofAddress(jit.address(table.name)), table.length * ENTRY_BYTE_SIZE);
            for (long offset = 0; offset < list.byteSize(); offset += ENTRY_BYTE_SIZE) {
                entries.add(new Entry(list.get(JAVA_INT, offset), list.get(JAVA_LONG, offset + FUNCTION_OFFSET)));
            }
        }
        return entries.stream()
                .sorted(Comparator.comparingInt(Entry::priority))
                .map(Entry::address)
                .filter(address -> address != 0)
                .toList();
    }
}
