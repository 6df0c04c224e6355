package dev.ashlar.examples.filter;

import static dev.ashlar.examples.filter.RegisterPlan.ROW;
import static dev.ashlar.examples.filter.RegisterPlan.ROW_COUNT;
import static dev.ashlar.examples.filter.RegisterPlan.SELECTED_COUNT;
import static dev.ashlar.examples.filter.RegisterPlan.SELECTION;
import static dev.ashlar.examples.filter.RegisterPlan.need;
import static dev.ashlar.examples.filter.RegisterPlan.temporary;
import static dev.ashlar.examples.filter.X86Code.MAP_0F;
import static dev.ashlar.examples.filter.X86Code.NO_PREFIX;
import static dev.ashlar.examples.filter.X86Code.PREFIX_66;
import static dev.ashlar.examples.filter.X86Code.PREFIX_F2;
import static dev.ashlar.examples.filter.X86Code.memory;
import static dev.ashlar.examples.filter.X86Code.register;
import static dev.ashlar.examples.filter.X86Code.vector;

import dev.ashlar.examples.filter.Predicate.And;
import dev.ashlar.examples.filter.Predicate.Comparison;
import dev.ashlar.examples.filter.Predicate.Not;
import dev.ashlar.examples.filter.Predicate.Or;
import dev.ashlar.examples.filter.Predicate.Relation;
import dev.ashlar.examples.filter.Value.Arithmetic;
import dev.ashlar.examples.filter.Value.Column;
import dev.ashlar.examples.filter.Value.Constant;
import dev.ashlar.examples.filter.X86Code.Condition;
import dev.ashlar.examples.filter.X86Code.Label;
import dev.ashlar.examples.filter.X86Code.Register;
import java.util.Optional;

/**
 * Compiles a predicate to a loop that looks at one row at a time. It uses no instruction that some x86-64 lacks.
 *
 * <p>No jump depends on the data: a processor would predict it wrong for every other row. Conditions are computed as 0
 * or 1. The number of the row is written behind the selected ones in any case, and counts if the condition is 1.
 *
 * <p>Constants are part of the instructions, so all of the code is one block. Who chooses a constant thus chooses bytes
 * that can be executed; the vector compiler puts constants where nothing runs.
 */
final class ScalarCompiler {
    private final X86Code code;
    private final RegisterPlan plan;

    private ScalarCompiler(X86Code code, RegisterPlan plan) {
        this.code = code;
        this.plan = plan;
    }

    /** {@return the function; empty if the predicate needs too many registers} */
    static Optional<MachineCode> compile(Predicate predicate) {
        return RegisterPlan.of(predicate).map(plan -> {
            X86Code code = new X86Code();
            plan.enter(code);
            writeLoop(code, plan, predicate);
            plan.leave(code);
            return code.toMachineCode();
        });
    }

    /** Writes the loop, which goes on with the current row. */
    static void writeLoop(X86Code code, RegisterPlan plan, Predicate predicate) {
        ScalarCompiler compiler = new ScalarCompiler(code, plan);
        Label end = new Label();
        code.compare(ROW, ROW_COUNT, true);
        code.jump(Condition.ABOVE_OR_EQUAL, end);
        Label next = new Label();
        code.bind(next);
        compiler.condition(predicate, 0);
        code.storeInt(memory(SELECTION, SELECTED_COUNT, Integer.BYTES, 0), ROW);
        code.add(SELECTED_COUNT, temporary(0), true);
        code.lea(ROW, memory(ROW, 1));
        code.compare(ROW, ROW_COUNT, true);
        code.jump(Condition.BELOW, next);
        code.bind(end);
    }

    /** Computes a condition as 0 or 1 into the temporary at a depth. */
    private void condition(Predicate predicate, int depth) {
        switch (predicate) {
            case And(Predicate left, Predicate right) -> {
                both(left, right, depth);
                code.and(temporary(depth), temporary(depth + 1));
            }
            case Or(Predicate left, Predicate right) -> {
                both(left, right, depth);
                code.or(temporary(depth), temporary(depth + 1));
            }
            case Not(Predicate operand) -> {
                condition(operand, depth);
                code.xor(temporary(depth), 1);
            }
            case Comparison comparison -> compare(comparison, depth);
        }
    }

    /** Computes two conditions into this temporary and the next. Their order does not matter. */
    private void both(Predicate left, Predicate right, int depth) {
        boolean isRightFirst = need(right) > need(left);
        condition(isRightFirst ? right : left, depth);
        condition(isRightFirst ? left : right, depth + 1);
    }

    private void compare(Comparison comparison, int depth) {
        int left = operands(comparison.left(), comparison.right(), depth);
        int right = other(left, depth);
        ColumnType type = comparison.left().type();
        if (type == ColumnType.DOUBLE) {
            compareReals(comparison.relation(), left, right, depth);
        } else {
            code.compare(temporary(left), temporary(right), type == ColumnType.LONG);
            code.set(conditionOf(comparison.relation()), temporary(depth));
        }
    }

    /** A comparison of floating-point numbers makes a mask of ones or zeros. */
    private void compareReals(Relation relation, int left, int right, int depth) {
        boolean isSwapped = relation == Relation.GREATER || relation == Relation.GREATER_OR_EQUAL;
        int first = isSwapped ? right : left;
        int second = isSwapped ? left : right;
        code.general(PREFIX_F2, false, MAP_0F, 0xc2, first, vector(second));
        code.immediate(switch (relation) {
            case EQUAL -> 0;
            case LESS, GREATER -> 1;
            case LESS_OR_EQUAL, GREATER_OR_EQUAL -> 2;
            case NOT_EQUAL -> 4;
        });
        code.general(PREFIX_66, true, MAP_0F, 0x7e, first, register(temporary(depth)));
        code.and(temporary(depth), 1);
    }

    private static Condition conditionOf(Relation relation) {
        return switch (relation) {
            case EQUAL -> Condition.EQUAL;
            case NOT_EQUAL -> Condition.NOT_EQUAL;
            case LESS -> Condition.LESS;
            case LESS_OR_EQUAL -> Condition.LESS_OR_EQUAL;
            case GREATER -> Condition.GREATER;
            case GREATER_OR_EQUAL -> Condition.GREATER_OR_EQUAL;
        };
    }

    /**
     * Computes two numbers into the temporaries at a depth and the next.
     *
     * @return the depth of the left one
     */
    private int operands(Value left, Value right, int depth) {
        boolean isRightFirst = need(right) > need(left);
        number(isRightFirst ? right : left, depth);
        number(isRightFirst ? left : right, depth + 1);
        return isRightFirst ? depth + 1 : depth;
    }

    private static int other(int left, int depth) {
        return left == depth ? depth + 1 : depth;
    }

    /** Computes a number into the temporary at a depth, which for a floating-point number is a vector register. */
    private void number(Value value, int depth) {
        Register temporary = temporary(depth);
        switch (value) {
            case Constant(ColumnType type, long bits) -> {
                code.loadConstant(temporary, bits);
                if (type == ColumnType.DOUBLE) {
                    code.general(PREFIX_66, true, MAP_0F, 0x6e, depth, register(temporary));
                }
            }
            case Column(int index, ColumnType type) -> {
                X86Code.Operand cell = memory(plan.column(index), ROW, type.byteSize(), 0);
                switch (type) {
                    case INT -> code.loadInt(temporary, cell);
                    case LONG -> code.load(temporary, cell);
                    case DOUBLE -> code.general(PREFIX_F2, false, MAP_0F, 0x10, depth, cell);
                }
            }
            case Arithmetic(Value.Operator operator, Value first, Value second) -> {
                int left = operands(first, second, depth);
                int right = other(left, depth);
                if (value.type() == ColumnType.DOUBLE) {
                    calculateReals(operator, left, right, depth);
                } else {
                    calculate(operator, left, right, depth, value.type() == ColumnType.LONG);
                }
            }
        }
    }

    private void calculate(Value.Operator operator, int left, int right, int depth, boolean isWide) {
        switch (operator) {
            case ADD -> code.add(temporary(left), temporary(right), isWide);
            case SUBTRACT -> code.sub(temporary(left), temporary(right), isWide);
            case MULTIPLY -> code.imul(temporary(left), temporary(right), isWide);
        }
        if (left != depth) {
            code.load(temporary(depth), register(temporary(left)));
        }
    }

    private void calculateReals(Value.Operator operator, int left, int right, int depth) {
        int opcode = switch (operator) {
            case ADD -> 0x58;
            case SUBTRACT -> 0x5c;
            case MULTIPLY -> 0x59;
        };
        code.general(PREFIX_F2, false, MAP_0F, opcode, left, vector(right));
        if (left != depth) {
            code.general(NO_PREFIX, false, MAP_0F, 0x28, depth, vector(left));
        }
    }
}
