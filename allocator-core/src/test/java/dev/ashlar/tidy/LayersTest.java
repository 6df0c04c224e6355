package dev.ashlar.tidy;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.classfile.ClassFile;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDescs;
import java.lang.constant.MethodTypeDesc;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Each layer knows only those below it. Read from the compiled classes, and from the imports, since a constant leaves
 * no trace in a class.
 */
class LayersTest {

    /** From the ground up. A package that is not here has no place yet. */
    private static final List<String> LAYERS = List.of(
            "dev.ashlar.stubs",
            "dev.ashlar.memory",
            "dev.ashlar.report",
            "dev.ashlar.region",
            "dev.ashlar.buddy",
            "dev.ashlar.slab",
            "dev.ashlar.heap",
            "dev.ashlar");

    /** Links generated code for the caller; everything else that is native goes through the stubs. */
    private static final Set<String> MAY_LINK = Set.of("dev/ashlar/CodeBlock");

    private static final Pattern IMPORT = Pattern.compile(
            "(?m)^import (?:static )?((?:[a-z]\\w*\\.)+)([A-Z]\\w*)[\\w.]*;$");

    private static final List<String> MODULES = List.of("native-stubs", "allocator-core");

    private static final List<ClassReferences> CLASSES = MODULES.stream()
            .flatMap(module -> ClassReferences.below(SourceFile.root().resolve(module + "/target/classes")).stream())
            .toList();

    @Test
    void everyPackageHasItsPlaceAmongTheLayers() {
        assertThat(CLASSES).extracting(ClassReferences::packageName).isSubsetOf(LAYERS).contains(
                "dev.ashlar.stubs", "dev.ashlar");
    }

    @Test
    void noClassMentionsOneOfAHigherLayer() {
        assertThat(CLASSES.stream().flatMap(LayersTest::climbs)).as("lower -> higher").isEmpty();
    }

    @Test
    void noSourceImportsFromAHigherLayer() {
        assertThat(imports().flatMap(LayersTest::climbs)).as("lower -> higher").isEmpty();
    }

    @Test
    void onlyTheStubsKnowJnr() {
        assertThat(CLASSES.stream().flatMap(LayersTest::jnrAboveTheStubs)).as("class -> jnr").isEmpty();
    }

    @Test
    void onlyTheStubsCallTheLinkerBesidesBind() {
        assertThat(CLASSES.stream().flatMap(LayersTest::linkersAboveTheStubs)).as("class").isEmpty();
    }

    @Test
    void aClimbIsFoundInSignaturesAndInCode() {
        ClassDesc higher = ClassDesc.of("dev.ashlar.CodeHeap");
        var inSignature = ClassFile.of().build(ClassDesc.of("dev.ashlar.buddy.Planted"), builder -> builder
                .withField("heap", higher.arrayType(), ClassFile.ACC_PRIVATE));
        var inCode = ClassFile.of().build(ClassDesc.of("dev.ashlar.buddy.Planted"), builder -> builder
                .withMethodBody("call", MethodTypeDesc.of(ConstantDescs.CD_void), ClassFile.ACC_STATIC,
                        code -> code.aconst_null().checkcast(higher).pop().return_()));
        for (byte[] planted : List.of(inSignature, inCode)) {
            assertThat(climbs(ClassReferences.of(ClassFile.of().parse(planted))))
                    .containsExactly("dev/ashlar/buddy/Planted -> dev/ashlar/CodeHeap");
        }
    }

    @Test
    void aClimbIsFoundInImports() {
        String text = """
                import static dev.ashlar.CodeHeap.DEFAULT;
                import dev.ashlar.slab.SizeClasses;
                import dev.ashlar.memory.Backing;
                """;
        assertThat(climbs(importsOf(new SourceFile("a/src/main/java/dev/ashlar/buddy/Planted.java", text))))
                .containsExactlyInAnyOrder(
                        "dev/ashlar/buddy/Planted -> dev/ashlar/CodeHeap",
                        "dev/ashlar/buddy/Planted -> dev/ashlar/slab/SizeClasses");
    }

    @Test
    void jnrAndTheLinkerAreFoundAboveTheStubs() {
        Set<String> mentioned = Set.of("jnr/posix/POSIX", "java/lang/foreign/Linker$Option");
        ClassReferences planted = new ClassReferences("dev/ashlar/region/Planted", mentioned);
        assertThat(jnrAboveTheStubs(planted)).hasSize(1);
        assertThat(linkersAboveTheStubs(planted)).hasSize(1);
        assertThat(linkersAboveTheStubs(new ClassReferences("dev/ashlar/CodeBlock", mentioned))).isEmpty();
    }

    private static Stream<String> climbs(ClassReferences from) {
        int layer = LAYERS.indexOf(from.packageName());
        return from.mentioned().stream()
                .filter(to -> LAYERS.indexOf(ClassReferences.packageOf(to)) > layer)
                .map(to -> from.name() + " -> " + to);
    }

    private static Stream<String> jnrAboveTheStubs(ClassReferences from) {
        return from.packageName().equals("dev.ashlar.stubs")
                ? Stream.empty()
                : from.mentioned().stream()
                        .filter(to -> to.startsWith("jnr/") || to.startsWith("com/kenai/"))
                        .map(to -> from.name() + " -> " + to);
    }

    private static Stream<String> linkersAboveTheStubs(ClassReferences from) {
        boolean links = from.mentioned().stream().anyMatch(to -> to.startsWith("java/lang/foreign/Linker")
                || to.equals("java/lang/foreign/SymbolLookup"));
        String outermost = from.name().replaceFirst("\\$.*", "");
        return links && !from.packageName().equals("dev.ashlar.stubs") && !MAY_LINK.contains(outermost)
                ? Stream.of(from.name())
                : Stream.empty();
    }

    private static Stream<ClassReferences> imports() {
        return SourceFile.all().stream()
                .filter(file -> file.isMainJava()
                        && MODULES.stream().anyMatch(module -> file.path().startsWith(module + "/")))
                .map(LayersTest::importsOf);
    }

    private static ClassReferences importsOf(SourceFile file) {
        String name = file.path().replaceFirst(".*/java/", "").replaceFirst("\\.java$", "");
        return new ClassReferences(name, IMPORT.matcher(file.text()).results()
                .map(found -> found.group(1).replace('.', '/') + found.group(2))
                .collect(Collectors.toSet()));
    }
}
