/* The intrinsic functions on objects and numbers, and States.UUID
 * (specification, appendix B). Called by intrinsic.c. */
#include <stdlib.h>
#include <string.h>

#include "lib/asl/intrinsic/private.h"
#include "lib/base/text/text.h"

struct entry {
    const char *name;
    const struct json *value;
    size_t index;
};

static int compare_entries(const void *left, const void *right)
{
    const struct entry *a = left, *b = right;
    return strcmp(a->name, b->name);
}

static bool is_object(const struct json *value)
{
    return json_kind(value) == JSON_OBJECT;
}

/* Sorted, because looking each member up in the other object is slow on
 * purpose-made ones. As deep as the data may be, ASL_DATA_DEPTH. */
static const struct json *merge(struct arena *arena, const struct json *first,
                                const struct json *second, bool deep)
{
    size_t count = json_count(second), at = 0;
    struct entry *entries = arena_alloc(arena, count * sizeof *entries);
    bool *used = arena_alloc(arena, count * sizeof *used);
    for (const struct json *e = json_first(second); e != NULL;
         e = json_next(e), at++)
        entries[at] = (struct entry){json_name(e), e, at};
    qsort(entries, count, sizeof *entries, compare_entries);
    struct json *merged = json_make_object(arena);
    for (const struct json *e = json_first(first); e != NULL;
         e = json_next(e)) {
        struct entry key = {.name = json_name(e)};
        const struct entry *other =
            bsearch(&key, entries, count, sizeof *entries, compare_entries);
        const struct json *value = other != NULL ? other->value : e;
        if (other != NULL)
            used[other->index] = true;
        if (deep && is_object(e) && is_object(value) && value != e)
            value = merge(arena, e, value, true);
        json_add(arena, merged, key.name, value);
    }
    at = 0;
    for (const struct json *e = json_first(second); e != NULL; e = json_next(e))
        if (!used[at++])
            json_add(arena, merged, json_name(e), e);
    return merged;
}

const struct json *intrinsic_json_merge(const struct intrinsic_run *run)
{
    const struct json *first = intrinsic_object(run, 0);
    const struct json *second = first == NULL ? NULL : intrinsic_object(run, 1);
    if (second == NULL)
        return NULL;
    if (json_kind(run->values[2]) != JSON_BOOL)
        return intrinsic_fail(run, "argument 3 must be true or false");
    return merge(run->scope->arena, first, second,
                 json_is_true(run->values[2]));
}

/* splitmix64, for a seed that gives the same number everywhere. */
static uint64_t scramble(uint64_t seed)
{
    uint64_t z = seed + 0x9e3779b97f4a7c15U;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9U;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebU;
    return z ^ (z >> 31);
}

const struct json *intrinsic_math_random(const struct intrinsic_run *run)
{
    int64_t start, end, seed = 0;
    if (!intrinsic_integer(run, 0, &start) ||
        !intrinsic_integer(run, 1, &end) ||
        (run->count == 3 && !intrinsic_integer(run, 2, &seed)))
        return NULL;
    if (start >= end)
        return intrinsic_fail(run,
                              "the end, %lld, is not above the start, %lld",
                              (long long)end, (long long)start);
    const struct asl_env *env = run->scope->env;
    uint64_t random =
        run->count == 3 ? scramble((uint64_t)seed) : env->random(env->context);
    /* The range is at most 2^54, so the remainder is even enough. */
    uint64_t range = (uint64_t)(end - start);
    return json_make_integer(run->scope->arena,
                             start + (int64_t)(random % range));
}

const struct json *intrinsic_math_add(const struct intrinsic_run *run)
{
    int64_t numbers[2];
    for (size_t i = 0; i < 2; i++) {
        if (!intrinsic_integer(run, i, &numbers[i]))
            return NULL;
        if (numbers[i] < INT32_MIN || numbers[i] > INT32_MAX)
            return intrinsic_fail(
                run, "argument %zu is outside -2147483648 to 2147483647",
                i + 1);
    }
    return json_make_integer(run->scope->arena, numbers[0] + numbers[1]);
}

const struct json *intrinsic_uuid(const struct intrinsic_run *run)
{
    const struct asl_env *env = run->scope->env;
    uint64_t random[2];
    random[0] = env->random(env->context);
    random[1] = env->random(env->context);
    unsigned char b[sizeof random];
    memcpy(b, random, sizeof b);
    b[6] = (unsigned char)(0x40 | (b[6] & 0x0f)); /* RFC 9562, section 5.4 */
    b[8] = (unsigned char)(0x80 | (b[8] & 0x3f));
    char hex[2 * sizeof b + 1];
    text_hex(b, sizeof b, hex);
    return json_make_string(
        run->scope->arena,
        arena_printf(run->scope->arena, "%.8s-%.4s-%.4s-%.4s-%.12s", hex,
                     hex + 8, hex + 12, hex + 16, hex + 20));
}
