/* A capped bump allocator: one per request in hand or per step of the reaper.
 * Everything allocated from it lives until arena_reset; nothing is freed
 * singly. Running out is a bug (the body and field limits come first) and
 * ends the process. */
#ifndef BASE_MEMORY_ARENA_H
#define BASE_MEMORY_ARENA_H

#include <stdbool.h>
#include <stddef.h>

struct arena {
    char *base;
    size_t used;
    size_t cap;
    size_t kept; /* what a reset leaves in memory: whole pages */
};

/* Reserves cap bytes of address space; memory is taken as it is touched. */
struct arena arena_create(size_t cap);
void arena_destroy(struct arena *arena);

/* Forgets everything; gives memory beyond a small working set back. */
void arena_reset(struct arena *arena);

/* Arenas of one size, handed out and taken back by value. One that came back is
 * kept, with its small working set, for the next taker. */
enum { ARENA_POOL = 512 };

struct arena_pool {
    size_t cap; /* of each arena */
    size_t in_hand;
    size_t peak; /* most in hand since the last trim */
    size_t spare_count;
    struct arena spare[ARENA_POOL];
};

struct arena arena_pool_take(struct arena_pool *pool);
void arena_pool_give(struct arena_pool *pool, struct arena *arena);

/* Gives back the spare arenas that were not needed since the last call. */
void arena_pool_trim(struct arena_pool *pool);

/* Whether it lies in the arena, so that a reset takes it away. */
bool arena_holds(const struct arena *arena, const void *bytes);

/* Zeroed memory, aligned for any type; never NULL. */
void *arena_alloc(struct arena *arena, size_t size);

/* Lengthens the last piece given out by size zeroed bytes. */
void arena_alloc_more(struct arena *arena, size_t size);

/* Copies; the result ends in NUL. */
char *arena_copy(struct arena *arena, const char *bytes, size_t length);
char *arena_string(struct arena *arena, const char *string);
char *arena_printf(struct arena *arena, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

#endif
