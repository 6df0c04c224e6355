package dev.ashlar.tool.cli;

import java.lang.module.ModuleDescriptor;
import picocli.CommandLine.IVersionProvider;

/** Says which Ashlar this is and what it runs on: the first thing asked in a bug report. */
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
