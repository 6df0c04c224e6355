package dev.ashlar.recording;

import jdk.jfr.DataAmount;
import jdk.jfr.Description;
import jdk.jfr.Enabled;
import jdk.jfr.Label;
import jdk.jfr.MemoryAddress;
import jdk.jfr.Name;
import jdk.jfr.Registered;
import jdk.jfr.StackTrace;
import org.jspecify.annotations.Nullable;

/** Code can be run. */
@Name("dev.ashlar.CodePublished")
@Label("Code Published")
@Description("Code can be run from now on. Off by default, because a heap can publish millions of times per second")
@Registered
@Enabled(false)
@StackTrace(false)
final class CodePublishedEvent extends HeapEvent {
    @Label("Name")
    @Nullable String name;

    @Label("Address")
    @MemoryAddress
    long address;

    @Label("Size")
    @DataAmount
    long byteSize;

    @Label("Write Path")
    @Nullable String writePath;
}
