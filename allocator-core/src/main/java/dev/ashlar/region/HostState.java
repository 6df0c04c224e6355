package dev.ashlar.region;

import dev.ashlar.stubs.HugePageSettings;
import dev.ashlar.stubs.HugetlbGroup;
import dev.ashlar.stubs.KernelRelease;
import dev.ashlar.stubs.Linux;
import dev.ashlar.stubs.LockedMemory;
import dev.ashlar.stubs.MappingLimit;
import dev.ashlar.stubs.ProcessLimits;
import dev.ashlar.stubs.SystemCalls;
import java.util.Optional;

/** The facts of a host that explain a refusal. Each method reads the state at the time of the call. */
interface HostState {

    /** {@return the release of the kernel} */
    KernelRelease release();

    /** {@return the settings of huge pages and the state of the pool} */
    HugePageSettings hugePages();

    /** {@return whether transparent huge pages are switched off for this process} */
    boolean disablesHugePages();

    /** {@return the control group whose limit of the pool's pages is reached, or empty if none is} */
    Optional<HugetlbGroup> exhaustedHugetlbGroup();

    /** {@return the limits of this process} */
    ProcessLimits limits();

    /** {@return the mappings of this process} */
    MappingLimit mappings();

    /** {@return the locked memory of this process} */
    LockedMemory lockedMemory();

    /** {@return the state of this process's host} */
    static HostState of(SystemCalls calls) {
        return new HostState() {
            @Override
            public KernelRelease release() {
                return KernelRelease.current();
            }

            @Override
            public HugePageSettings hugePages() {
                return HugePageSettings.read();
            }

            @Override
            public boolean disablesHugePages() {
                return calls.prctl(Linux.PR_GET_THP_DISABLE, 0, 0, 0, 0) > 0;
            }

            @Override
            public Optional<HugetlbGroup> exhaustedHugetlbGroup() {
                return HugetlbGroup.exhausted();
            }

            @Override
            public ProcessLimits limits() {
                return ProcessLimits.read();
            }

            @Override
            public MappingLimit mappings() {
                return MappingLimit.read();
            }

            @Override
            public LockedMemory lockedMemory() {
                return LockedMemory.read();
            }
        };
    }
}
