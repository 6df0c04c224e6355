package dev.ashlar.recording;

import jdk.jfr.Description;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.Registered;
import org.jspecify.annotations.Nullable;

/** A huge mapping was split. */
@Name("dev.ashlar.RegionSplit")
@Label("Region Split")
@Description("The huge mapping of a region was split: small pages map it until it is healed")
@Registered
final class RegionSplitEvent extends RegionEvent {
    @Label("Cause")
    @Nullable String cause;
}
