package dev.ashlar.recording;

import jdk.jfr.Description;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.Registered;
import org.jspecify.annotations.Nullable;

/** An attempt to make a split region huge again. */
@Name("dev.ashlar.RegionHeal")
@Label("Region Heal")
@Description("The kernel was asked to make a split region huge again; the duration is that of its work")
@Registered
final class RegionHealEvent extends RegionEvent {
    @Label("Huge Again")
    boolean isHuge;

    @Label("Failure")
    @Description("Why the region is still split")
    @Nullable String failure;
}
