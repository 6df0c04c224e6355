package dev.ashlar.memory;

/** Says where the read-only data of a unit lies. */
public enum ConstantPlacement {
    /**
     * In regions of their own, which are read and not executed: no byte of a constant can run. Even a heap with a
     * single small unit commits a region for them.
     */
    OWN_REGIONS,
    /**
     * In the regions of code, which are read and executed. This saves a region if there are few constants, and keeps
     * them close to the code. But an attacker who can choose a constant can place instructions (JIT spraying), and
     * constants take room in the address-translation caches that code needs.
     */
    WITH_CODE;

    /** {@return the domain whose zone has them} */
    public Domain domain() {
        return this == WITH_CODE ? Domain.CODE : Domain.RODATA;
    }
}
