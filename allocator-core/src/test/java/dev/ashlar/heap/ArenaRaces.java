package dev.ashlar.heap;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import java.lang.foreign.Arena;
import org.jspecify.annotations.Nullable;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.ZZ_Result;

/** Races of a thread that opens an arena with one that closes the heap. */
public final class ArenaRaces {
    private ArenaRaces() {}

    /** The arena has an entry, as shared arenas and those of virtual threads have. */
    @JCStressTest
    @Outcome(id = "true, false", expect = ACCEPTABLE, desc = "the arena is open, and keeps the heap open")
    @Outcome(id = "false, true", expect = ACCEPTABLE, desc = "the heap is shut, and the arena is not open")
    @Outcome(id = "false, false", expect = ACCEPTABLE, desc = "each gave way to the other; both may try again")
    @Outcome(id = "true, true", expect = FORBIDDEN, desc = "the heap is shut with an open arena")
    @State
    public static class Entered {
        private final OpenArenas arenas = new OpenArenas();
        private final OpenArenas.Entry entry = OpenArenas.entry(Arena.global().scope(), null);

        /** Opens the arena. */
        @Actor
        public void opener(ZZ_Result result) {
            result.r1 = arenas.enter(entry);
        }

        /** Shuts the heap. */
        @Actor
        public void closer(ZZ_Result result) {
            result.r2 = arenas.shut().isEmpty();
        }
    }

    /**
     * The arena is counted, as those of platform threads are. Those of a thread that has ended count as closed, and the
     * threads of the harness end: then the result is that of an open arena.
     */
    @JCStressTest
    @Outcome(id = "true, false", expect = ACCEPTABLE, desc = "the arena is open, and keeps the heap open")
    @Outcome(id = "false, true", expect = ACCEPTABLE, desc = "the heap is shut, and the arena is not open")
    @Outcome(id = "false, false", expect = ACCEPTABLE, desc = "the heap is shut, and the thread has ended")
    @Outcome(id = "true, true", expect = FORBIDDEN, desc = "the heap is shut with an open arena")
    @State
    public static class Counted {
        private final OpenArenas arenas = new OpenArenas();
        private volatile @Nullable Thread opener;
        private boolean isShut;

        /** Opens the arena. */
        @Actor
        public void opener(ZZ_Result result) {
            opener = Thread.currentThread();
            boolean isCounting;
            // The lock of the zone, which the shut holds too.
            synchronized (this) {
                isCounting = isShut || arenas.claim();
            }
            result.r1 = isCounting && arenas.enter() >= 0;
        }

        /** Shuts the heap. */
        @Actor
        public void closer(ZZ_Result result) {
            synchronized (this) {
                isShut = arenas.shut().isEmpty();
                Thread holder = opener;
                result.r2 = isShut && (holder == null || holder.isAlive());
            }
        }
    }
}
