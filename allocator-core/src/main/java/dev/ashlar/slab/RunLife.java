package dev.ashlar.slab;

/**
 * Lets the life of a run begin and end. All words of marks of a run, and the word of its place in a queue, have the
 * same life ({@link RemoteMarks}), which is later than that of every run that these words described before.
 */
final class RunLife {
    private RunLife() {}

    /** Begins the life of a run that is about to be opened. */
    static void begin(Lines lines, int firstPage, long first) {
        long latest = RemoteFrees.life(lines, firstPage);
        for (int index = 0; index < Lines.lineCount(first); index++) {
            long[] words = lines.bitsOf(firstPage, first, index);
            int marks = RemoteMarks.wordOf(lines.positionOf(firstPage, first, index));
            latest = Math.max(latest, Math.max(RemoteMarks.life(words[marks]), RemoteMarks.life(words[marks + 1])));
        }
        long life = RemoteMarks.next(latest);
        dropMarks(lines, firstPage, first, life);
        lines.of(firstPage)[RemoteFrees.queueWordOf(firstPage)] = life;
    }

    /**
     * Removes all marks of a run, and accepts only those of another life from now on.
     *
     * @return how many marks there were
     */
    static int dropMarks(Lines lines, int firstPage, long first, long life) {
        int count = 0;
        for (int index = 0; index < Lines.lineCount(first); index++) {
            long[] words = lines.bitsOf(firstPage, first, index);
            int marks = RemoteMarks.wordOf(lines.positionOf(firstPage, first, index));
            count += RemoteMarks.begin(words, marks, life) + RemoteMarks.begin(words, marks + 1, life);
        }
        return count;
    }
}
