package dev.ashlar.recording;

import dev.ashlar.memory.Backing;
import dev.ashlar.memory.Domain;
import jdk.jfr.DataAmount;
import jdk.jfr.Label;
import jdk.jfr.MemoryAddress;
import jdk.jfr.Registered;
import org.jspecify.annotations.Nullable;

/** What all events of regions have. */
@Registered(false)
abstract class RegionEvent extends HeapEvent implements Begun {
    @Label("Domain")
    @Nullable String domain;

    @Label("Address")
    @MemoryAddress
    long address;

    @Label("Size")
    @DataAmount
    long byteSize;

    @Label("Backing")
    @Nullable String backing;

    final void place(
            String heapName, Domain regionDomain, long regionAddress, long regionByteSize, Backing regionBacking) {
        heap = heapName;
        domain = regionDomain.toString();
        address = regionAddress;
        byteSize = regionByteSize;
        backing = regionBacking.label();
    }
}
