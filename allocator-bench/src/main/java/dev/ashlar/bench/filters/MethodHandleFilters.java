package dev.ashlar.bench.filters;

import static java.lang.invoke.MethodType.methodType;

import dev.ashlar.examples.filter.ColumnType;
import dev.ashlar.examples.filter.Predicate;
import dev.ashlar.examples.filter.Predicate.And;
import dev.ashlar.examples.filter.Predicate.Comparison;
import dev.ashlar.examples.filter.Predicate.Not;
import dev.ashlar.examples.filter.Predicate.Or;
import dev.ashlar.examples.filter.Predicate.Relation;
import dev.ashlar.examples.filter.Value;
import dev.ashlar.examples.filter.Value.Arithmetic;
import dev.ashlar.examples.filter.Value.Column;
import dev.ashlar.examples.filter.Value.Constant;
import dev.ashlar.examples.filter.Value.Operator;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.invoke.MutableCallSite;
import java.lang.invoke.VarHandle.AccessMode;

/** Composes each filter of method handles, and calls it for each row. */
final class MethodHandleFilters {
    private static final MethodType ROW = methodType(boolean.class, MemorySegment[].class, long.class);
    private static final MethodHandle NEVER = constant(boolean.class, false);
    private static final MethodHandle ALWAYS = constant(boolean.class, true);
    private static final MutableCallSite HOT = new MutableCallSite(ROW);
    private static final MethodHandle HOT_FILTER = HOT.dynamicInvoker();

    private MethodHandleFilters() {}

    /** {@return a filter of many} */
    static RowFilter of(Predicate predicate) {
        MethodHandle accepts = condition(predicate);
        return (columns, rowCount, selection) -> {
            int count = 0;
            for (int row = 0; row < rowCount; row++) {
                if ((boolean) accepts.invokeExact(columns, (long) row)) {
                    selection.setAtIndex(ValueLayout.JAVA_INT, count++, row);
                }
            }
            return count;
        };
    }

    /** {@return the only filter of a process: its handle is a constant, so that all of it is compiled into one loop} */
    static RowFilter hot(Predicate predicate) {
        HOT.setTarget(condition(predicate));
        return (columns, rowCount, selection) -> {
            int count = 0;
            for (int row = 0; row < rowCount; row++) {
                if ((boolean) HOT_FILTER.invokeExact(columns, (long) row)) {
                    selection.setAtIndex(ValueLayout.JAVA_INT, count++, row);
                }
            }
            return count;
        };
    }

    private static MethodHandle condition(Predicate predicate) {
        return switch (predicate) {
            case And(Predicate left, Predicate right) ->
                    MethodHandles.guardWithTest(condition(left), condition(right), NEVER);
            case Or(Predicate left, Predicate right) ->
                    MethodHandles.guardWithTest(condition(left), ALWAYS, condition(right));
            case Not(Predicate operand) -> MethodHandles.guardWithTest(condition(operand), NEVER, ALWAYS);
            case Comparison(Relation relation, Value left, Value right) -> {
                Class<?> type = classOf(left.type());
                String name = switch (relation) {
                    case EQUAL -> "equal";
                    case NOT_EQUAL -> "notEqual";
                    case LESS, GREATER -> "less";
                    case LESS_OR_EQUAL, GREATER_OR_EQUAL -> "lessOrEqual";
                };
                boolean isSwapped = relation == Relation.GREATER || relation == Relation.GREATER_OR_EQUAL;
                MethodHandle compare = Operations.find(name, methodType(boolean.class, type, type));
                yield binary(compare, number(isSwapped ? right : left), number(isSwapped ? left : right));
            }
        };
    }

    private static MethodHandle number(Value value) {
        return switch (value) {
            case Constant(ColumnType type, long bits) -> constant(classOf(type), switch (type) {
                case INT -> (Object) (int) bits;
                case LONG -> bits;
                case DOUBLE -> Double.longBitsToDouble(bits);
            });
            case Column(int index, ColumnType type) -> {
                ValueLayout layout = switch (type) {
                    case INT -> ValueLayout.JAVA_INT;
                    case LONG -> ValueLayout.JAVA_LONG;
                    case DOUBLE -> ValueLayout.JAVA_DOUBLE;
                };
                MethodHandle get = MethodHandles.insertArguments(
                        layout.arrayElementVarHandle().toMethodHandle(AccessMode.GET), 1, 0L);
                MethodHandle column = MethodHandles.insertArguments(
                        MethodHandles.arrayElementGetter(MemorySegment[].class), 1, index);
                yield MethodHandles.filterArguments(get, 0, column);
            }
            case Arithmetic(Operator operator, Value left, Value right) -> {
                Class<?> type = classOf(value.type());
                String name = switch (operator) {
                    case ADD -> "sum";
                    case SUBTRACT -> "difference";
                    case MULTIPLY -> "product";
                };
                yield binary(Operations.find(name, methodType(type, type, type)), number(left), number(right));
            }
        };
    }

    /** {@return a handle that gives a row to two others, and their results to an operation} */
    private static MethodHandle binary(MethodHandle operation, MethodHandle left, MethodHandle right) {
        MethodHandle both = MethodHandles.collectArguments(operation, 1, right);
        both = MethodHandles.collectArguments(both, 0, left);
        return MethodHandles.permuteArguments(both, ROW.changeReturnType(operation.type().returnType()), 0, 1, 0, 1);
    }

    private static MethodHandle constant(Class<?> type, Object value) {
        return MethodHandles.dropArguments(MethodHandles.constant(type, value), 0, ROW.parameterList());
    }

    private static Class<?> classOf(ColumnType type) {
        return switch (type) {
            case INT -> int.class;
            case LONG -> long.class;
            case DOUBLE -> double.class;
        };
    }
}
