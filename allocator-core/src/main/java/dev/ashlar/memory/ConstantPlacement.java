package dev.ashlar.memory;

/** Where the read-only data of a unit lies. */
public enum ConstantPlacement {
    /**
     * In regions of their own, which are read and not executed: no byte of a constant can ever be run. A heap with a
     * single small unit commits a region for them.
     */
    OWN_REGIONS,
    /**
     * In the regions of code, which are read and executed. It saves a region where there are few constants and keeps
     * them close to the code; but whoever can choose a constant can place instructions (an attack known as JIT
     * spraying), and constants take room in the caches of addresses that code needs.
     */
    WITH_CODE;

    /** {@return the domain whose zone has them} */
    public Domain domain() {
        return this == WITH_CODE ? Domain.CODE : Domain.RODATA;
    }
}
