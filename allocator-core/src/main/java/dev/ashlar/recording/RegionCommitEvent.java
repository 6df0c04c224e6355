package dev.ashlar.recording;

import jdk.jfr.Description;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.Registered;

/** A region got memory. */
@Name("dev.ashlar.RegionCommit")
@Label("Region Commit")
@Description("A region got memory; the duration is that of the kernel's work")
@Registered
final class RegionCommitEvent extends RegionEvent {}
