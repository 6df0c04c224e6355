package dev.ashlar.examples.filter;

import static java.util.Objects.requireNonNull;

import dev.ashlar.examples.filter.Predicate.And;
import dev.ashlar.examples.filter.Predicate.Comparison;
import dev.ashlar.examples.filter.Predicate.Not;
import dev.ashlar.examples.filter.Predicate.Or;
import dev.ashlar.examples.filter.Value.Arithmetic;
import dev.ashlar.examples.filter.Value.Column;
import dev.ashlar.examples.filter.Value.Constant;
import dev.ashlar.examples.filter.X86Code.Register;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedSet;
import java.util.TreeMap;

/**
 * Which register holds what in the loop of a filter, whose C signature is {@code int (void **columns, int rowCount, int
 * *selection)}.
 *
 * <p>Temporaries are numbered by depth. The operand that needs more of them is computed first, so that a balanced
 * expression of 8 leaves needs 4, and a chain of any length needs 2 (Sethi and Ullman, 1970). Nothing is spilled: if
 * the registers do not suffice, there is no plan, and the predicate stays interpreted.
 */
final class RegisterPlan {
    static final Register SELECTED_COUNT = Register.RAX;
    static final Register ROW = Register.RCX;
    static final Register SELECTION = Register.RDX;
    static final Register ROW_COUNT = Register.RSI;
    static final Register LANE_TABLE = Register.R15;

    /** Where the addresses of the columns arrive; a temporary afterwards. */
    private static final Register COLUMNS = Register.RDI;

    private static final List<Register> COLUMN_REGISTERS =
            List.of(Register.R8, Register.R9, Register.R10, Register.R11, Register.R12);
    private static final List<Register> TEMPORARIES =
            List.of(Register.RDI, Register.RBX, Register.R13, Register.R14);
    /** The callee keeps these. */
    private static final List<Register> SAVED =
            List.of(Register.RBX, Register.R12, Register.R13, Register.R14, Register.R15);

    private final Map<Integer, Register> columns;

    private RegisterPlan(Map<Integer, Register> columns) {
        this.columns = columns;
    }

    /** {@return a plan; empty if the registers do not suffice} */
    static Optional<RegisterPlan> of(Predicate predicate) {
        SequencedSet<Column> used = Columns.of(predicate);
        if (used.size() > COLUMN_REGISTERS.size() || need(predicate) > TEMPORARIES.size()) {
            return Optional.empty();
        }
        Map<Integer, Register> columns = new TreeMap<>();
        used.forEach(column -> columns.put(column.index(), COLUMN_REGISTERS.get(columns.size())));
        return Optional.of(new RegisterPlan(columns));
    }

    /** {@return the register of the temporary at a depth} */
    static Register temporary(int depth) {
        return TEMPORARIES.get(depth);
    }

    /** {@return the register with the address of a column} */
    Register column(int index) {
        return requireNonNull(columns.get(index));
    }

    /** Writes the start of the function. Its frame is a standard one: profilers and debuggers can walk it. */
    void enter(X86Code code) {
        code.push(Register.RBP);
        code.load(Register.RBP, X86Code.register(Register.RSP));
        SAVED.forEach(code::push);
        // An int may arrive with anything in the upper half of its register.
        code.loadInt(ROW_COUNT, X86Code.register(ROW_COUNT));
        columns.forEach((index, register) -> code.load(register, X86Code.memory(COLUMNS, index * Long.BYTES)));
        code.zero(SELECTED_COUNT);
        code.zero(ROW);
    }

    /** Writes the end of the function; the result is in {@link #SELECTED_COUNT}. */
    void leave(X86Code code) {
        SAVED.reversed().forEach(code::pop);
        code.pop(Register.RBP);
        code.ret();
    }

    /** {@return how many temporaries a condition needs} */
    static int need(Predicate predicate) {
        return switch (predicate) {
            case And(Predicate left, Predicate right) -> both(need(left), need(right));
            case Or(Predicate left, Predicate right) -> both(need(left), need(right));
            case Not(Predicate operand) -> need(operand);
            case Comparison(Predicate.Relation _, Value left, Value right) -> both(need(left), need(right));
        };
    }

    /** {@return how many temporaries a number needs} */
    static int need(Value value) {
        return switch (value) {
            case Constant _,Column _ -> 1;
            case Arithmetic(Value.Operator _, Value left, Value right) -> both(need(left), need(right));
        };
    }

    private static int both(int left, int right) {
        return left == right ? left + 1 : Math.max(left, right);
    }
}
