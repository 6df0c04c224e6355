package dev.ashlar.nativetable;

import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ashlar.CodeHeap;
import dev.ashlar.memory.MemoryDemand;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An Error of the JVM inside a call becomes a code, and the heap can be used or closed after that. */
final class ErrorsTest {
    private static final long STACK_BYTE_SIZE = 1 << 20;

    @Test
    void atEveryDepthOfTheStackACallReturnsACode() throws InterruptedException {
        try (CodeHeap heap = CodeHeap.builder().memory(MemoryDemand.SMALL).build();
                NativeTable table = NativeTable.of(heap);
                Arena arena = Arena.ofShared()) {
            MemorySegment place = arena.allocate(JAVA_LONG, 2);
            long number = table.segment().getAtIndex(JAVA_LONG, 1);
            Set<Status> seen = inDeepStack(() -> TableFunctions.allocate(number, 40_000, 0, place.address()));
            assertThat(seen).contains(Status.OK, Status.NO_STACK).isSubsetOf(Status.OK, Status.NO_STACK,
                    Status.NO_ROOM, Status.UNUSABLE);
        }
    }

    @Test
    void nativeCodeCalledDeepInJavaIsRefusedForLackOfStack(@TempDir Path folder) throws Exception {
        ClientLibrary client = ClientLibrary.load(folder);
        MethodHandle call = client.handle("allocate_and_free");
        try (CodeHeap heap = CodeHeap.builder().memory(MemoryDemand.SMALL).build();
                NativeTable table = NativeTable.of(heap)) {
            assertThat(client.call(call, table)).isZero();
            Set<Status> seen = inDeepStack(() -> client.call(call, table));
            assertThat(seen).containsExactlyInAnyOrder(Status.OK, Status.NO_STACK);
            assertThat(heap.stats().liveBlockCount()).isZero();
            heap.checkInvariants();
        }
    }

    private interface Call {
        int make();
    }

    /** {@return what a call returned on the way back from the deepest place of a stack} */
    private static Set<Status> inDeepStack(Call call) throws InterruptedException {
        EnumSet<Status> seen = EnumSet.noneOf(Status.class);
        Thread thread = new Thread(null, () -> descend(call, seen, Integer.MAX_VALUE), "deep", STACK_BYTE_SIZE);
        thread.start();
        thread.join();
        return seen;
    }

    private static void descend(Call call, Set<Status> seen, int depth) {
        try {
            if (depth > 0) {
                descend(call, seen, depth - 1);
            }
        } catch (StackOverflowError deepest) {
            // Calls begin here.
        }
        try {
            int code = call.make();
            for (Status status : Status.values()) {
                if (status.code() == code) {
                    seen.add(status);
                }
            }
        } catch (StackOverflowError tooDeep) {
            // The call had no frame to catch it in; native code would have been refused.
        }
    }

    /** In a JVM of its own, whose memory is full. */
    @Test
    void withoutJavaMemoryACallReturnsACode(@TempDir Path folder) throws Exception {
        Path source = Path.of("src", "test", "native", "client.c");
        Path library = ClientLibrary.compile(folder, Files.readString(source), "client");
        Path output = folder.resolve("output");
        Process child = new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx48m", "-XX:+UseSerialGC", "--enable-native-access=ALL-UNNAMED",
                "--class-path", String.join(":", List.of("target/test-classes", "target/classes",
                        "../allocator-core/target/classes", "../native-stubs/target/classes",
                        System.getProperty("java.class.path", ""), System.getProperty("jdk.module.path", ""))),
                FullMemoryChild.class.getName(), library.toString())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        assertThat(child.waitFor(1, TimeUnit.MINUTES)).isTrue();
        assertThat(Files.readAllLines(output)).containsExactly("NO_JAVA_MEMORY", "closed");
    }

    @Test
    void everyOtherErrorHasACode() {
        assertThat(Status.of(new OutOfMemoryError())).isEqualTo(Status.NO_JAVA_MEMORY);
        assertThat(Status.of(new StackOverflowError())).isEqualTo(Status.NO_STACK);
        assertThat(Status.of(new AssertionError())).isEqualTo(Status.FAULT);
        assertThat(Status.of(new NullPointerException())).isEqualTo(Status.FAULT);
        assertThat(TableFunctions.failed(new IllegalStateException("a fault"))).isEqualTo(Status.FAULT.code());
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment text = arena.allocate(100);
            assertThat(TableFunctions.lastError(text.address(), 100))
                    .isEqualTo(text.getString(0).length());
            assertThat(text.getString(0)).isEqualTo("java.lang.IllegalStateException: a fault");
        }
    }
}
