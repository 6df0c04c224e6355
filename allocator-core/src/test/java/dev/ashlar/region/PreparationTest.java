package dev.ashlar.region;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ashlar.memory.Backing;
import dev.ashlar.memory.Domain;
import dev.ashlar.memory.WritePath;
import dev.ashlar.stubs.Errno;
import dev.ashlar.stubs.FaultyCalls;
import dev.ashlar.stubs.Libc;
import dev.ashlar.stubs.SystemCalls;
import java.lang.reflect.Proxy;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a preparation leaves, whatever becomes of it. */
class PreparationTest {
    private final FaultyCalls calls = new FaultyCalls(Libc.system());
    private boolean fails;
    private final Span span;
    private final ZoneRegions regions;

    PreparationTest() {
        SystemCalls failing = (SystemCalls) Proxy.newProxyInstance(
                SystemCalls.class.getClassLoader(), new Class<?>[] {SystemCalls.class}, (_, method, arguments) -> {
                    if (fails && method.getName().equals("madvise")) {
                        throw new OutOfMemoryError("made by a test");
                    }
                    return method.invoke(calls, arguments);
                });
        List<Span.Part> parts = List.of(new Span.Part(Domain.DATA, WritePath.ALIAS, 4 * Region.BYTE_SIZE));
        span = ((Span.Reserved) Span.reserve(failing, parts, Reach.ANYWHERE)).span();
        Zone zone = ((Span.Opened) span.open(Domain.DATA)).zone();
        regions = new ZoneRegions(zone, List.of(Backing.SMALL), failing, "prepared");
    }

    @AfterEach
    void close() {
        regions.close();
        span.close();
    }

    private void assertHole(int region) {
        assertThat(regions.preparing()).isNegative();
        assertThat(regions.isCommitted(region)).isFalse();
        assertThat(regions.commit(region)).isTrue();
    }

    @Test
    void aPreparedRegionIsCommittedWhenThePreparationEnds() {
        regions.beginPreparing(2);
        regions.prepare();
        assertThat(regions.isCommitted(2)).isFalse();
        assertThat(regions.committedByteSize()).isZero();
        assertThat(regions.endPreparing()).isTrue();
        assertThat(regions.isCommitted(2)).isTrue();
        assertThat(regions.committedByteSize()).isEqualTo(Region.BYTE_SIZE);
        assertThat(regions.release(2)).isTrue();
        assertHole(2);
    }

    @Test
    void aPreparationThatIsEndedBeforeItBeganIsCancelled() {
        regions.beginPreparing(1);
        assertThat(regions.endPreparing()).isFalse();
        calls.forget();
        regions.prepare();
        assertThat(calls.calls()).isEmpty();
        assertHole(1);
    }

    @Test
    void aRefusalIsNotKept() {
        calls.failAll("mmap", Errno.ENOMEM);
        regions.beginPreparing(0);
        regions.prepare();
        assertThat(regions.endPreparing()).isFalse();
        assertThat(regions.refusals()).isEmpty();
        assertThat(regions.takeFailure()).isEmpty();
        calls.heal();
        assertHole(0);
    }

    @Test
    void anErrorLeavesAHole() {
        regions.beginPreparing(3);
        fails = true;
        assertThatThrownBy(regions::prepare).isInstanceOf(OutOfMemoryError.class);
        fails = false;
        assertThat(regions.endPreparing()).isFalse();
        assertHole(3);
    }

    @Test
    void ifTheZoneIsClosedFirstNothingIsTouched() {
        regions.beginPreparing(0);
        regions.prepare();
        regions.awaitPrepared();
        regions.close();
        calls.forget();
        assertThat(regions.endPreparing()).isFalse();
        assertThat(calls.calls()).isEmpty();
    }
}
