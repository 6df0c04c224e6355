package dev.ashlar.host;

import dev.ashlar.memory.MemoryDemand;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A test that is run once for each rung of the ladder for code, which it gets as {@link MemoryDemand}. */
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
@ParameterizedTest(name = "{0}")
@EnumSource(value = MemoryDemand.class, mode = EnumSource.Mode.EXCLUDE, names = {"AUTO", "SHMEM_THP"})
public @interface OnEveryRung {}
