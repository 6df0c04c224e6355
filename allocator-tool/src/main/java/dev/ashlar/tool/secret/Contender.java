package dev.ashlar.tool.secret;

/** Who is measured. */
enum Contender {
    HEAP("SecretHeap"),
    MAPPED("memfd_secret each");

    private final String label;

    Contender(String label) {
        this.label = label;
    }

    String label() {
        return label;
    }

    Secrets open() {
        return switch (this) {
            case HEAP -> new HeapSecrets();
            case MAPPED -> new MappedSecrets();
        };
    }
}
