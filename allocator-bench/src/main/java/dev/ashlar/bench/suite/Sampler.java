package dev.ashlar.bench.suite;

/** Takes one sample. */
@FunctionalInterface
public interface Sampler {

    /** {@return what one process measured of a contender in an experiment, or why it did not} */
    Sample.Outcome take(Experiment experiment, Contender contender);
}
