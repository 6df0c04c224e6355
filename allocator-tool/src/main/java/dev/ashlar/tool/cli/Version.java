package dev.ashlar.tool.cli;

import java.lang.module.ModuleDescriptor;
import picocli.CommandLine.IVersionProvider;

/** The version of Ashlar and of the platform, which each bug report needs. */
public final class Version implements IVersionProvider {

    @Override
    public String[] getVersion() {
        return new String[] {
            "ashlar " + number(),
            "JDK " + Runtime.version() + ", " + System.getProperty("os.name") + " " + System.getProperty("os.version")
                    + ", " + System.getProperty("os.arch")
        };
    }

    /** The jar tool writes the version into the module descriptor; a folder of classes has none. */
    private static String number() {
        ModuleDescriptor descriptor = Version.class.getModule().getDescriptor();
        String ofJar = Version.class.getPackage().getImplementationVersion();
        if (descriptor != null && descriptor.rawVersion().isPresent()) {
            return descriptor.rawVersion().get();
        }
        return ofJar != null ? ofJar : "(development)";
    }
}
