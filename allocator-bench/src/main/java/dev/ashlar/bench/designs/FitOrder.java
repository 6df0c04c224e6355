package dev.ashlar.bench.designs;

/** Which of the free ranges that are long enough a block goes to. It is told of every range that comes and goes. */
interface FitOrder {

    /** {@return a range of at least this length, or {@link RangeTree#NONE}} */
    int choose(RangeTree free, int length);

    void added(long start, int length);

    void removed(long start, int length);

    /** {@return bytes of its own records} */
    long metadataByteSize();

    /** Throws where its own records do not say the same as the tree. */
    void checkInvariants(RangeTree free);

    /** The lowest, as the kernel chooses: the tree itself finds it. */
    final class FirstFit implements FitOrder {

        @Override
        public int choose(RangeTree free, int length) {
            return free.firstFit(length);
        }

        @Override
        public void added(long start, int length) {
            // The tree by address knows.
        }

        @Override
        public void removed(long start, int length) {
            // The tree by address knows.
        }

        @Override
        public long metadataByteSize() {
            return 0;
        }

        @Override
        public void checkInvariants(RangeTree free) {
            // It has none.
        }
    }

    /** The shortest, and of those the lowest: a second tree holds the ranges in order of length. */
    final class BestFit implements FitOrder {

        private final RangeTree byLength = new RangeTree();

        @Override
        public int choose(RangeTree free, int length) {
            int node = byLength.ceiling(key(0, length));
            return node == RangeTree.NONE ? RangeTree.NONE : free.floor(start(byLength.start(node)));
        }

        @Override
        public void added(long start, int length) {
            byLength.add(key(start, length), 1);
        }

        @Override
        public void removed(long start, int length) {
            int node = byLength.floor(key(start, length));
            assert byLength.start(node) == key(start, length) : "start=" + start + " length=" + length;
            byLength.remove(node);
        }

        @Override
        public long metadataByteSize() {
            return byLength.metadataByteSize();
        }

        @Override
        public void checkInvariants(RangeTree free) {
            byLength.checkInvariants(0);
            boolean same = byLength.count() == free.count();
            for (int node = free.first(); same && node != RangeTree.NONE; node = free.next(node)) {
                long key = key(free.start(node), free.length(node));
                same = byLength.start(byLength.floor(key)) == key;
            }
            if (!same) {
                throw new IllegalStateException("the ranges by length are not those by address");
            }
        }

        private static long key(long start, int length) {
            return (long) length << Integer.SIZE | start;
        }

        private static long start(long key) {
            return key & -1L >>> Integer.SIZE;
        }
    }
}
