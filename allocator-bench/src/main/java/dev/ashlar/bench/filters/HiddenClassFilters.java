package dev.ashlar.bench.filters;

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
import java.lang.classfile.ClassFile;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.Label;
import java.lang.classfile.Opcode;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDescs;
import java.lang.constant.MethodTypeDesc;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandles;
import java.util.List;

/** Compiles each filter to a hidden class of its own, whose method has the loop over the rows. */
final class HiddenClassFilters {
    private static final ClassDesc SEGMENT = MemorySegment.class.describeConstable().orElseThrow();
    private static final ClassDesc LAYOUTS = ValueLayout.class.describeConstable().orElseThrow();
    private static final ClassDesc OF_INT = ValueLayout.OfInt.class.describeConstable().orElseThrow();
    private static final ClassDesc OF_LONG = ValueLayout.OfLong.class.describeConstable().orElseThrow();
    private static final ClassDesc OF_DOUBLE = ValueLayout.OfDouble.class.describeConstable().orElseThrow();
    private static final ClassDesc NAME = ClassDesc.of("dev.ashlar.bench.filters.HiddenFilter");
    private static final MethodTypeDesc NO_ARGUMENTS = MethodTypeDesc.of(ConstantDescs.CD_void);
    private static final MethodTypeDesc SELECT = MethodTypeDesc.of(
            ConstantDescs.CD_int, SEGMENT.arrayType(), ConstantDescs.CD_int, SEGMENT);

    private static final int COLUMNS = 1;
    private static final int ROW_COUNT = 2;
    private static final int SELECTION = 3;
    private static final int COUNT = 4;
    private static final int ROW = 5;
    private static final int ACCEPTED = 6;
    private static final int FIRST_COLUMN = 7;

    private final CodeBuilder code;
    private final boolean jumps;

    private HiddenClassFilters(CodeBuilder code, boolean jumps) {
        this.code = code;
        this.jumps = jumps;
    }

    /** {@return a filter that jumps over what need not be computed, as {@code &&} and {@code ||} do} */
    static RowFilter withJumps(Predicate predicate, List<ColumnType> types) {
        return define(predicate, types, true);
    }

    /** {@return a filter that computes all conditions, writes each row, and counts those that are accepted} */
    static RowFilter withoutJumps(Predicate predicate, List<ColumnType> types) {
        return define(predicate, types, false);
    }

    private static RowFilter define(Predicate predicate, List<ColumnType> types, boolean jumps) {
        byte[] bytes = ClassFile.of().build(NAME, type -> type
                .withInterfaceSymbols(RowFilter.class.describeConstable().orElseThrow())
                .withMethodBody(ConstantDescs.INIT_NAME, NO_ARGUMENTS, ClassFile.ACC_PUBLIC, code -> code.aload(0)
                        .invokespecial(ConstantDescs.CD_Object, ConstantDescs.INIT_NAME, NO_ARGUMENTS)
                        .return_())
                .withMethodBody("select", SELECT, ClassFile.ACC_PUBLIC,
                        code -> new HiddenClassFilters(code, jumps).write(predicate, types)));
        try {
            return (RowFilter) MethodHandles.lookup().defineHiddenClass(bytes, true).lookupClass()
                    .getDeclaredConstructor().newInstance();
        } catch (ReflectiveOperationException e) {
            throw new LinkageError("a generated filter", e);
        }
    }

    private void write(Predicate predicate, List<ColumnType> types) {
        for (int index = 0; index < types.size(); index++) {
            code.aload(COLUMNS).loadConstant(index).aaload().astore(FIRST_COLUMN + index);
        }
        code.iconst_0().istore(COUNT).iconst_0().istore(ROW);
        Label head = code.newBoundLabel();
        Label end = code.newLabel();
        Label next = code.newLabel();
        code.iload(ROW).iload(ROW_COUNT).if_icmpge(end);
        if (jumps) {
            jumpUnless(predicate, next);
            store();
            code.iinc(COUNT, 1);
        } else {
            condition(predicate);
            code.istore(ACCEPTED);
            store();
            code.iload(COUNT).iload(ACCEPTED).iadd().istore(COUNT);
        }
        code.labelBinding(next).iinc(ROW, 1).goto_(head).labelBinding(end).iload(COUNT).ireturn();
    }

    private void store() {
        code.aload(SELECTION).getstatic(LAYOUTS, "JAVA_INT", OF_INT).iload(COUNT).i2l().iload(ROW)
                .invokeinterface(SEGMENT, "setAtIndex", MethodTypeDesc.of(
                        ConstantDescs.CD_void, OF_INT, ConstantDescs.CD_long, ConstantDescs.CD_int));
    }

    private void jumpUnless(Predicate predicate, Label target) {
        switch (predicate) {
            case And(Predicate left, Predicate right) -> {
                jumpUnless(left, target);
                jumpUnless(right, target);
            }
            case Or(Predicate left, Predicate right) -> {
                Label holds = code.newLabel();
                jumpIf(left, holds);
                jumpUnless(right, target);
                code.labelBinding(holds);
            }
            case Not(Predicate operand) -> jumpIf(operand, target);
            case Comparison comparison -> jump(comparison, false, target);
        }
    }

    private void jumpIf(Predicate predicate, Label target) {
        switch (predicate) {
            case And(Predicate left, Predicate right) -> {
                Label fails = code.newLabel();
                jumpUnless(left, fails);
                jumpIf(right, target);
                code.labelBinding(fails);
            }
            case Or(Predicate left, Predicate right) -> {
                jumpIf(left, target);
                jumpIf(right, target);
            }
            case Not(Predicate operand) -> jumpUnless(operand, target);
            case Comparison comparison -> jump(comparison, true, target);
        }
    }

    /** Computes 0 or 1. */
    private void condition(Predicate predicate) {
        switch (predicate) {
            case And(Predicate left, Predicate right) -> {
                condition(left);
                condition(right);
                code.iand();
            }
            case Or(Predicate left, Predicate right) -> {
                condition(left);
                condition(right);
                code.ior();
            }
            case Not(Predicate operand) -> {
                condition(operand);
                code.iconst_1().ixor();
            }
            case Comparison comparison -> {
                // The compiler of the JVM makes a conditional move of it if the profile is even.
                Label holds = code.newLabel();
                Label end = code.newLabel();
                jump(comparison, true, holds);
                code.iconst_0().goto_(end).labelBinding(holds).iconst_1().labelBinding(end);
            }
        }
    }

    private void jump(Comparison comparison, boolean ifHolds, Label target) {
        number(comparison.left());
        number(comparison.right());
        Relation relation = comparison.relation();
        ColumnType type = comparison.left().type();
        switch (type) {
            case INT -> {
                // One instruction compares and jumps.
            }
            case LONG -> code.lcmp();
            case DOUBLE -> {
                // For NaN, so that the relation does not hold.
                if (relation == Relation.LESS || relation == Relation.LESS_OR_EQUAL) {
                    code.dcmpg();
                } else {
                    code.dcmpl();
                }
            }
        }
        code.branch(type == ColumnType.INT ? ofInts(relation, ifHolds) : ofSigns(relation, ifHolds), target);
    }

    private static Opcode ofInts(Relation relation, boolean ifHolds) {
        return switch (relation) {
            case EQUAL -> ifHolds ? Opcode.IF_ICMPEQ : Opcode.IF_ICMPNE;
            case NOT_EQUAL -> ifHolds ? Opcode.IF_ICMPNE : Opcode.IF_ICMPEQ;
            case LESS -> ifHolds ? Opcode.IF_ICMPLT : Opcode.IF_ICMPGE;
            case LESS_OR_EQUAL -> ifHolds ? Opcode.IF_ICMPLE : Opcode.IF_ICMPGT;
            case GREATER -> ifHolds ? Opcode.IF_ICMPGT : Opcode.IF_ICMPLE;
            case GREATER_OR_EQUAL -> ifHolds ? Opcode.IF_ICMPGE : Opcode.IF_ICMPLT;
        };
    }

    private static Opcode ofSigns(Relation relation, boolean ifHolds) {
        return switch (relation) {
            case EQUAL -> ifHolds ? Opcode.IFEQ : Opcode.IFNE;
            case NOT_EQUAL -> ifHolds ? Opcode.IFNE : Opcode.IFEQ;
            case LESS -> ifHolds ? Opcode.IFLT : Opcode.IFGE;
            case LESS_OR_EQUAL -> ifHolds ? Opcode.IFLE : Opcode.IFGT;
            case GREATER -> ifHolds ? Opcode.IFGT : Opcode.IFLE;
            case GREATER_OR_EQUAL -> ifHolds ? Opcode.IFGE : Opcode.IFLT;
        };
    }

    private void number(Value value) {
        switch (value) {
            case Constant(ColumnType type, long bits) -> {
                switch (type) {
                    case INT -> code.loadConstant((int) bits);
                    case LONG -> code.loadConstant(bits);
                    case DOUBLE -> code.loadConstant(Double.longBitsToDouble(bits));
                }
            }
            case Column(int index, ColumnType type) -> {
                code.aload(FIRST_COLUMN + index);
                switch (type) {
                    case INT -> get("JAVA_INT", OF_INT, ConstantDescs.CD_int);
                    case LONG -> get("JAVA_LONG", OF_LONG, ConstantDescs.CD_long);
                    case DOUBLE -> get("JAVA_DOUBLE", OF_DOUBLE, ConstantDescs.CD_double);
                }
            }
            case Arithmetic(Operator operator, Value left, Value right) -> {
                number(left);
                number(right);
                calculate(operator, value.type());
            }
        }
    }

    private void get(String layout, ClassDesc layoutType, ClassDesc type) {
        code.getstatic(LAYOUTS, layout, layoutType).iload(ROW).i2l()
                .invokeinterface(SEGMENT, "getAtIndex",
                        MethodTypeDesc.of(type, layoutType, ConstantDescs.CD_long));
    }

    private void calculate(Operator operator, ColumnType type) {
        switch (operator) {
            case ADD -> {
                switch (type) {
                    case INT -> code.iadd();
                    case LONG -> code.ladd();
                    case DOUBLE -> code.dadd();
                }
            }
            case SUBTRACT -> {
                switch (type) {
                    case INT -> code.isub();
                    case LONG -> code.lsub();
                    case DOUBLE -> code.dsub();
                }
            }
            case MULTIPLY -> {
                switch (type) {
                    case INT -> code.imul();
                    case LONG -> code.lmul();
                    case DOUBLE -> code.dmul();
                }
            }
        }
    }
}
