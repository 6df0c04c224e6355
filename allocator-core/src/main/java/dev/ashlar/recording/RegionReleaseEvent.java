package dev.ashlar.recording;

import jdk.jfr.Description;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.Registered;

/** The memory of a region went back. */
@Name("dev.ashlar.RegionRelease")
@Label("Region Release")
@Description("The memory of a region went back to the system")
@Registered
final class RegionReleaseEvent extends RegionEvent {}
