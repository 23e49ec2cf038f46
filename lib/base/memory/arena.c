/* The arena: see arena.h. Called by everything above. */
#define _GNU_SOURCE
#include "lib/base/memory/arena.h"

#include <assert.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

#include "lib/base/log/log.h"

/* What a reset arena keeps resident: enough for the common request. */
enum { ARENA_KEPT = 16 * 1024, ARENA_ALIGN = 16 };

struct arena arena_create(size_t cap)
{
    void *base = mmap(NULL, cap, PROT_READ | PROT_WRITE,
                      MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (base == MAP_FAILED)
        die("arena: no memory for %zu bytes", cap);
    return (struct arena){
        .base = base, .used = 0, .cap = cap, .kept = ARENA_KEPT};
}

void arena_destroy(struct arena *arena)
{
    if (arena->base != NULL)
        munmap(arena->base, arena->cap);
    *arena = (struct arena){0};
}

void arena_reset(struct arena *arena)
{
    if (arena->used > arena->kept)
        madvise(arena->base + arena->kept, arena->cap - arena->kept,
                MADV_DONTNEED);
    arena->used = 0;
}

bool arena_holds(const struct arena *arena, const void *bytes)
{
    return (uintptr_t)bytes - (uintptr_t)arena->base < arena->cap;
}

struct arena arena_pool_take(struct arena_pool *pool)
{
    if (++pool->in_hand > pool->peak)
        pool->peak = pool->in_hand;
    return pool->spare_count > 0 ? pool->spare[--pool->spare_count]
                                 : arena_create(pool->cap);
}

void arena_pool_give(struct arena_pool *pool, struct arena *arena)
{
    assert(pool->in_hand > 0 && arena->cap == pool->cap);
    pool->in_hand--;
    if (pool->spare_count == ARENA_POOL) {
        arena_destroy(arena);
        return;
    }
    arena_reset(arena);
    pool->spare[pool->spare_count++] = *arena;
    *arena = (struct arena){0};
}

void arena_pool_trim(struct arena_pool *pool)
{
    while (pool->spare_count > 0 &&
           pool->in_hand + pool->spare_count > pool->peak)
        arena_destroy(&pool->spare[--pool->spare_count]);
    pool->peak = pool->in_hand;
}

void *arena_alloc(struct arena *arena, size_t size)
{
    size_t start = (arena->used + ARENA_ALIGN - 1) & ~(size_t)(ARENA_ALIGN - 1);
    if (start > arena->cap || size > arena->cap - start)
        die("arena: %zu bytes asked of a cap of %zu", size, arena->cap);
    arena->used = start + size;
    return memset(arena->base + start, 0, size);
}

void arena_alloc_more(struct arena *arena, size_t size)
{
    if (size > arena->cap - arena->used)
        die("arena: %zu bytes asked of a cap of %zu", size, arena->cap);
    memset(arena->base + arena->used, 0, size);
    arena->used += size;
}

char *arena_copy(struct arena *arena, const char *bytes, size_t length)
{
    char *copy = arena_alloc(arena, length + 1);
    if (length > 0)
        memcpy(copy, bytes, length);
    return copy;
}

char *arena_string(struct arena *arena, const char *string)
{
    return arena_copy(arena, string, strlen(string));
}

char *arena_printf(struct arena *arena, const char *format, ...)
{
    va_list list;
    va_start(list, format);
    int length = vsnprintf(NULL, 0, format, list);
    va_end(list);
    if (length < 0)
        die("arena: bad format");
    char *out = arena_alloc(arena, (size_t)length + 1);
    va_start(list, format);
    vsnprintf(out, (size_t)length + 1, format, list);
    va_end(list);
    return out;
}
