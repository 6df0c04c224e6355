package dev.ashlar.recording;

import jdk.jfr.Category;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Registered;
import org.jspecify.annotations.Nullable;

/** What all events have. Fields that are not set are null or zero in a recording. */
@Category("Ashlar")
@Registered(false)
abstract class HeapEvent extends Event {
    @Label("Heap")
    @Nullable String heap;
}
