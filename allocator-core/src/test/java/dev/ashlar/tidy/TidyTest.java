package dev.ashlar.tidy;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The repository is tidy. {@link TidyRulesTest} tests that each rule finds an offender. */
class TidyTest {

    private static final List<SourceFile> FILES = SourceFile.all();

    @Test
    void theWalkSeesEveryModuleAndTheScripts() {
        assertThat(FILES).extracting(SourceFile::path).contains(
                "pom.xml",
                "ashlar",
                ".ci/run",
                "etc/find-jdk",
                "native-stubs/src/main/java/module-info.java",
                "allocator-core/src/main/java/module-info.java",
                "examples/src/main/java/module-info.java",
                "allocator-tool/src/main/java/module-info.java",
                "allocator-bench/src/main/java/module-info.java");
    }

    @Test
    void linesAreNoLongerThan120() {
        hold(TidyRules::longLines);
    }

    @Test
    void indentationIsMadeOfSpaces() {
        hold(TidyRules::tabs);
    }

    @Test
    void linesEndWithoutBlanks() {
        hold(TidyRules::trailingSpace);
    }

    @Test
    void linesEndInLineFeedsAlone() {
        hold(TidyRules::carriageReturns);
    }

    @Test
    void filesEndInOneNewline() {
        hold(TidyRules::missingLastNewlines);
    }

    @Test
    void importsNameOneThingEach() {
        hold(TidyRules::wildcardImports);
    }

    @Test
    void importsAreUsed() {
        hold(TidyRules::unusedImports);
    }

    @Test
    void onlyTheCommandLineWritesToTheConsole() {
        hold(TidyRules::consoleOutput);
    }

    @Test
    void nothingIsLeftForLater() {
        hold(TidyRules::postponedWork);
    }

    @Test
    void tagsStartALineOfTheirComment() {
        hold(TidyRules::tagsAfterText);
    }

    @Test
    void filesAreShortEnoughToRead() {
        hold(TidyRules::longFiles);
    }

    @Test
    void packagesAndClassesAreNamedForWhatTheyDo() {
        hold(TidyRules::namesThatSayNothing);
    }

    @Test
    void everyPackageIsDescribedAndNullMarked() {
        hold(TidyRules::packagesNotNullMarked);
    }

    @Test
    void noTestIsSwitchedOff() {
        hold(TidyRules::testsSwitchedOff);
    }

    @Test
    void noFileNamesAPathOfOneMachine() {
        hold(TidyRules::pathsOfOneMachine);
    }

    @Test
    void noFileNamesADownloadHost() {
        hold(TidyRules::downloadHosts);
    }

    private static void hold(Function<List<SourceFile>, Stream<String>> rule) {
        assertThat(rule.apply(FILES)).as("offenders").isEmpty();
    }
}
