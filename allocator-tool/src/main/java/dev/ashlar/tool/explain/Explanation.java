package dev.ashlar.tool.explain;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What lay at the addresses of a crash.
 *
 * @param headline the signal and where it came; empty if single addresses are explained
 * @param places the addresses that mean something
 */
public record Explanation(Optional<String> headline, List<Place> places) {
    private static final int TRAP = 0xf4;

    /**
     * An address.
     *
     * @param role what it was in the crash, such as {@code pc}; {@code address} for a single address
     * @param address the address
     * @param facts what is known, each a phrase; empty if nothing is
     */
    public record Place(String role, long address, List<String> facts) {}

    /** {@return what symbol files know about addresses, by the role of each} */
    public static Explanation of(Map<String, Long> addresses, List<SymbolImage> images) {
        return new Explanation(Optional.empty(), addresses.entrySet().stream()
                .map(entry -> new Place(entry.getKey(), entry.getValue(), blocks(entry.getValue(), images)))
                .toList());
    }

    /**
     * {@return what a crash log and symbol files know: of the instruction, of the address that it used, and of all
     * other addresses that lie in blocks}
     */
    public static Explanation of(CrashLog log, List<SymbolImage> images) {
        List<Place> places = new ArrayList<>();
        log.addresses().forEach((role, address) -> {
            List<String> facts = new ArrayList<>(blocks(address, images));
            boolean isMain = role.equals("pc") || role.equals("fault");
            // A log that was cut off has no mappings.
            if (isMain && !log.mappings().isEmpty()) {
                log.mappingOf(address).ifPresentOrElse(mapping -> facts.add(mapping.toString()),
                        () -> facts.add("not mapped"));
            }
            if (role.equals("pc") && log.codeAt(address).equals(Optional.of(TRAP))) {
                facts.add("the instruction is hlt, the trap that fills unwritten and freed code");
            }
            if (isMain || !facts.isEmpty()) {
                places.add(new Place(role, address, facts));
            }
        });
        return new Explanation(Optional.of(log.headline()), places);
    }

    private static List<String> blocks(long address, List<SymbolImage> images) {
        return images.stream()
                .flatMap(image -> image.at(address).stream())
                .map(block -> "byte %,d of a %s".formatted(address - block.address(), block))
                .toList();
    }
}
