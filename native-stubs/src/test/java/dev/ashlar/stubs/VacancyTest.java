package dev.ashlar.stubs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What is mapped is not vacant, nor is the room that the program break and the main stack need to grow. */
class VacancyTest {
    private static final int PAGE = 4096;
    private static final long MIB = 1 << 20;

    private final SystemCalls calls = Libc.system();
    private Vacancy vacancy;

    @BeforeEach
    void open() {
        var opened = Vacancy.open(calls);
        assumeTrue(opened.isPresent(), "PROCMAP_QUERY needs Linux 6.11");
        vacancy = opened.get();
    }

    @AfterEach
    void close() {
        if (vacancy != null) {
            vacancy.close();
        }
    }

    private static Mapping named(String name) {
        return ProcessMaps.read().mappings().stream()
                .filter(mapping -> mapping.path().equals(name))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void aMappingIsNotVacantAndTheAddressesThatItLeavesAre() {
        long base = calls.mmap(0, 4 * MIB, Linux.PROT_NONE, Linux.MAP_PRIVATE | Linux.MAP_ANONYMOUS, -1, 0);
        AddressRange inner = AddressRange.ofSize(base + MIB, MIB);
        assertThat(vacancy.isVacant(inner, 0)).isFalse();
        calls.munmap(inner.start(), MIB);
        assertThat(vacancy.isVacant(inner, 0)).isTrue();
        assertThat(vacancy.isVacant(AddressRange.ofSize(inner.start(), MIB + 1), 0)).isFalse();
        assertThat(vacancy.isVacant(AddressRange.ofSize(inner.start() - 1, MIB), 0)).isFalse();
        calls.munmap(base, 4 * MIB);
    }

    @Test
    void roomForTheGrowthOfTheStackIsNotVacant() {
        AddressRange below = AddressRange.ofSize(named("[stack]").start() - 8 * MIB, PAGE);
        assertThat(vacancy.isVacant(below, MIB)).isTrue();
        assertThat(vacancy.isVacant(below, 8 * MIB)).isFalse();
    }

    @Test
    void roomForTheGrowthOfTheBreakIsNotVacant() {
        AddressRange above = AddressRange.ofSize(named("[heap]").end() + 2 * MIB, PAGE);
        assertThat(vacancy.isVacant(above, MIB)).isTrue();
        assertThat(vacancy.isVacant(above, 4 * MIB)).isFalse();
    }

    @Test
    void theStartOfTheBreakIsFoundBehindAnyProgramName() {
        StringBuilder fields = new StringBuilder();
        for (int number = 3; number <= 52; number++) {
            fields.append(' ').append(number * 10);
        }
        assertThat(Vacancy.startOfBreak("1 (java)" + fields)).isEqualTo(470);
        assertThat(Vacancy.startOfBreak("1 (a) 1 (b c)" + fields)).isEqualTo(470);
        assertThat(Vacancy.startOfBreak("1 (java) 3 4")).isZero();
        assertThat(Vacancy.startOfBreak("1 (java)" + " x".repeat(50))).isZero();
    }
}
