package dev.ashlar.tidy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassModel;
import java.lang.classfile.constantpool.Utf8Entry;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/**
 * A compiled class and every class it mentions: in code, signatures, descriptors and annotations. Read from the text
 * constants of the class file, where each of those ends up. Names are binary, with slashes.
 */
record ClassReferences(String name, Set<String> mentioned) {

    private static final Pattern CLASS_NAME = Pattern.compile("(?<![\\w$/])L?((?:[a-z]\\w*/)+[A-Z][\\w$]*)");

    static List<ClassReferences> below(Path directory) {
        try (Stream<Path> files = Files.walk(directory)) {
            return files.filter(file -> file.toString().endsWith(".class"))
                    .filter(file -> !file.endsWith("module-info.class") && !file.endsWith("package-info.class"))
                    .map(ClassReferences::read)
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException("reading the classes below " + directory, e);
        }
    }

    private static ClassReferences read(Path file) {
        try {
            return of(ClassFile.of().parse(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static ClassReferences of(ClassModel model) {
        Set<String> mentioned = StreamSupport.stream(model.constantPool().spliterator(), false)
                .filter(Utf8Entry.class::isInstance)
                .flatMap(entry -> CLASS_NAME.matcher(((Utf8Entry) entry).stringValue()).results())
                .map(found -> found.group(1))
                .collect(Collectors.toSet());
        return new ClassReferences(model.thisClass().asInternalName(), mentioned);
    }

    String packageName() {
        return packageOf(name);
    }

    static String packageOf(String className) {
        return className.substring(0, className.lastIndexOf('/')).replace('/', '.');
    }
}
