package dev.ashlar.buddy;

import dev.ashlar.region.RegionSource;
import java.util.BitSet;

/**
 * Regions without a kernel: counts commits and releases, refuses the chosen ones, and fails the test when a region is
 * committed twice or a hole is released.
 */
public class FakeRegionSource implements RegionSource {
    private final int regionCount;
    private final BitSet committed = new BitSet();
    private final BitSet commitsToRefuse = new BitSet();
    private final BitSet releasesToRefuse = new BitSet();
    private int commitCalls;
    private int releaseCalls;
    private int refusedCommits;
    private int refusedReleases;

    public FakeRegionSource(int regionCount) {
        this.regionCount = regionCount;
    }

    /** Refuses the {@code nth} commit from now, the next one being the first. */
    public FakeRegionSource refuseCommit(int nth) {
        commitsToRefuse.set(commitCalls + nth);
        return this;
    }

    /** Refuses the {@code nth} release from now, the next one being the first. */
    public FakeRegionSource refuseRelease(int nth) {
        releasesToRefuse.set(releaseCalls + nth);
        return this;
    }

    /** Cancels all refusals. */
    public void heal() {
        commitsToRefuse.clear();
        releasesToRefuse.clear();
    }

    @Override
    public int regionCount() {
        return regionCount;
    }

    @Override
    public boolean commit(int region) {
        requireInside(region);
        if (committed.get(region)) {
            throw new AssertionError("commit of region " + region + ", which is committed");
        }
        commitCalls++;
        if (commitsToRefuse.get(commitCalls)) {
            refusedCommits++;
            return false;
        }
        committed.set(region);
        return true;
    }

    @Override
    public boolean release(int region) {
        requireInside(region);
        if (!committed.get(region)) {
            throw new AssertionError("release of region " + region + ", which is a hole");
        }
        releaseCalls++;
        if (releasesToRefuse.get(releaseCalls)) {
            refusedReleases++;
            return false;
        }
        committed.clear(region);
        return true;
    }

    private void requireInside(int region) {
        if (region < 0 || region >= regionCount) {
            throw new AssertionError("region " + region + " of " + regionCount);
        }
    }

    @Override
    public boolean isCommitted(int region) {
        return committed.get(region);
    }

    public int committedRegionCount() {
        return committed.cardinality();
    }

    /** Commits that were granted. */
    public int commitCount() {
        return commitCalls - refusedCommits;
    }

    /** Releases that were granted. */
    public int releaseCount() {
        return releaseCalls - refusedReleases;
    }

    public int refusedCommitCount() {
        return refusedCommits;
    }

    public int refusedReleaseCount() {
        return refusedReleases;
    }
}
