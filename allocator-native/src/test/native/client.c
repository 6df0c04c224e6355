/* What NativeTableTest calls. Each function returns 0, or the number of the line that does not hold. */
#include "ashlar.h"

#include <stdio.h>
#include <stdlib.h>

#define REQUIRE(condition)   \
    do {                     \
        if (!(condition))    \
            return __LINE__; \
    } while (0)

enum { KIB = 1024, TRAP = 0xf4, REPEATS = 2000, BLOCKS = 300 };

typedef int (*function)(void);

static function callable(void *address) {
    function result;
    memcpy(&result, &address, sizeof result);
    return result;
}

/* mov eax, value; ret */
static void write_answer(void *writable, int32_t value) {
    unsigned char code[] = {0xb8, 0, 0, 0, 0, 0xc3};
    memcpy(code + 1, &value, sizeof value);
    memcpy(writable, code, sizeof code);
}

static void write_relative(const ashlar_place *code, size_t field, const void *target) {
    int32_t distance = (int32_t)((intptr_t)target - ((intptr_t)code->address + (intptr_t)field + 4));
    memcpy((char *)code->writable + field, &distance, sizeof distance);
}

int one_block(const ashlar_table *table) {
    ashlar_place block = {NULL, NULL};
    REQUIRE(table->version == ASHLAR_VERSION);
    REQUIRE(table->byte_size == sizeof *table);
    REQUIRE(ashlar_allocate(table, 100, 0, &block) == ASHLAR_OK);
    REQUIRE((uintptr_t)block.address >= table->code_address);
    REQUIRE((uintptr_t)block.address + 100 <= table->code_address + table->code_byte_size);
    write_answer(block.writable, 42);
    REQUIRE(ashlar_publish(table, block.address, NULL) == ASHLAR_OK);
    REQUIRE(callable(block.address)() == 42);
    REQUIRE(((unsigned char *)block.address)[6] == TRAP);
    REQUIRE(ashlar_free(table, block.address) == ASHLAR_OK);

    REQUIRE(ashlar_allocate(table, 3000, 64, &block) == ASHLAR_OK);
    REQUIRE((uintptr_t)block.address % 64 == 0);
    write_answer(block.writable, 43);
    REQUIRE(ashlar_shrink(table, block.address, 6) == ASHLAR_OK);
    REQUIRE(ashlar_publish(table, block.address, "with a name") == ASHLAR_OK);
    REQUIRE(callable(block.address)() == 43);
    REQUIRE(ashlar_free(table, block.address) == ASHLAR_OK);

    REQUIRE(ashlar_allocate(table, 100, 0, &block) == ASHLAR_OK);
    REQUIRE(ashlar_free(table, block.address) == ASHLAR_OK);
    return 0;
}

int one_unit(const ashlar_table *table) {
    static const unsigned char code[] = {
        0x8b, 0x05, 0, 0, 0, 0, /* mov eax, [rip + constant] */
        0x03, 0x05, 0, 0, 0, 0, /* add eax, [rip + variable] */
        0xc3};
    ashlar_sizes sizes = {sizeof code, 4, 4, 32, 64, 4096};
    ashlar_sizes code_alone = {16, 0, 0, 0, 0, 0};
    ashlar_unit unit;
    ashlar_unit partly;
    int32_t value = 40;
    REQUIRE(ashlar_allocate_unit(table, &sizes, &unit) == ASHLAR_OK);
    REQUIRE((uintptr_t)unit.code.address % 32 == 0);
    REQUIRE((uintptr_t)unit.constants.address % 64 == 0);
    REQUIRE((uintptr_t)unit.data.address % 4096 == 0);
    REQUIRE(unit.data.address == unit.data.writable);
    memcpy(unit.code.writable, code, sizeof code);
    write_relative(&unit.code, 2, unit.constants.address);
    write_relative(&unit.code, 8, unit.data.address);
    memcpy(unit.constants.writable, &value, sizeof value);
    *(int32_t *)unit.data.writable = 2;
    REQUIRE(ashlar_publish_unit(table, &unit, NULL) == ASHLAR_OK);
    REQUIRE(callable(unit.code.address)() == 42);
    *(int32_t *)unit.data.address = 3;
    REQUIRE(callable(unit.code.address)() == 43);

    partly = unit;
    partly.data.address = (char *)unit.data.address + 16;
    REQUIRE(ashlar_free_unit(table, &partly) == ASHLAR_WRONG_ADDRESS);
    REQUIRE(callable(unit.code.address)() == 43);
    REQUIRE(ashlar_free_unit(table, &unit) == ASHLAR_OK);
    REQUIRE(ashlar_free_unit(table, &unit) == ASHLAR_WRONG_ADDRESS);

    REQUIRE(ashlar_allocate_unit(table, &code_alone, &unit) == ASHLAR_OK);
    REQUIRE(unit.constants.address == NULL && unit.data.writable == NULL);
    REQUIRE(ashlar_publish_unit(table, &unit, "unit") == ASHLAR_OK);
    REQUIRE(ashlar_free_unit(table, &unit) == ASHLAR_OK);
    return 0;
}

static int says(const ashlar_table *table, const char *expected) {
    char text[512];
    size_t length = ashlar_last_error(table, text, sizeof text);
    return length > 0 && strstr(text, expected) != NULL;
}

static int bad_arguments(const ashlar_table *table) {
    ashlar_place block;
    ashlar_unit unit;
    ashlar_sizes no_code = {0, 4, 0, 0, 0, 0};
    ashlar_sizes sizes = {16, 0, 0, 0, 0, 0};
    ashlar_sizes late_failure = {16, 16, 16, 16, 16, 3};
    REQUIRE(ashlar_allocate(table, 0, 0, &block) == ASHLAR_BAD_ARGUMENT && says(table, "size"));
    REQUIRE(ashlar_allocate(table, (size_t)-1, 0, &block) == ASHLAR_BAD_ARGUMENT);
    REQUIRE(ashlar_allocate(table, 16, 3, &block) == ASHLAR_BAD_ARGUMENT && says(table, "align"));
    REQUIRE(ashlar_allocate(table, 16, 0, NULL) == ASHLAR_BAD_ARGUMENT && says(table, "result is NULL"));
    REQUIRE(ashlar_allocate_blocks(table, 16, 0, 2, NULL) == ASHLAR_BAD_ARGUMENT);
    REQUIRE(ashlar_allocate_blocks(table, 16, 0, (size_t)-1, &block) == ASHLAR_BAD_ARGUMENT && says(table, "count"));
    REQUIRE(ashlar_free_blocks(table, NULL, 1) == ASHLAR_BAD_ARGUMENT);
    REQUIRE(ashlar_allocate_unit(table, NULL, &unit) == ASHLAR_BAD_ARGUMENT);
    REQUIRE(ashlar_allocate_unit(table, &sizes, NULL) == ASHLAR_BAD_ARGUMENT);
    REQUIRE(ashlar_allocate_unit(table, &no_code, &unit) == ASHLAR_BAD_ARGUMENT && says(table, "no code"));
    REQUIRE(ashlar_allocate_unit(table, &late_failure, &unit) == ASHLAR_BAD_ARGUMENT);
    REQUIRE(ashlar_publish_unit(table, NULL, "name") == ASHLAR_BAD_ARGUMENT);
    REQUIRE(ashlar_free_unit(table, NULL) == ASHLAR_BAD_ARGUMENT);
    return 0;
}

static int wrong_addresses(const ashlar_table *table) {
    ashlar_place block;
    void *addresses[3];
    int32_t local = 0;
    REQUIRE(ashlar_allocate(table, 64, 0, &block) == ASHLAR_OK);
    REQUIRE(ashlar_free(table, &local) == ASHLAR_WRONG_ADDRESS && says(table, "0x"));
    REQUIRE(ashlar_free(table, NULL) == ASHLAR_WRONG_ADDRESS);
    REQUIRE(ashlar_free(table, (char *)block.address + 16) == ASHLAR_WRONG_ADDRESS);
    REQUIRE(ashlar_publish(table, (char *)block.address + 16, "name") == ASHLAR_WRONG_ADDRESS);
    REQUIRE(ashlar_shrink(table, &local, 1) == ASHLAR_WRONG_ADDRESS);
    REQUIRE(ashlar_free(table, block.address) == ASHLAR_OK);
    REQUIRE(ashlar_free(table, block.address) == ASHLAR_WRONG_ADDRESS && says(table, "free"));

    REQUIRE(ashlar_allocate(table, 64, 0, &block) == ASHLAR_OK);
    addresses[0] = NULL;
    addresses[1] = block.address;
    addresses[2] = &local;
    REQUIRE(ashlar_free_blocks(table, addresses, 3) == ASHLAR_WRONG_ADDRESS);
    REQUIRE(ashlar_free(table, block.address) == ASHLAR_WRONG_ADDRESS);
    return 0;
}

/* The heap has 16 MiB for code. */
static int no_room(const ashlar_table *table) {
    static ashlar_place blocks[16];
    ashlar_place block;
    REQUIRE(ashlar_allocate_blocks(table, 2048 * KIB, 0, 16, blocks) == ASHLAR_NO_ROOM && says(table, "room"));
    REQUIRE(ashlar_allocate(table, 8192 * KIB, 0, &block) == ASHLAR_OK);
    REQUIRE(ashlar_free(table, block.address) == ASHLAR_OK);
    return 0;
}

int refusals(const ashlar_table *table) {
    char text[8];
    int line = bad_arguments(table);
    ashlar_place block;
    if (line == 0) {
        line = wrong_addresses(table);
    }
    if (line == 0) {
        line = no_room(table);
    }
    if (line != 0) {
        return line;
    }
    REQUIRE(ashlar_allocate_near(table, 16, 0, (void *)16, &block) == ASHLAR_NOT_REACHABLE && says(table, "near"));
    REQUIRE(!ashlar_reaches(table, (void *)16));
    memset(text, 'x', sizeof text);
    REQUIRE(ashlar_last_error(table, text, sizeof text) > sizeof text);
    REQUIRE(strlen(text) == sizeof text - 1);
    REQUIRE(ashlar_last_error(table, NULL, 0) > sizeof text);
    return 0;
}

int is_closed(const ashlar_table *table) {
    ashlar_place block = {NULL, NULL};
    ashlar_sizes sizes = {16, 0, 0, 0, 0, 0};
    ashlar_unit unit;
    void *address = &block;
    REQUIRE(ashlar_allocate(table, 16, 0, &block) == ASHLAR_CLOSED && says(table, "table"));
    REQUIRE(ashlar_allocate_near(table, 16, 0, &block, &block) == ASHLAR_CLOSED);
    REQUIRE(ashlar_allocate_blocks(table, 16, 0, 1, &block) == ASHLAR_CLOSED);
    REQUIRE(ashlar_publish(table, address, "name") == ASHLAR_CLOSED);
    REQUIRE(ashlar_shrink(table, address, 1) == ASHLAR_CLOSED);
    REQUIRE(ashlar_free(table, address) == ASHLAR_CLOSED);
    REQUIRE(ashlar_free_blocks(table, &address, 1) == ASHLAR_CLOSED);
    REQUIRE(ashlar_allocate_unit(table, &sizes, &unit) == ASHLAR_CLOSED);
    REQUIRE(ashlar_publish_unit(table, &unit, "name") == ASHLAR_CLOSED);
    REQUIRE(ashlar_free_unit(table, &unit) == ASHLAR_CLOSED);
    return 0;
}

int heap_is_closed(const ashlar_table *table) {
    ashlar_place block;
    REQUIRE(ashlar_allocate(table, 16, 0, &block) == ASHLAR_CLOSED);
    return 0;
}

static int twice(int value) { return 2 * value; }

const void *target_of_calls(void) {
    int (*target)(int) = twice;
    const void *result;
    memcpy(&result, &target, sizeof result);
    return result;
}

/* The heap was built near the target. */
int calls_near(const ashlar_table *table) {
    static const unsigned char code[] = {0xbf, 21, 0, 0, 0, 0xe9, 0, 0, 0, 0}; /* mov edi, 21; jmp rel32 */
    const void *target = target_of_calls();
    ashlar_place block;
    REQUIRE(ashlar_reaches(table, target));
    REQUIRE(ashlar_allocate_near(table, sizeof code, 0, target, &block) == ASHLAR_OK);
    memcpy(block.writable, code, sizeof code);
    write_relative(&block, 6, target);
    REQUIRE(ashlar_publish(table, block.address, NULL) == ASHLAR_OK);
    REQUIRE(callable(block.address)() == 42);
    REQUIRE(ashlar_free(table, block.address) == ASHLAR_OK);
    return 0;
}

int cached(const ashlar_table *table) {
    static ashlar_cache cache;
    static ashlar_place blocks[BLOCKS];
    int index;
    int failures = 0;
    ashlar_cache_open(&cache, table);
    REQUIRE(ashlar_cache_allocate(&cache, 0, &blocks[0]) == ASHLAR_BAD_ARGUMENT);
    for (index = 0; index < BLOCKS; index++) {
        REQUIRE(ashlar_cache_allocate(&cache, 16 + 16 * (size_t)index, &blocks[index]) == ASHLAR_OK);
        write_answer(blocks[index].writable, index);
        REQUIRE(ashlar_publish(table, blocks[index].address, NULL) == ASHLAR_OK);
    }
    for (index = 0; index < BLOCKS; index++) {
        REQUIRE(callable(blocks[index].address)() == index);
    }
    for (index = 0; index < BLOCKS; index++) {
        REQUIRE(ashlar_cache_free(&cache, blocks[index].address) == ASHLAR_OK);
    }
    REQUIRE(ashlar_cache_flush(&cache) == ASHLAR_OK);
    /* A second free is found when the queue is handed over. */
    for (index = 0; index < 2; index++) {
        failures += ashlar_cache_free(&cache, blocks[BLOCKS - 1].address) != ASHLAR_OK;
    }
    REQUIRE(failures == 0);
    REQUIRE(ashlar_cache_close(&cache) == ASHLAR_WRONG_ADDRESS);
    REQUIRE(ashlar_cache_close(&cache) == ASHLAR_OK);
    return 0;
}

typedef struct worker {
    const ashlar_table *table;
    int seed;
    int line;
} worker;

static int work(const ashlar_table *table, int seed) {
    ashlar_cache *cache = malloc(sizeof *cache);
    int index;
    ashlar_cache_open(cache, table);
    for (index = 0; index < REPEATS; index++) {
        ashlar_place block;
        ashlar_place queued;
        size_t byte_size = 16 + (size_t)((seed * 31 + index * 7) % 3000);
        REQUIRE(ashlar_allocate(table, byte_size, 0, &block) == ASHLAR_OK);
        REQUIRE(ashlar_cache_allocate(cache, byte_size, &queued) == ASHLAR_OK);
        write_answer(block.writable, index);
        write_answer(queued.writable, seed);
        REQUIRE(ashlar_publish(table, block.address, index % 2 ? "named" : NULL) == ASHLAR_OK);
        REQUIRE(ashlar_publish(table, queued.address, NULL) == ASHLAR_OK);
        REQUIRE(callable(block.address)() == index);
        REQUIRE(callable(queued.address)() == seed);
        REQUIRE(ashlar_free(table, block.address) == ASHLAR_OK);
        REQUIRE(ashlar_cache_free(cache, queued.address) == ASHLAR_OK);
        if (index % 16 == 0) {
            /* Each thread has a failure of its own. */
            char expected[32];
            snprintf(expected, sizeof expected, "0x%x", 0x1000 + seed);
            REQUIRE(ashlar_free(table, (void *)(uintptr_t)(0x1000 + seed)) == ASHLAR_WRONG_ADDRESS);
            REQUIRE(says(table, expected));
        }
    }
    REQUIRE(ashlar_cache_close(cache) == ASHLAR_OK);
    free(cache);
    return 0;
}

static void *run_worker(void *argument) {
    worker *self = argument;
    self->line = work(self->table, self->seed);
    return NULL;
}

int from_threads(const ashlar_table *table) {
    enum { THREADS = 4 };
    pthread_t threads[THREADS];
    worker workers[THREADS];
    int line = 0;
    int index;
    for (index = 0; index < THREADS; index++) {
        workers[index].table = table;
        workers[index].seed = index;
        REQUIRE(pthread_create(&threads[index], NULL, run_worker, &workers[index]) == 0);
    }
    for (index = 0; index < THREADS; index++) {
        pthread_join(threads[index], NULL);
        line = line == 0 ? workers[index].line : line;
    }
    return line;
}

/* Leaves that many bytes of the stack, then calls. */
static __attribute__((noinline)) int allocate_with(const ashlar_table *table, size_t left) {
    ashlar_place block;
    int status;
    volatile char *used;
    ashlar_has_stack();
    used = __builtin_alloca((uintptr_t)__builtin_frame_address(0) - ashlar_stack_start_ - left);
    used[0] = 1;
    status = ashlar_allocate(table, 64, 0, &block);
    return status == ASHLAR_OK ? ashlar_free(table, block.address) : status;
}

static int on_a_small_stack(const ashlar_table *table) {
    char text[1] = {'x'};
    /* The JVM has never seen this thread: its attaching needs stack, too. */
    REQUIRE(allocate_with(table, ASHLAR_STACK_ROOM - 1024) == ASHLAR_NO_STACK);
    REQUIRE(allocate_with(table, ASHLAR_STACK_ROOM + 4096) == ASHLAR_OK);
    REQUIRE(allocate_with(table, 64 * KIB) == ASHLAR_NO_STACK);
    REQUIRE(ashlar_last_error(table, text, 1) == 0 && text[0] == 0);
    return 0;
}

static void *run_on_a_small_stack(void *argument) {
    worker *self = argument;
    self->line = on_a_small_stack(self->table);
    return NULL;
}

int little_stack(const ashlar_table *table) {
    pthread_attr_t attributes;
    pthread_t thread;
    worker self = {table, 0, 0};
    pthread_attr_init(&attributes);
    pthread_attr_setstacksize(&attributes, 1024 * KIB);
    REQUIRE(pthread_create(&thread, &attributes, run_on_a_small_stack, &self) == 0);
    pthread_join(thread, NULL);
    return self.line;
}

/* Returns the status. */
int allocate_and_free(const ashlar_table *table) {
    ashlar_place block;
    int status = ashlar_allocate(table, 64, 0, &block);
    return status == ASHLAR_OK ? ashlar_free(table, block.address) : status;
}

/* Allocates until that fails. Returns the status. */
int allocate_all(const ashlar_table *table) {
    ashlar_place block;
    int status;
    do {
        status = ashlar_allocate(table, 16, 0, &block);
    } while (status == ASHLAR_OK);
    return status;
}
