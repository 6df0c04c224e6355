package dev.ashlar.slab;

/**
 * Two unused cache lines before fields that one thread writes all the time. A copying collector places objects side by
 * side, and two threads that write to one line wait for each other. Two lines, because processors fetch them in pairs.
 */
@SuppressWarnings("UnusedVariable")
abstract class Apart {
    private long apart0;
    private long apart1;
    private long apart2;
    private long apart3;
    private long apart4;
    private long apart5;
    private long apart6;
    private long apart7;
    private long apart8;
    private long apart9;
    private long apart10;
    private long apart11;
    private long apart12;
    private long apart13;
    private long apart14;
    private long apart15;
}
