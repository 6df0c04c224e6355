package dev.ashlar.bench.architecture;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.type;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.name;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Linker;
import java.lang.foreign.SymbolLookup;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Each layer knows only those below it, in all modules; no cycle joins packages; a cycle inside a package is small.
 *
 * <p>Read from compiled classes, and from imports as well, because a constant leaves no trace in a class.
 */
class ArchitectureTest {
    /** From the bottom up. The packages of examples, LLVM, table, tool and bench lie above the last layer. */
    private static final List<String> LAYERS = List.of(
            "dev.ashlar.stubs",
            "dev.ashlar.memory",
            "dev.ashlar.report",
            "dev.ashlar.recording",
            "dev.ashlar.symbols",
            "dev.ashlar.region",
            "dev.ashlar.buddy",
            "dev.ashlar.slab",
            "dev.ashlar.heap",
            "dev.ashlar.management",
            "dev.ashlar",
            "dev.ashlar.examples..",
            "dev.ashlar.llvm..",
            "dev.ashlar.nativetable..",
            "dev.ashlar.tool..",
            "dev.ashlar.bench..");

    private static final String[] ALLOCATOR =
            LAYERS.subList(1, LAYERS.indexOf("dev.ashlar") + 1).toArray(String[]::new);

    /** Most classes in a cycle inside a package. A sealed type counts as one with the types that it permits. */
    private static final int LARGEST_CYCLE = 4;

    private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
    private static final List<String> MODULES =
            List.of("native-stubs", "allocator-core", "examples", "allocator-llvm", "allocator-native",
                    "allocator-tool",
                    "allocator-bench");
    private static final Pattern IMPORT = Pattern.compile(
            "(?m)^import (?:static )?((?:[a-z]\\w*\\.)+)[A-Z][\\w.]*;$");

    private static final JavaClasses CLASSES = new ClassFileImporter()
            .importPaths(MODULES.stream().map(module -> ROOT.resolve(module).resolve("target/classes")).toList());

    static List<String> layers() {
        return LAYERS;
    }

    @Test
    void everyPackageBelongsToALayer() {
        classes().should().resideInAnyPackage(LAYERS.toArray(String[]::new)).check(CLASSES);
        assertThat(CLASSES.stream().map(JavaClass::getPackageName))
                .contains("dev.ashlar.stubs", "dev.ashlar", "dev.ashlar.tool.cli", "dev.ashlar.bench.rivals");
    }

    @ParameterizedTest
    @MethodSource("layers")
    void noClassKnowsAHigherLayer(String layer) {
        String[] higher = LAYERS.subList(LAYERS.indexOf(layer) + 1, LAYERS.size()).toArray(String[]::new);
        noClasses().that().resideInAPackage(layer)
                .should().dependOnClassesThat().resideInAnyPackage(higher)
                .allowEmptyShould(false)
                .check(CLASSES);
    }

    @Test
    void noSourceImportsFromAHigherLayer() {
        List<String> climbs = new ArrayList<>();
        sources().forEach(source -> climbs.addAll(climbs(packageOf(source), read(source))));
        assertThat(climbs).as("lower -> higher").isEmpty();
    }

    @Test
    void anImportFromAHigherLayerIsFound() {
        String text = """
                import static dev.ashlar.CodeHeap.DEFAULT;
                import dev.ashlar.slab.SizeClasses;
                import dev.ashlar.memory.Backing;
                """;
        assertThat(climbs("dev.ashlar.buddy", text))
                .containsExactlyInAnyOrder("dev.ashlar.buddy -> dev.ashlar", "dev.ashlar.buddy -> dev.ashlar.slab");
        assertThat(climbs("dev.ashlar.heap", "import dev.ashlar.tool.cli.Ashlar;\n")).hasSize(1);
    }

    @Test
    void noCycleJoinsPackages() {
        slices().matching("dev.ashlar.(**)").should().beFreeOfCycles().check(CLASSES);
    }

    @Test
    void cyclesInsideAPackageAreSmall() {
        Map<String, Set<String>> tooLarge = new TreeMap<>();
        for (String packageName : packageNames()) {
            Set<String> largest = Components.largest(edgesWithin(packageName));
            if (largest.size() > LARGEST_CYCLE) {
                tooLarge.put(packageName, largest);
            }
        }
        assertThat(tooLarge).as("package -> classes of its largest cycle").isEmpty();
    }

    @Test
    void onlyTheStubsKnowJnr() {
        noClasses().that().resideInAnyPackage(ALLOCATOR)
                .should().dependOnClassesThat().resideInAnyPackage("jnr..", "com.kenai..")
                .check(CLASSES);
    }

    /** Binding links generated code for the caller. Everything else that is native goes through the stubs. */
    @Test
    void onlyTheStubsCallTheLinkerBesidesBind() {
        noClasses().that(resideInAnyPackage(ALLOCATOR).and(not(name("dev.ashlar.Binding"))))
                .should().dependOnClassesThat(type(Linker.class).or(type(SymbolLookup.class)))
                .check(CLASSES);
        assertThat(CLASSES.stream().filter(resideInAPackage("dev.ashlar.stubs"))
                .flatMap(type -> type.getDirectDependenciesFromSelf().stream())
                .anyMatch(use -> use.getTargetClass().isEquivalentTo(Linker.class))).isTrue();
    }

    private static Set<String> packageNames() {
        Set<String> names = new HashSet<>();
        CLASSES.forEach(type -> names.add(type.getPackageName()));
        return names;
    }

    /** {@return which top-level types or sealed families of a package use which others} */
    private static Map<String, Set<String>> edgesWithin(String packageName) {
        Map<String, Set<String>> edges = new TreeMap<>();
        for (JavaClass type : CLASSES) {
            if (type.getPackageName().equals(packageName)) {
                Set<String> used = edges.computeIfAbsent(familyOf(type), key -> new HashSet<>());
                type.getDirectDependenciesFromSelf().stream()
                        .map(use -> use.getTargetClass().getBaseComponentType())
                        .filter(target -> target.getPackageName().equals(packageName))
                        .map(ArchitectureTest::familyOf)
                        .forEach(used::add);
            }
        }
        edges.forEach((family, used) -> used.remove(family));
        return edges;
    }

    /** {@return the name of a class's outermost class, or of the sealed type above that in the same package} */
    private static String familyOf(JavaClass type) {
        String name = type.getName().replaceFirst("\\$.*", "");
        Class<?> top;
        try {
            top = Class.forName(name, false, ArchitectureTest.class.getClassLoader());
        } catch (ClassNotFoundException e) {
            throw new IllegalStateException(e);
        }
        return sealedParents(top)
                .filter(parent -> parent.getPackageName().equals(top.getPackageName()))
                .findFirst()
                .map(Class::getName)
                .orElse(name);
    }

    private static Stream<Class<?>> sealedParents(Class<?> type) {
        Stream<Class<?>> parents = Stream.concat(
                Stream.ofNullable(type.getSuperclass()), Stream.of(type.getInterfaces()));
        return parents.filter(Class::isSealed);
    }

    private static List<Path> sources() {
        List<Path> sources = new ArrayList<>();
        for (String module : MODULES) {
            try (Stream<Path> files = Files.walk(ROOT.resolve(module).resolve("src/main/java"))) {
                files.filter(file -> file.toString().endsWith(".java")).forEach(sources::add);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        return sources;
    }

    private static String packageOf(Path source) {
        String path = source.getParent().toString();
        return path.substring(path.indexOf("src/main/java") + "src/main/java".length())
                .replaceFirst("^/", "")
                .replace('/', '.');
    }

    private static List<String> climbs(String from, String text) {
        return IMPORT.matcher(text).results()
                .map(found -> found.group(1).replaceFirst("\\.$", ""))
                .filter(to -> layerOf(to) > layerOf(from))
                .map(to -> from + " -> " + to)
                .toList();
    }

    private static int layerOf(String packageName) {
        return Stream.of("dev.ashlar.examples", "dev.ashlar.llvm", "dev.ashlar.nativetable", "dev.ashlar.tool",
                "dev.ashlar.bench")
                .filter(packageName::startsWith)
                .findFirst()
                .map(layer -> LAYERS.indexOf(layer + ".."))
                .orElse(LAYERS.indexOf(packageName));
    }

    private static String read(Path source) {
        try {
            return Files.readString(source);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
