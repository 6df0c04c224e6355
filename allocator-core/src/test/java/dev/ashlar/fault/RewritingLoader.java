package dev.ashlar.fault;

import java.io.IOException;
import java.io.InputStream;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassModel;
import java.lang.classfile.ClassTransform;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.CodeElement;
import java.lang.classfile.CodeTransform;
import java.lang.classfile.instruction.InvokeDynamicInstruction;
import java.lang.classfile.instruction.InvokeInstruction;
import java.lang.classfile.instruction.NewMultiArrayInstruction;
import java.lang.classfile.instruction.NewObjectInstruction;
import java.lang.classfile.instruction.NewPrimitiveArrayInstruction;
import java.lang.classfile.instruction.NewReferenceArrayInstruction;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDescs;
import java.lang.constant.MethodTypeDesc;

/**
 * Loads the classes of the allocator again, rewritten so that they pass an {@link ErrorPoint} at each method entry,
 * before each allocation and after each call of the JDK.
 */
final class RewritingLoader extends ClassLoader {
    private static final String OURS = "dev.ashlar.";
    private static final String HARNESS = "dev.ashlar.fault.";
    private static final ClassDesc POINT = ClassDesc.of(ErrorPoint.class.getName());
    private static final MethodTypeDesc PASS = MethodTypeDesc.of(ConstantDescs.CD_void);

    RewritingLoader() {
        super(RewritingLoader.class.getClassLoader());
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
        boolean isShared = !name.startsWith(OURS) || name.equals(ErrorPoint.class.getName());
        if (isShared) {
            return super.loadClass(name, resolve);
        }
        synchronized (getClassLoadingLock(name)) {
            Class<?> loaded = findLoadedClass(name);
            return loaded != null ? loaded : define(name);
        }
    }

    private Class<?> define(String name) throws ClassNotFoundException {
        byte[] bytes;
        try (InputStream in = getParent().getResourceAsStream(name.replace('.', '/') + ".class")) {
            if (in == null) {
                throw new ClassNotFoundException(name);
            }
            bytes = in.readAllBytes();
        } catch (IOException e) {
            throw new ClassNotFoundException(name, e);
        }
        boolean isHarness = name.startsWith(HARNESS) || name.equals("dev.ashlar.TestHeaps");
        byte[] defined = isHarness ? bytes : rewrite(bytes);
        return defineClass(name, defined, 0, defined.length);
    }

    private static byte[] rewrite(byte[] bytes) {
        ClassModel model = ClassFile.of().parse(bytes);
        return ClassFile.of().transformClass(model, ClassTransform.transformingMethodBodies(
                method -> !method.methodName().equalsString(ConstantDescs.CLASS_INIT_NAME),
                CodeTransform.ofStateful(Rewriting::new)));
    }

    private static final class Rewriting implements CodeTransform {
        @Override
        public void atStart(CodeBuilder code) {
            pass(code);
        }

        @Override
        public void accept(CodeBuilder code, CodeElement element) {
            switch (element) {
                case NewObjectInstruction _ -> passBefore(code, element);
                case NewReferenceArrayInstruction _ -> passBefore(code, element);
                case NewPrimitiveArrayInstruction _ -> passBefore(code, element);
                case NewMultiArrayInstruction _ -> passBefore(code, element);
                case InvokeInstruction call when !call.owner().asInternalName().startsWith("dev/ashlar/") -> {
                    code.with(element);
                    pass(code);
                }
                case InvokeDynamicInstruction _ -> {
                    code.with(element);
                    pass(code);
                }
                default -> code.with(element);
            }
        }

        private static void passBefore(CodeBuilder code, CodeElement allocation) {
            pass(code);
            code.with(allocation);
        }

        private static void pass(CodeBuilder code) {
            code.invokestatic(POINT, "pass", PASS);
        }
    }
}
