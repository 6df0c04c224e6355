package dev.ashlar.bench.suite;

import dev.ashlar.bench.rivals.Rival;
import dev.ashlar.bench.rivals.Rival.Kind;
import dev.ashlar.stubs.HugePageSettings;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Makes contenders from words, the first of which is Ashlar. A word is the name of a memory, or {@code name=memory}.
 * {@code before} is the memory of the first word at an earlier commit. A suffix changes the setting: {@code -native} is
 * the memory in a loop in C++, {@code -thp} requests huge pages, and {@code -hints} gives hints.
 */
record Contenders(Kind kind, Extent extent) {

    static final String NATIVE = "-native";
    private static final String ON_HUGE_PAGES = "-thp";
    private static final String HINTS = "-hints";

    /** No rival for code requests huge pages, and asmjit has no such option. */
    private static final String SMALL_PAGES = "4 KiB pages";
    private static final String THP_ENABLED = HugePageSettings.read().thpEnabled().orElse("never");

    /**
     * {@return the contenders of an experiment}
     *
     * @param always words, separated by spaces
     * @param inFullRun more words, for a full run only: contenders that are slow or similar to others
     */
    List<Contender> of(String always, String inFullRun) {
        String words = extent == Extent.FULL ? always + " " + inFullRun : always;
        String ours = memory(words.split(" ", 2)[0]);
        return Stream.of(words.strip().split(" ")).map(word -> contender(word, ours)).toList();
    }

    private Contender contender(String word, String ours) {
        String name = word.replaceFirst("=.*", "");
        String memory = name.equals(Contender.BEFORE) ? ours : memory(word);
        boolean isHuge = memory.endsWith(ON_HUGE_PAGES);
        Map<String, String> parameters = Map.of("memory",
                memory.replace(ON_HUGE_PAGES, "").replace(NATIVE, "").replace(HINTS, ""));
        return new Contender(name, setting(memory),
                memory.endsWith(HINTS) ? Map.of("memory", "ashlar", "hints", "on") : parameters,
                isHuge ? Rival.environmentOnHugePages() : Rival.environment());
    }

    private static String memory(String word) {
        return word.substring(word.indexOf('=') + 1);
    }

    /** An Ashlar reports its own pages. */
    private String setting(String memory) {
        if (memory.startsWith("ashlar")) {
            return "";
        }
        if (memory.equals("floor") || memory.endsWith(ON_HUGE_PAGES)) {
            return hugePages(THP_ENABLED);
        }
        return kind == Kind.CODE ? SMALL_PAGES : smallPages(THP_ENABLED);
    }

    /** {@return the setting of a memory that requests huge pages on a host with this switch} */
    static String hugePages(String enabled) {
        return enabled.equals("never") ? "THP off on this host" : "THP on";
    }

    /** {@return the setting of a memory that does not request huge pages on a host with this switch} */
    static String smallPages(String enabled) {
        return enabled.equals("always") ? "THP on for all on this host" : "THP off";
    }
}
