package dev.ashlar.tidy;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * What the formatter and the compiler do not see. A rule takes all files and names the offenders.
 *
 * <p>Patterns that would find themselves here are put together from pieces.
 */
final class TidyRules {

    static final int LINE_LENGTH_MAX = 120;
    static final int FILE_LINES_MAX = 450;

    /** Rows of tables, arguments of tools, and what a program wrote. */
    private static final Pattern CANNOT_WRAP = Pattern.compile("\\.(?:xml|md|json|svg)$");
    private static final Pattern TRAILING_SPACE = Pattern.compile("[ \\t]$");
    private static final Pattern TAB = Pattern.compile("\\t");
    private static final Pattern WILDCARD_IMPORT = Pattern.compile("^import .*\\*;");
    private static final Pattern IMPORT = Pattern.compile("(?m)^import (?:static )?([\\w.]+);$");
    private static final Pattern IMPORT_LINE = Pattern.compile("(?m)^import .*;$");
    private static final Pattern CONSOLE = Pattern.compile("\\bSystem\\.(?:out|err)\\b");
    /** Javadoc prints such a tag as text. */
    private static final Pattern TAG_AFTER_TEXT = Pattern.compile("^\\s*/?\\*{1,2} .*\\S +@(?:return|param|throws)\\b");
    private static final Pattern LATER = Pattern.compile("\\b(?:TO" + "DO|FIX" + "ME|XX" + "X)\\b");
    private static final Pattern SWITCHED_OFF = Pattern.compile("@Dis" + "abled\\b");
    private static final Pattern ONE_MACHINES_PATH = Pattern.compile("(?<![\\w.}~/-])/(?:wo" + "rk|ro" + "ot|fa"
            + "rm)(?![\\w-])");
    private static final Pattern REGISTRY = Pattern.compile("(?i)\\brepo1?\\.ma" + "ven\\.|\\bsona" + "type\\.|"
            + "://(?:registry|packages|repo|download)\\.");
    private static final Set<String> SAYS_NOTHING = Set.of("util", "utils", "common", "impl", "manager", "helper");

    private TidyRules() {}

    static Stream<String> longLines(List<SourceFile> files) {
        return files.stream().filter(file -> !CANNOT_WRAP.matcher(file.path()).find()).flatMap(file -> {
            List<String> lines = file.lines();
            return IntStream.range(0, lines.size())
                    .filter(line -> lines.get(line).length() > LINE_LENGTH_MAX)
                    .mapToObj(line -> file.path() + ":" + (line + 1) + ": " + lines.get(line).length());
        });
    }

    static Stream<String> tabs(List<SourceFile> files) {
        return linesWith(TAB, files, file -> true);
    }

    static Stream<String> trailingSpace(List<SourceFile> files) {
        return linesWith(TRAILING_SPACE, files, file -> true);
    }

    static Stream<String> carriageReturns(List<SourceFile> files) {
        return paths(files, file -> file.text().contains("\r"));
    }

    static Stream<String> missingLastNewlines(List<SourceFile> files) {
        return paths(files, file -> !file.text().isEmpty()
                && (!file.text().endsWith("\n") || file.text().endsWith("\n\n")));
    }

    static Stream<String> wildcardImports(List<SourceFile> files) {
        return linesWith(WILDCARD_IMPORT, files, SourceFile::isJava);
    }

    static Stream<String> unusedImports(List<SourceFile> files) {
        return files.stream().filter(SourceFile::isJava).flatMap(file -> {
            String body = IMPORT_LINE.matcher(file.text()).replaceAll("");
            return IMPORT.matcher(file.text()).results().map(found -> found.group(1))
                    .filter(name -> !mentions(body, name.substring(name.lastIndexOf('.') + 1)))
                    .map(name -> file.path() + ": " + name);
        });
    }

    static Stream<String> consoleOutput(List<SourceFile> files) {
        return linesWith(CONSOLE, files, file -> file.isMainJava() && !file.path().contains("/dev/ashlar/tool/cli/"));
    }

    static Stream<String> postponedWork(List<SourceFile> files) {
        return linesWith(LATER, files, file -> true);
    }

    static Stream<String> tagsAfterText(List<SourceFile> files) {
        return linesWith(TAG_AFTER_TEXT, files, SourceFile::isJava);
    }

    static Stream<String> longFiles(List<SourceFile> files) {
        return paths(files, file -> file.isJava() && file.lines().size() > FILE_LINES_MAX);
    }

    static Stream<String> namesThatSayNothing(List<SourceFile> files) {
        return paths(files, file -> file.isJava() && Stream.concat(
                Pattern.compile("/").splitAsStream(file.directory().replaceFirst(".*/java/", "")),
                Pattern.compile("(?=[A-Z])").splitAsStream(file.simpleName()).reduce((_, last) -> last).stream())
                .map(word -> word.toLowerCase(Locale.ROOT))
                .anyMatch(SAYS_NOTHING::contains));
    }

    static Stream<String> packagesNotNullMarked(List<SourceFile> files) {
        Map<String, List<SourceFile>> packages = files.stream()
                .filter(SourceFile::isMainJava)
                .collect(Collectors.groupingBy(SourceFile::directory));
        return packages.entrySet().stream()
                .filter(entry -> entry.getValue().stream().noneMatch(file -> file.path().endsWith("/package-info.java")
                        && file.text().contains("\n@NullMarked\npackage ")))
                .map(Map.Entry::getKey);
    }

    static Stream<String> testsSwitchedOff(List<SourceFile> files) {
        return linesWith(SWITCHED_OFF, files, SourceFile::isJava);
    }

    static Stream<String> pathsOfOneMachine(List<SourceFile> files) {
        return linesWith(ONE_MACHINES_PATH, files, file -> true);
    }

    static Stream<String> downloadHosts(List<SourceFile> files) {
        return linesWith(REGISTRY, files, file -> true);
    }

    private static boolean mentions(String body, String simpleName) {
        return Pattern.compile("\\b" + Pattern.quote(simpleName) + "\\b").matcher(body).find();
    }

    private static Stream<String> linesWith(Pattern pattern, List<SourceFile> files, Predicate<SourceFile> which) {
        return files.stream().filter(which).flatMap(file -> file.linesWith(pattern));
    }

    private static Stream<String> paths(List<SourceFile> files, Predicate<SourceFile> offends) {
        return files.stream().filter(offends).map(SourceFile::path);
    }
}
