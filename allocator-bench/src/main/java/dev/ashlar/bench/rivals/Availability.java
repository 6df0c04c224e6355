package dev.ashlar.bench.rivals;

import java.util.Map;

/** Whether a rival can be had on this host. */
public sealed interface Availability {

    /** It can be opened in this JVM. */
    record Here() implements Availability {}

    /**
     * It can be opened in a JVM that is started with more environment variables.
     *
     * @param environment the variables, as {@link Rival#environment()} has them
     */
    record InChild(Map<String, String> environment) implements Availability {

        public InChild {
            environment = Map.copyOf(environment);
        }
    }

    /**
     * It cannot be had.
     *
     * @param reason a sentence for the user, with the remedy where there is one
     */
    record Unavailable(String reason) implements Availability {}
}
