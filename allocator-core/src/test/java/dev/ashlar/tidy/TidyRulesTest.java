package dev.ashlar.tidy;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Each tidy rule names a planted offender and lets its tidy twin pass. */
class TidyRulesTest {

    private static final String MAIN = "allocator-core/src/main/java/dev/ashlar/";

    @ParameterizedTest(name = "{0}")
    @MethodSource("rules")
    void aRuleFindsItsOffenderAndNothingElse(
            String name, Function<List<SourceFile>, Stream<String>> rule, SourceFile offender, SourceFile tidy) {
        assertThat(rule.apply(List.of(offender, tidy))).hasSize(1).allMatch(found -> offender.path().startsWith(found)
                || found.startsWith(offender.path()));
    }

    static Stream<Arguments> rules() {
        return Stream.of(
                rule("long line", TidyRules::longLines, "x".repeat(121) + "\n", "x".repeat(120) + "\n"),
                rule("tab", TidyRules::tabs, "\tint a;\n", "    int a;\n"),
                rule("trailing blank", TidyRules::trailingSpace, "int a; \n", "int a;\n"),
                rule("carriage return", TidyRules::carriageReturns, "int a;\r\n", "int a;\n"),
                rule("no last newline", TidyRules::missingLastNewlines, "int a;", "int a;\n"),
                rule("two last newlines", TidyRules::missingLastNewlines, "int a;\n\n", "int a;\n"),
                rule("wildcard", TidyRules::wildcardImports, "import java.util.*;\n", "import java.util.Map;\n"),
                rule("unused import", TidyRules::unusedImports,
                        "import java.util.Map;\nMapping a;\n", "import java.util.Map;\nMap a;\n"),
                rule("unused static import", TidyRules::unusedImports,
                        "import static a.B.c;\nB b;\n", "import static a.B.c;\nint d = c();\n"),
                rule("console", TidyRules::consoleOutput, "System.err.println();\n", "System.exit(1);\n"),
                rule("console outside the command line", TidyRules::consoleOutput,
                        new SourceFile("allocator-tool/src/main/java/dev/ashlar/tool/replay/A.java", "System.out;\n"),
                        new SourceFile("allocator-tool/src/main/java/dev/ashlar/tool/cli/A.java", "System.out;\n")),
                rule("postponed", TidyRules::postponedWork, "// TO" + "DO: later\n", "// todo() does it\n"),
                rule("tag after text", TidyRules::tagsAfterText,
                        "/** Takes a. @re" + "turn b */\n", "/** {@return b} */\n * @re" + "turn b\n"),
                rule("long file", TidyRules::longFiles, "int a;\n".repeat(451), "int a;\n".repeat(450)),
                rule("empty package name", TidyRules::namesThatSayNothing,
                        new SourceFile(MAIN + "util/A.java", ""), new SourceFile(MAIN + "utility/A.java", "")),
                rule("empty class name", TidyRules::namesThatSayNothing,
                        new SourceFile(MAIN + "RegionManager.java", ""), new SourceFile(MAIN + "ManagerOf.java", "")),
                rule("package without description", TidyRules::packagesNotNullMarked,
                        new SourceFile(MAIN + "a/A.java", ""), nullMarked("b")),
                rule("package not null-marked", TidyRules::packagesNotNullMarked,
                        new SourceFile(MAIN + "a/package-info.java", "/** A. */\npackage a;\n"), nullMarked("b")),
                rule("disabled test", TidyRules::testsSwitchedOff, "    @Dis" + "abled(\"flaky\")\n", "@Test\n"),
                rule("path", TidyRules::pathsOfOneMachine, "Path.of(\"/wo" + "rk/a\")\n", "src/wo" + "rk/a\n"),
                rule("home path", TidyRules::pathsOfOneMachine, "cd /ro" + "ot\n", "a/ro" + "ot/b and /rooted\n"),
                rule("host", TidyRules::downloadHosts, "https://reg" + "istry.a.org/b\n",
                        "https://openjdk.org/jeps/454\n"));
    }

    private static SourceFile nullMarked(String name) {
        return new SourceFile(MAIN + name + "/package-info.java", "/** B. */\n@NullMarked\npackage " + name + ";\n");
    }

    private static Arguments rule(
            String name, Function<List<SourceFile>, Stream<String>> rule, String offender, String tidy) {
        return rule(name, rule, new SourceFile(MAIN + "A.java", offender), new SourceFile(MAIN + "B.java", tidy));
    }

    private static Arguments rule(
            String name, Function<List<SourceFile>, Stream<String>> rule, SourceFile offender, SourceFile tidy) {
        return Arguments.of(name, rule, offender, tidy);
    }
}
