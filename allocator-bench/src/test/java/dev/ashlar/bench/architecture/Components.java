package dev.ashlar.bench.architecture;

import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/** Strongly connected components: sets of nodes each of which leads to every other. */
final class Components {
    private Components() {}

    /** {@return the largest component of a graph; a single node if there is no cycle, empty if there is no node} */
    static Set<String> largest(Map<String, Set<String>> edges) {
        Map<String, Set<String>> reachable = new HashMap<>();
        edges.keySet().forEach(node -> reachable.put(node, reachableFrom(node, edges)));
        return edges.keySet().stream()
                .map(node -> componentOf(node, reachable))
                .max(Comparator.comparingInt(Set::size))
                .orElse(Set.of());
    }

    private static Set<String> componentOf(String node, Map<String, Set<String>> reachable) {
        Set<String> component = new HashSet<>(Set.of(node));
        for (String other : reachable.getOrDefault(node, Set.of())) {
            if (reachable.getOrDefault(other, Set.of()).contains(node)) {
                component.add(other);
            }
        }
        return component;
    }

    private static Set<String> reachableFrom(String start, Map<String, Set<String>> edges) {
        Set<String> found = new HashSet<>();
        Deque<String> open = new ArrayDeque<>(edges.getOrDefault(start, Set.of()));
        while (!open.isEmpty()) {
            String node = open.pop();
            if (found.add(node)) {
                open.addAll(edges.getOrDefault(node, Set.of()));
            }
        }
        return found;
    }
}
