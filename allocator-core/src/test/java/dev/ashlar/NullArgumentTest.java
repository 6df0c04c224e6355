package dev.ashlar;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.ashlar.host.NativeCode;
import dev.ashlar.memory.Frame;
import dev.ashlar.memory.MemoryDemand;
import dev.ashlar.memory.UnitSizes;
import dev.ashlar.memory.Visibility;
import dev.ashlar.memory.WritePath;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * Goal: null is refused by every public method, by the parameter's name, and changes nothing. Method: calls each method
 * with each of its reference parameters null in turn.
 */
class NullArgumentTest {
    @Test
    void everyReferenceParameterOfEveryPublicMethodIsRefusedByName() {
        try (CodeHeap code = CodeHeap.builder().memory(MemoryDemand.SMALL).build();
                DataHeap data = DataHeap.builder().memory(MemoryDemand.SMALL).build();
                CodeHeap inPlace = CodeHeap.builder()
                        .memory(MemoryDemand.SMALL)
                        .writePath(WritePath.IN_PLACE)
                        .build();
                CodeBatch batch = inPlace.openBatch()) {
            List<Object> targets = List.of(
                    CodeHeap.builder(),
                    DataHeap.builder(),
                    SecretHeap.builder(),
                    code,
                    code.addresses(),
                    code.define(NativeCode.returning(1)),
                    data,
                    batch);
            List<String> found = new ArrayList<>();
            for (Object target : targets) {
                for (Method method : target.getClass().getDeclaredMethods()) {
                    if (Modifier.isPublic(method.getModifiers()) && !method.isSynthetic()) {
                        refusesNull(target, method, code, found);
                    }
                }
            }
            assertThat(found).contains("allocate:temperature", "bind:function", "name:heapName", "allocateUnit:sizes",
                    "define:code", "free:segment", "allocate:domain", "write:source");
        }
    }

    private static void refusesNull(Object target, Method method, CodeHeap heap, List<String> found) {
        Class<?>[] types = method.getParameterTypes();
        for (int index = 0; index < types.length; index++) {
            if (types[index].isPrimitive()) {
                continue;
            }
            Object[] arguments = new Object[types.length];
            for (int other = 0; other < types.length; other++) {
                arguments[other] = other == index ? null : valueOf(types[other]);
            }
            long live = heap.stats().liveBlockCount();
            Throwable thrown = catchThrowable(() -> method.invoke(target, arguments));
            assertThat(thrown).as("%s, parameter %s", method, index).isInstanceOf(InvocationTargetException.class);
            assertThat(thrown.getCause())
                    .as("%s, parameter %s", method, index)
                    .isInstanceOf(NullPointerException.class);
            assertThat(thrown.getCause().getMessage()).as("%s", method).matches("[a-zA-Z]+");
            assertThat(heap.stats().liveBlockCount()).isEqualTo(live);
            found.add(method.getName() + ":" + thrown.getCause().getMessage());
        }
    }

    private static Object valueOf(Class<?> type) {
        if (type == long.class) {
            return 16L;
        }
        if (type == int.class) {
            return 1;
        }
        if (type.isEnum()) {
            return type.getEnumConstants()[0];
        }
        if (type == Frame.class) {
            return Frame.STANDARD;
        }
        if (type == Path.class) {
            return Path.of("target", "no-such-directory", "file");
        }
        if (type == Visibility.class) {
            return Visibility.NONE;
        }
        if (type == String.class) {
            return "name";
        }
        if (type == MemorySegment.class) {
            return MemorySegment.ofArray(new byte[16]);
        }
        if (type == FunctionDescriptor.class) {
            return FunctionDescriptor.ofVoid();
        }
        if (type == Linker.Option[].class) {
            return new Linker.Option[0];
        }
        if (type == UnitSizes.class) {
            return new UnitSizes(1, 0, 0);
        }
        throw new AssertionError("no example of " + type);
    }
}
