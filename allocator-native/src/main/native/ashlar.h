/*
 * Ashlar for native code in the process of a JVM: executable memory from a heap of Ashlar.
 *
 * Java makes the table (dev.ashlar.nativetable.NativeTable) and hands its address over. A table stays readable until
 * the process ends.
 *
 * Call the inline functions below. Each returns ASHLAR_OK or the reason why nothing has changed. No exception leaves
 * them. Any thread may call them: the JVM attaches a thread at its first call, and detaches it when the thread ends.
 * docs/native.md has an example, and says what a call costs. Needs C99 or C++11, gcc or clang, Linux on x86-64.
 */
#ifndef ASHLAR_H
#define ASHLAR_H

#include <pthread.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#ifdef __cplusplus
extern "C" {
#endif

#define ASHLAR_VERSION 1

typedef enum ashlar_status {
    ASHLAR_OK = 0,
    ASHLAR_BAD_ARGUMENT = 1,   /* no heap could serve the size, the alignment, the count or the pointer */
    ASHLAR_WRONG_ADDRESS = 2,  /* no block that was taken through a table starts there */
    ASHLAR_NO_ROOM = 3,        /* the heap is full, or the host gives no more memory */
    ASHLAR_NOT_REACHABLE = 4,  /* rel32 does not reach the target */
    ASHLAR_REFUSED = 5,        /* the host refuses what the heap's write path needs */
    ASHLAR_CLOSED = 6,         /* the table or the heap is closed */
    ASHLAR_UNUSABLE = 7,       /* the heap is damaged, or belongs to the parent of this process */
    ASHLAR_NO_JAVA_MEMORY = 8, /* an OutOfMemoryError of the JVM */
    ASHLAR_NO_STACK = 9,       /* less stack is left than ASHLAR_STACK_ROOM, or a StackOverflowError */
    ASHLAR_FAULT = 10          /* an error in Ashlar */
} ashlar_status;

/* Bytes of stack that a call needs. With less, a call returns ASHLAR_NO_STACK and does not enter the JVM. */
#define ASHLAR_STACK_ROOM ((size_t)256 << 10)

/* The heap behind a table: an opaque number that is never used again. */
typedef struct ashlar_heap ashlar_heap;

/* Memory that is written at one address and used at another. */
typedef struct ashlar_place {
    void *address;  /* where it runs or is read; the block's name in later calls; relocate for it */
    void *writable; /* where to write it until it is published; of data at all times */
} ashlar_place;

/* Bytes and alignments of a unit. A size of 0 is a part that the unit does not have, an alignment of 0 is 16. */
typedef struct ashlar_sizes {
    size_t code;
    size_t constants;
    size_t data;
    size_t code_alignment;
    size_t constant_alignment;
    size_t data_alignment;
} ashlar_sizes;

/* Code with its constants and variables, in reach of each other. A part that the unit does not have is all NULL. */
typedef struct ashlar_unit {
    ashlar_place code;
    ashlar_place constants;
    ashlar_place data;
} ashlar_unit;

/* Publishing a block without a name orders stores and is no call: write path ALIAS. */
#define ASHLAR_PUBLISHED_BY_FENCE 1u

/* The functions, for languages that do not read this header. They do not check the stack. */
typedef struct ashlar_table {
    uint32_t version;
    uint32_t byte_size; /* of this struct: a later version may be longer */
    ashlar_heap *heap;  /* the first argument of the functions */
    uint64_t flags;
    uintptr_t code_address; /* all code of the heap lies in these bytes */
    size_t code_byte_size;

    int (*allocate)(ashlar_heap *heap, size_t byte_size, size_t byte_alignment, ashlar_place *result);
    int (*allocate_near)(
        ashlar_heap *heap, size_t byte_size, size_t byte_alignment, const void *target, ashlar_place *result);
    int (*allocate_blocks)(
        ashlar_heap *heap, size_t byte_size, size_t byte_alignment, size_t count, ashlar_place *results);
    int (*publish)(ashlar_heap *heap, void *address, const char *name);
    int (*shrink)(ashlar_heap *heap, void *address, size_t byte_size);
    int (*free_block)(ashlar_heap *heap, void *address);
    int (*free_blocks)(ashlar_heap *heap, void *const *addresses, size_t count);
    int (*allocate_unit)(ashlar_heap *heap, const ashlar_sizes *sizes, ashlar_unit *result);
    int (*publish_unit)(ashlar_heap *heap, const ashlar_unit *unit, const char *name);
    int (*free_unit)(ashlar_heap *heap, const ashlar_unit *unit);
    size_t (*last_error)(char *buffer, size_t byte_size);
} ashlar_table;

/* ---- the stack ---- */

#if !defined(__cplusplus) && !defined(_GNU_SOURCE)
/* Without that macro, pthread.h need not declare them. */
extern int pthread_getattr_np(pthread_t thread, pthread_attr_t *attributes);
extern int pthread_attr_getstack(const pthread_attr_t *attributes, void **start, size_t *byte_size);
#endif

static __thread uintptr_t ashlar_stack_start_;

/* Whether the thread's stack has room for a call. The first call in a thread asks the C library. */
static inline int ashlar_has_stack(void) {
    uintptr_t here;
    /* Not __builtin_frame_address(0): the caller, into which this is inlined, may have a large frame. */
    __asm__ volatile("movq %%rsp, %0" : "=r"(here));
    if (ashlar_stack_start_ == 0) {
        pthread_attr_t attributes;
        void *start;
        size_t byte_size;
        if (pthread_getattr_np(pthread_self(), &attributes) != 0) {
            return 0;
        }
        pthread_attr_getstack(&attributes, &start, &byte_size);
        pthread_attr_destroy(&attributes);
        ashlar_stack_start_ = (uintptr_t)start;
    }
    return here - ashlar_stack_start_ >= ASHLAR_STACK_ROOM;
}

#define ASHLAR_CALL_(call) (ashlar_has_stack() ? (call) : (int)ASHLAR_NO_STACK)

/* ---- blocks ---- */

/* Takes a block of code, full of traps. The caller writes, publishes and frees it. An alignment of 0 is 16. */
static inline int ashlar_allocate(
    const ashlar_table *table, size_t byte_size, size_t byte_alignment, ashlar_place *result) {
    return ASHLAR_CALL_(table->allocate(table->heap, byte_size, byte_alignment, result));
}

/* The same, but only if rel32 reaches the target from all of the block. */
static inline int ashlar_allocate_near(
    const ashlar_table *table, size_t byte_size, size_t byte_alignment, const void *target, ashlar_place *result) {
    return ASHLAR_CALL_(table->allocate_near(table->heap, byte_size, byte_alignment, target, result));
}

/* Takes count blocks of one size by one call, or none. */
static inline int ashlar_allocate_blocks(
    const ashlar_table *table, size_t byte_size, size_t byte_alignment, size_t count, ashlar_place *results) {
    return ASHLAR_CALL_(table->allocate_blocks(table->heap, byte_size, byte_alignment, count, results));
}

/*
 * Makes a block callable by each thread that gets its address by a release store or a lock. It is not written after
 * this. The name is for profilers and debuggers, and may be NULL.
 */
static inline int ashlar_publish(const ashlar_table *table, void *address, const char *name) {
    if ((table->flags & ASHLAR_PUBLISHED_BY_FENCE) != 0 && name == NULL) {
        __atomic_thread_fence(__ATOMIC_RELEASE);
        return ASHLAR_OK;
    }
    return ASHLAR_CALL_(table->publish(table->heap, address, name));
}

/* Gives back the end of a block that was not published yet. */
static inline int ashlar_shrink(const ashlar_table *table, void *address, size_t byte_size) {
    return ASHLAR_CALL_(table->shrink(table->heap, address, byte_size));
}

/* Frees a block, published or not. The caller knows that no thread runs it. */
static inline int ashlar_free(const ashlar_table *table, void *address) {
    return ASHLAR_CALL_(table->free_block(table->heap, address));
}

/* Frees many by one call. A wrong address does not hold up the others: the result is that of the first that failed. */
static inline int ashlar_free_blocks(const ashlar_table *table, void *const *addresses, size_t count) {
    return ASHLAR_CALL_(table->free_blocks(table->heap, addresses, count));
}

/* ---- units ---- */

/* Takes all parts of a unit, or none. */
static inline int ashlar_allocate_unit(const ashlar_table *table, const ashlar_sizes *sizes, ashlar_unit *result) {
    return ASHLAR_CALL_(table->allocate_unit(table->heap, sizes, result));
}

/* Publishes code and constants of a unit. Data can be written at all times. The name may be NULL. */
static inline int ashlar_publish_unit(const ashlar_table *table, const ashlar_unit *unit, const char *name) {
    if ((table->flags & ASHLAR_PUBLISHED_BY_FENCE) != 0 && name == NULL) {
        __atomic_thread_fence(__ATOMIC_RELEASE);
        return ASHLAR_OK;
    }
    return ASHLAR_CALL_(table->publish_unit(table->heap, unit, name));
}

/* Frees all parts of a unit, or none. */
static inline int ashlar_free_unit(const ashlar_table *table, const ashlar_unit *unit) {
    return ASHLAR_CALL_(table->free_unit(table->heap, unit));
}

/* ---- what lies where, and what went wrong ---- */

/* Whether rel32 reaches an address from each byte of the heap's code. No call. */
static inline int ashlar_reaches(const ashlar_table *table, const void *target) {
    int64_t from_first = (int64_t)((uintptr_t)target - table->code_address);
    int64_t from_last = (int64_t)((uintptr_t)target - (table->code_address + table->code_byte_size));
    return from_first <= INT32_MAX && from_last >= INT32_MIN;
}

/*
 * Writes why the thread's last call with another result than ASHLAR_OK failed, cut to byte_size with its zero. Returns
 * the length of the whole text. Without a failure, or without stack, the text is empty.
 */
static inline size_t ashlar_last_error(const ashlar_table *table, char *buffer, size_t byte_size) {
    if (ashlar_has_stack()) {
        return table->last_error(buffer, byte_size);
    }
    if (byte_size > 0) {
        buffer[0] = 0;
    }
    return 0;
}

/* ---- a cache, for one thread at a time ---- */

#define ASHLAR_CACHE_GRANULE 64u   /* sizes are rounded up to a multiple */
#define ASHLAR_CACHE_CLASSES 32u   /* larger blocks, of more than 2 KiB, go to the heap one by one */
#define ASHLAR_CACHE_BLOCKS 16u    /* blocks of one size that are taken by one call */
#define ASHLAR_CACHE_FREED 16u     /* blocks that are freed by one call */

/*
 * Takes blocks of up to 2 KiB, and frees them, many by one call. Its memory is the caller's; it holds at most
 * ASHLAR_CACHE_BLOCKS unused blocks of each size that was asked for. A block that is freed here stays as it is until
 * its call is made; the result of that call is the result of a later ashlar_cache_free or of ashlar_cache_flush.
 */
typedef struct ashlar_cache {
    const ashlar_table *table;
    size_t freed_count;
    void *freed[ASHLAR_CACHE_FREED];
    uint32_t ready[ASHLAR_CACHE_CLASSES];
    ashlar_place places[ASHLAR_CACHE_CLASSES][ASHLAR_CACHE_BLOCKS];
} ashlar_cache;

static inline void ashlar_cache_open(ashlar_cache *cache, const ashlar_table *table) {
    cache->table = table;
    cache->freed_count = 0;
    memset(cache->ready, 0, sizeof cache->ready);
}

/* Takes a block aligned to 16 bytes, as ashlar_allocate does. */
static inline int ashlar_cache_allocate(ashlar_cache *cache, size_t byte_size, ashlar_place *result) {
    size_t index = (byte_size - 1) / ASHLAR_CACHE_GRANULE;
    /* Elsewhere, a block of pages or a buffer of its own is too much to keep unused. */
    if (index >= ASHLAR_CACHE_CLASSES || (cache->table->flags & ASHLAR_PUBLISHED_BY_FENCE) == 0) {
        return ashlar_allocate(cache->table, byte_size, 0, result);
    }
    if (cache->ready[index] == 0) {
        int status = ashlar_allocate_blocks(
            cache->table, (index + 1) * ASHLAR_CACHE_GRANULE, 0, ASHLAR_CACHE_BLOCKS, cache->places[index]);
        if (status != ASHLAR_OK) {
            /* There may be room for one. */
            return ashlar_allocate(cache->table, byte_size, 0, result);
        }
        cache->ready[index] = ASHLAR_CACHE_BLOCKS;
    }
    *result = cache->places[index][--cache->ready[index]];
    return ASHLAR_OK;
}

/* Frees what was queued. */
static inline int ashlar_cache_flush(ashlar_cache *cache) {
    size_t count = cache->freed_count;
    if (count == 0) {
        return ASHLAR_OK;
    }
    if (!ashlar_has_stack()) {
        return ASHLAR_NO_STACK;
    }
    cache->freed_count = 0;
    return ashlar_free_blocks(cache->table, cache->freed, count);
}

/* Queues a block of any size to be freed. */
static inline int ashlar_cache_free(ashlar_cache *cache, void *address) {
    int status = ASHLAR_OK;
    if (cache->freed_count == ASHLAR_CACHE_FREED) {
        status = ashlar_cache_flush(cache);
        if (cache->freed_count != 0) {
            return status;
        }
    }
    cache->freed[cache->freed_count++] = address;
    return status;
}

/* Gives everything back that the cache holds, before the table is closed. */
static inline int ashlar_cache_close(ashlar_cache *cache) {
    int status = ashlar_cache_flush(cache);
    size_t index;
    for (index = 0; index < ASHLAR_CACHE_CLASSES; index++) {
        while (cache->ready[index] > 0) {
            int next = ashlar_cache_free(cache, cache->places[index][--cache->ready[index]].address);
            status = status == ASHLAR_OK ? next : status;
        }
    }
    {
        int last = ashlar_cache_flush(cache);
        return status == ASHLAR_OK ? last : status;
    }
}

#ifdef __cplusplus
}
#endif

#endif
