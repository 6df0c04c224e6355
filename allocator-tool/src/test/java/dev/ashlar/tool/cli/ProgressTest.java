package dev.ashlar.tool.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** Goal: who waits sees why, and a log is not filled by it. */
final class ProgressTest {

    private static final long SECOND = 1_000_000_000L;

    private final StringWriter written = new StringWriter();
    private final AtomicLong clock = new AtomicLong();

    @Test
    void aFileSeesALineEveryTwoSecondsAtMost() {
        try (Progress progress = progress(false)) {
            progress.accept("first");
            clock.set(2 * SECOND);
            progress.accept("second");
            clock.set(3 * SECOND);
            progress.accept("third");
        }

        assertThat(written.toString().lines()).containsExactly("trace: second ...");
    }

    @Test
    void aTerminalSeesEveryStepOnOneLineThatVanishes() {
        try (Progress progress = progress(true)) {
            progress.accept("first");
            progress.accept("second");
        }

        assertThat(written.toString()).isEqualTo(
                "\r\u001b[Ktrace: first ...\r\u001b[Ktrace: second ...\r\u001b[K");
    }

    private Progress progress(boolean interactive) {
        return new Progress(new PrintWriter(written, true), new Terminal(interactive), "trace", clock::get);
    }
}
