package dev.ashlar.bench.chart;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Whether a text is well-formed XML of the kind that is written here: elements, attributes in double quotes, text. */
public final class SvgCheck {

    private static final Pattern PART = Pattern.compile(
            "<(?<close>/)?(?<name>[a-z]+)(?<attributes>(?:\\s+[A-Za-z0-9:-]+=\"[^\"<&]*\")*)\\s*(?<empty>/)?>"
                    + "|(?<text>(?:[^<>&]|&(?:amp|lt|gt);)+)");

    private SvgCheck() {}

    /** Fails with the place where it is not. */
    public static void requireWellFormed(String svg) {
        Deque<String> open = new ArrayDeque<>();
        Matcher part = PART.matcher(svg);
        int end = 0;
        while (end < svg.length()) {
            assertThat(part.find(end) && part.start() == end).as("malformed at: " + svg.substring(end)).isTrue();
            end = part.end();
            if (part.group("name") == null || part.group("empty") != null) {
                continue;
            }
            if (part.group("close") == null) {
                open.push(part.group("name"));
            } else {
                assertThat(open.pop()).isEqualTo(part.group("name"));
            }
        }
        assertThat(open).as("never closed").isEmpty();
        assertThat(svg).startsWith("<svg xmlns=\"http://www.w3.org/2000/svg\"")
                .doesNotContain("NaN", "Infinity");
    }
}
