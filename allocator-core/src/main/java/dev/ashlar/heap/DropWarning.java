package dev.ashlar.heap;

import dev.ashlar.stubs.Leftovers;
import org.jspecify.annotations.Nullable;

/**
 * Warns through {@code System.Logger} "dev.ashlar" if a heap becomes unreachable that was not closed.
 *
 * <p>With the system property {@value #ORIGINS} set to true, the warning shows where the heap was created.
 */
public final class DropWarning {
    /** The property that makes each heap keep the stack trace of its creation. */
    public static final String ORIGINS = "ashlar.heapOrigins";

    private final Estate estate;
    private final @Nullable Throwable origin;

    private DropWarning(Estate estate) {
        this.estate = estate;
        this.origin = Boolean.getBoolean(ORIGINS) ? new Throwable("heap " + estate.name + " was created here") : null;
    }

    /**
     * Watches a heap.
     *
     * @param heap what callers close
     * @return what ends the watch when they have closed it
     */
    public static Runnable watch(Object heap, Zones zones) {
        DropWarning warning = new DropWarning(zones.estate());
        return Leftovers.watch(heap, warning::unreachable)::clean;
    }

    private void unreachable() {
        if (estate.health.isClosedByCaller()) {
            return;
        }
        String fate = estate.isAddressed
                ? "Its memory stays until the process ends, because raw addresses of it were handed out."
                : "Its memory is given back when no block, segment, arena or handle of it is reachable.";
        System.getLogger("dev.ashlar")
                .log(
                        System.Logger.Level.WARNING,
                        "heap " + estate.name + " was dropped without close(). " + fate
                                + " Close it, for example by try-with-resources"
                                + (origin == null ? "; -D" + ORIGINS + "=true shows where it was created." : "."),
                        origin);
    }
}
