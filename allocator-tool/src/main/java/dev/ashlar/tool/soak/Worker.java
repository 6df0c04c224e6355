package dev.ashlar.tool.soak;

import dev.ashlar.report.HeapExhaustedException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/** The work of one thread at a time: random operations on all subjects. */
final class Worker {
    private static final int MAINTAIN_EVERY = 20_000;

    private final List<Share> shares = new ArrayList<>();
    private final Draw draw;
    private final int number;
    private final int weightSum;
    private long operationCount;

    /** The part of a subject that this worker has. */
    private static final class Share {
        final Subject subject;
        final int weight;
        final int target;
        final AtomicReferenceArray<@Nullable Held> exchange;
        final List<Held> held = new ArrayList<>();

        Share(Soak.Entry entry, int workerCount) {
            this.subject = entry.subject();
            this.weight = entry.weight();
            this.target = Math.max(1, subject.target / workerCount);
            this.exchange = entry.exchange();
        }

        Held removeRandom(Draw draw) {
            int index = draw.below(held.size());
            Held last = held.removeLast();
            return index == held.size() ? last : held.set(index, last);
        }
    }

    Worker(int number, int workerCount, long seed, List<Soak.Entry> entries) {
        this.number = number;
        this.draw = new Draw(seed, number);
        entries.forEach(entry -> shares.add(new Share(entry, workerCount)));
        this.weightSum = shares.stream().mapToInt(share -> share.weight).sum();
    }

    /** {@return operations so far} */
    long operationCount() {
        return operationCount;
    }

    /** Does a number of operations, in the current thread. */
    void work(int count) {
        during(() -> {
            for (int operation = 0; operation < count; operation++) {
                operationCount++;
                step(chooseShare());
            }
        });
    }

    /** Takes all that lies between two workers. */
    void receiveAll() {
        for (Share share : shares) {
            for (int index = 0; index < share.exchange.length(); index++) {
                Held found = share.exchange.getAndSet(index, null);
                if (found != null) {
                    share.held.add(found);
                }
            }
        }
    }

    /** Ends all that is held. */
    void drain() {
        during(() -> shares.forEach(share -> {
            while (!share.held.isEmpty()) {
                share.held.removeLast().end();
            }
        }));
    }

    private void during(Runnable work) {
        List<Runnable> exits = shares.stream().map(share -> share.subject.enter()).toList();
        try {
            work.run();
            exits.forEach(Runnable::run);
        } catch (RuntimeException | Error failed) {
            throw new IllegalStateException("operation %,d of worker %d failed".formatted(operationCount, number),
                    failed);
        }
    }

    private Share chooseShare() {
        int at = draw.below(weightSum);
        for (Share share : shares) {
            at -= share.weight;
            if (at < 0) {
                return share;
            }
        }
        throw new AssertionError("the weights add up to more");
    }

    private void step(Share share) {
        share.subject.operationCount.increment();
        try {
            int kind = draw.below(100);
            if (kind < 2) {
                exchange(share);
            } else if (kind < 10 && !share.held.isEmpty()) {
                share.held.get(draw.below(share.held.size())).use(draw);
            } else if (draw.oneIn(MAINTAIN_EVERY)) {
                share.subject.maintain(draw);
            } else if (draw.below(2 * share.target) >= share.held.size()) {
                Held taken = share.subject.take(draw);
                if (taken != null) {
                    share.held.add(taken);
                }
            } else {
                share.removeRandom(draw).end();
            }
        } catch (HeapExhaustedException full) {
            if (!share.subject.canBeFull()) {
                throw full;
            }
            share.subject.exhaustedCount.increment();
            for (int count = share.held.size() / 4; count > 0; count--) {
                share.removeRandom(draw).end();
            }
        }
    }

    /** Puts something where another worker takes it, and takes what lies there. */
    private void exchange(Share share) {
        Held given = share.held.isEmpty() ? null : share.removeRandom(draw);
        Held found = share.exchange.getAndSet(draw.below(share.exchange.length()), given);
        if (found != null) {
            share.held.add(found);
        }
    }
}
