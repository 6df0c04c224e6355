package dev.ashlar.recording;

import jdk.jfr.Description;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.Registered;
import org.jspecify.annotations.Nullable;

/** The host refused what a heap asked for first. */
@Name("dev.ashlar.Fallback")
@Label("Fallback")
@Description("The host refused a backing or a write path, and the heap took the next")
@Registered
final class FallbackEvent extends HeapEvent {
    @Label("Domain")
    @Nullable String domain;

    @Label("From")
    @Description("The backing or write path that the host refused")
    @Nullable String from;

    @Label("To")
    @Description("The one that the heap got; none if it got no memory")
    @Nullable String to;

    @Label("Call")
    @Description("The failing call")
    @Nullable String call;

    @Label("Error")
    @Nullable String error;

    @Label("Remedy")
    @Description("What the person who runs the host can do about it")
    @Nullable String remedy;
}
