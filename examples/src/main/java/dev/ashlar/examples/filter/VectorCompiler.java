package dev.ashlar.examples.filter;

import static dev.ashlar.examples.filter.RegisterPlan.LANE_TABLE;
import static dev.ashlar.examples.filter.RegisterPlan.ROW;
import static dev.ashlar.examples.filter.RegisterPlan.ROW_COUNT;
import static dev.ashlar.examples.filter.RegisterPlan.SELECTED_COUNT;
import static dev.ashlar.examples.filter.RegisterPlan.SELECTION;
import static dev.ashlar.examples.filter.RegisterPlan.need;
import static dev.ashlar.examples.filter.RegisterPlan.temporary;
import static dev.ashlar.examples.filter.X86Code.MAP_0F;
import static dev.ashlar.examples.filter.X86Code.MAP_0F38;
import static dev.ashlar.examples.filter.X86Code.NO_PREFIX;
import static dev.ashlar.examples.filter.X86Code.PREFIX_66;
import static dev.ashlar.examples.filter.X86Code.PREFIX_F3;
import static dev.ashlar.examples.filter.X86Code.memory;
import static dev.ashlar.examples.filter.X86Code.vector;

import dev.ashlar.examples.filter.MachineCode.Target;
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
import dev.ashlar.examples.filter.X86Code.Operand;
import java.util.Optional;

/**
 * Compiles a predicate to a loop that looks at eight rows at a time, for processors with AVX2. The rows that are left
 * over go through the loop of the {@link ScalarCompiler}.
 *
 * <p>Eight {@code int}s fill a vector register; eight {@code long}s or {@code double}s fill two. So a number at a depth
 * has two registers. A comparison sets all bits of the lanes in which it holds; the sign bits of the lanes then make a
 * mask of eight bits in a general register, in which conditions are combined.
 *
 * <p>The mask selects a line of the lane table: the numbers of its set bits. Added to the number of the first row, they
 * are the selected rows. All eight are written, and as many count as the mask has bits. That stays inside the
 * selection, because at most as many rows were selected as were looked at.
 */
final class VectorCompiler {
    /** Rows that are looked at together. */
    static final int LANE_COUNT = 8;

    private static final int ALL_LANES = (1 << LANE_COUNT) - 1;
    /** Rows in half of the lanes, which is a vector of 8-byte numbers. */
    private static final int HALF = LANE_COUNT / 2;

    /** The number of the first row in each lane, what is added to it after each step, and the selected rows. */
    private static final int FIRST_ROW = 15;
    private static final int STEP = 14;
    private static final int SELECTED = 13;

    private final X86Code code = new X86Code();
    private final RegisterPlan plan;

    private VectorCompiler(RegisterPlan plan) {
        this.plan = plan;
    }

    /** {@return the function; empty if the predicate needs too many registers, or an instruction that AVX2 lacks} */
    static Optional<MachineCode> compile(Predicate predicate) {
        return RegisterPlan.of(predicate)
                .filter(_ -> isSupported(predicate))
                .map(plan -> new VectorCompiler(plan).write(predicate));
    }

    private MachineCode write(Predicate predicate) {
        plan.enter(code);
        code.lea(LANE_TABLE, new Operand.AtTarget(new Target.LaneTable()));
        code.vex(PREFIX_66, MAP_0F, 0xef, FIRST_ROW, FIRST_ROW, vector(FIRST_ROW)); // vpxor
        broadcast(ColumnType.INT, LANE_COUNT, STEP);

        Label end = new Label();
        jumpIfFewerThanEightAreLeft(Condition.ABOVE, end);
        Label next = new Label();
        code.bind(next);
        condition(predicate, 0);
        select();
        jumpIfFewerThanEightAreLeft(Condition.BELOW_OR_EQUAL, next);
        code.bind(end);

        code.vzeroupper();
        ScalarCompiler.writeLoop(code, plan, predicate);
        plan.leave(code);
        return code.toMachineCode();
    }

    /** Compares the end of the next step with the number of rows, and jumps on a condition. */
    private void jumpIfFewerThanEightAreLeft(Condition condition, Label label) {
        code.lea(temporary(0), memory(ROW, LANE_COUNT));
        code.compare(temporary(0), ROW_COUNT, true);
        code.jump(condition, label);
    }

    /** Writes the rows of the mask in the first temporary. */
    private void select() {
        Operand line = memory(LANE_TABLE, temporary(0), LANE_COUNT, 0);
        code.vex(PREFIX_66, MAP_0F38, 0x31, SELECTED, 0, line); // vpmovzxbd
        code.vex(PREFIX_66, MAP_0F, 0xfe, SELECTED, FIRST_ROW, vector(SELECTED)); // vpaddd
        Operand free = memory(SELECTION, SELECTED_COUNT, Integer.BYTES, 0);
        code.vex(PREFIX_F3, MAP_0F, 0x7f, SELECTED, 0, free); // vmovdqu
        code.countBits(temporary(0), temporary(0));
        code.add(SELECTED_COUNT, temporary(0), true);
        code.vex(PREFIX_66, MAP_0F, 0xfe, FIRST_ROW, FIRST_ROW, vector(STEP)); // vpaddd
        code.lea(ROW, memory(ROW, LANE_COUNT));
    }

    /** Computes a condition as a mask into the temporary at a depth. */
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
                code.xor(temporary(depth), ALL_LANES);
            }
            case Comparison comparison -> compare(comparison, depth);
        }
    }

    private void both(Predicate left, Predicate right, int depth) {
        boolean isRightFirst = need(right) > need(left);
        condition(isRightFirst ? right : left, depth);
        condition(isRightFirst ? left : right, depth + 1);
    }

    private void compare(Comparison comparison, int depth) {
        ColumnType type = comparison.left().type();
        int left = operands(comparison.left(), comparison.right(), depth);
        int right = left == depth ? depth + 1 : depth;
        for (int half = 0; half < halves(type); half++) {
            int to = vectorAt(depth, half);
            compare(comparison.relation(), type, to, vectorAt(left, half), vectorAt(right, half));
        }
        if (type == ColumnType.INT) {
            code.vex(NO_PREFIX, MAP_0F, 0x50, temporary(depth).number, 0, vector(vectorAt(depth, 0))); // vmovmskps
        } else {
            moveMask(depth, 0);
            moveMask(depth, 1);
            code.shiftLeft(temporary(depth + 1), HALF);
            code.or(temporary(depth), temporary(depth + 1));
        }
        if (type != ColumnType.DOUBLE && isNegated(comparison.relation())) {
            code.xor(temporary(depth), ALL_LANES);
        }
    }

    /** Moves the mask of a half to the temporary of that number from a depth. */
    private void moveMask(int depth, int half) {
        int to = temporary(depth + half).number;
        code.vex(PREFIX_66, MAP_0F, 0x50, to, 0, vector(vectorAt(depth, half))); // vmovmskpd
    }

    /** There are instructions for equal and greater only; {@link #isNegated} makes the other relations from these. */
    private void compare(Relation relation, ColumnType type, int to, int left, int right) {
        if (type == ColumnType.DOUBLE) {
            code.vex(PREFIX_66, MAP_0F, 0xc2, to, left, vector(right)); // vcmppd
            code.immediate(switch (relation) {
                case EQUAL -> 0;
                case NOT_EQUAL -> 4;
                case LESS -> 17;
                case LESS_OR_EQUAL -> 18;
                case GREATER_OR_EQUAL -> 29;
                case GREATER -> 30;
            });
            return;
        }
        boolean isInt = type == ColumnType.INT;
        switch (relation) {
            case EQUAL, NOT_EQUAL -> code.vex(
                    PREFIX_66, isInt ? MAP_0F : MAP_0F38, isInt ? 0x76 : 0x29, to, left, vector(right)); // vpcmpeq
            case GREATER, LESS_OR_EQUAL -> greater(isInt, to, left, right);
            case LESS, GREATER_OR_EQUAL -> greater(isInt, to, right, left);
        }
    }

    private void greater(boolean isInt, int to, int left, int right) {
        code.vex(PREFIX_66, isInt ? MAP_0F : MAP_0F38, isInt ? 0x66 : 0x37, to, left, vector(right)); // vpcmpgt
    }

    private static boolean isNegated(Relation relation) {
        return relation == Relation.NOT_EQUAL || relation == Relation.LESS_OR_EQUAL
                || relation == Relation.GREATER_OR_EQUAL;
    }

    /**
     * Computes two numbers into the registers at a depth and the next.
     *
     * @return the depth of the left one
     */
    private int operands(Value left, Value right, int depth) {
        boolean isRightFirst = need(right) > need(left);
        number(isRightFirst ? right : left, depth);
        number(isRightFirst ? left : right, depth + 1);
        return isRightFirst ? depth + 1 : depth;
    }

    private void number(Value value, int depth) {
        for (int half = 0; half < halves(value.type()); half++) {
            int to = vectorAt(depth, half);
            switch (value) {
                case Constant(ColumnType type, long bits) -> broadcast(type, bits, to);
                case Column(int index, ColumnType type) -> {
                    Operand cells = memory(plan.column(index), ROW, type.byteSize(), half * HALF * type.byteSize());
                    code.vex(PREFIX_F3, MAP_0F, 0x6f, to, 0, cells); // vmovdqu
                }
                case Arithmetic _ -> {
                    // Both halves together, below.
                }
            }
        }
        if (value instanceof Arithmetic(Value.Operator operator, Value first, Value second)) {
            int left = operands(first, second, depth);
            int right = left == depth ? depth + 1 : depth;
            for (int half = 0; half < halves(value.type()); half++) {
                calculate(operator, value.type(), vectorAt(depth, half), vectorAt(left, half), vectorAt(right, half));
            }
        }
    }

    private void calculate(Value.Operator operator, ColumnType type, int to, int left, int right) {
        int opcode = switch (type) {
            case INT -> switch (operator) {
                case ADD -> 0xfe; // vpaddd
                case SUBTRACT -> 0xfa; // vpsubd
                case MULTIPLY -> 0x40; // vpmulld
            };
            case LONG -> switch (operator) {
                case ADD -> 0xd4; // vpaddq
                case SUBTRACT -> 0xfb; // vpsubq
                case MULTIPLY -> throw new IllegalStateException("not supported: see isSupported()");
            };
            case DOUBLE -> switch (operator) {
                case ADD -> 0x58; // vaddpd
                case SUBTRACT -> 0x5c; // vsubpd
                case MULTIPLY -> 0x59; // vmulpd
            };
        };
        int map = type == ColumnType.INT && operator == Value.Operator.MULTIPLY ? MAP_0F38 : MAP_0F;
        code.vex(PREFIX_66, map, opcode, to, left, vector(right));
    }

    /** Fills a vector with a constant, which lies among the read-only data of the code. */
    private void broadcast(ColumnType type, long bits, int to) {
        code.vex(PREFIX_66, MAP_0F38, type == ColumnType.INT ? 0x58 : 0x59, to, 0, code.constant(bits));
    }

    private static int halves(ColumnType type) {
        return LANE_COUNT * type.byteSize() / 32;
    }

    private static int vectorAt(int depth, int half) {
        return 2 * depth + half;
    }

    /** AVX2 cannot multiply vectors of longs. */
    private static boolean isSupported(Predicate predicate) {
        return switch (predicate) {
            case And(Predicate left, Predicate right) -> isSupported(left) && isSupported(right);
            case Or(Predicate left, Predicate right) -> isSupported(left) && isSupported(right);
            case Not(Predicate operand) -> isSupported(operand);
            case Comparison(Relation _, Value left, Value right) -> isSupported(left) && isSupported(right);
        };
    }

    private static boolean isSupported(Value value) {
        return switch (value) {
            case Constant _,Column _ -> true;
            case Arithmetic(Value.Operator operator, Value left, Value right) ->
                    (operator != Value.Operator.MULTIPLY || value.type() != ColumnType.LONG)
                            && isSupported(left) && isSupported(right);
        };
    }
}
