package dev.ashlar.recording;

import jdk.jfr.DataAmount;
import jdk.jfr.Description;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.Registered;
import org.jspecify.annotations.Nullable;

/** A heap had no room. */
@Name("dev.ashlar.Exhaustion")
@Label("Heap Exhaustion")
@Description("A heap had no room for a block and threw")
@Registered
final class ExhaustionEvent extends HeapEvent {
    @Label("Domain")
    @Nullable String domain;

    @Label("Asked")
    @DataAmount
    long askedByteSize;

    @Label("Largest Free Run")
    @DataAmount
    long largestFreeByteSize;

    @Label("Committed")
    @DataAmount
    long committedByteSize;

    @Label("Capacity")
    @DataAmount
    long capacityByteSize;

    @Label("Refusals")
    @Description("Why the host gave no more memory; empty if the zone is full")
    @Nullable String refusals;
}
