package dev.ashlar.bench.secret;

import java.util.function.Supplier;

/** Who is measured. */
enum Contender {
    HEAP("SecretHeap", HeapSecrets::new),
    MAPPED("memfd_secret each", MappedSecrets::new);

    private final String label;
    private final Supplier<Secrets> opening;

    @SuppressWarnings("ImmutableEnumChecker") // constructor references
    Contender(String label, Supplier<Secrets> opening) {
        this.label = label;
        this.opening = opening;
    }

    String label() {
        return label;
    }

    Secrets open() {
        return opening.get();
    }
}
