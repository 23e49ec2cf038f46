/* The intrinsic functions on arrays (specification, appendix B). Called by
 * intrinsic.c. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/asl/intrinsic/private.h"
#include "lib/base/text/json_writer.h"

const struct json *intrinsic_array_of(const struct intrinsic_run *run)
{
    struct json *array = json_make_array(run->scope->arena);
    for (size_t i = 0; i < run->count; i++)
        json_append(run->scope->arena, array, run->values[i]);
    return array;
}

const struct json *intrinsic_array_partition(const struct intrinsic_run *run)
{
    const struct json *array = intrinsic_array(run, 0);
    int64_t size;
    if (array == NULL || !intrinsic_integer(run, 1, &size))
        return NULL;
    if (size < 1)
        return intrinsic_fail(run, "the chunk size is %lld, not 1 or more",
                              (long long)size);
    struct arena *arena = run->scope->arena;
    struct json *chunks = json_make_array(arena);
    for (const struct json *e = json_first(array); e != NULL;) {
        struct json *chunk = json_make_array(arena);
        for (int64_t i = 0; i < size && e != NULL; i++, e = json_next(e))
            json_append(arena, chunk, e);
        json_append(arena, chunks, chunk);
    }
    return chunks;
}

const struct json *intrinsic_array_range(const struct intrinsic_run *run)
{
    int64_t first, last, step;
    if (!intrinsic_integer(run, 0, &first) ||
        !intrinsic_integer(run, 1, &last) || !intrinsic_integer(run, 2, &step))
        return NULL;
    if (step == 0)
        return intrinsic_fail(run, "the step is 0");
    /* All are within 2^53: nothing here overflows. */
    int64_t count = (last - first) / step + 1;
    if ((step > 0 && first > last) || (step < 0 && first < last))
        count = 0;
    if (count > INTRINSIC_RANGE)
        return intrinsic_fail(run, "%lld elements are more than %d",
                              (long long)count, INTRINSIC_RANGE);
    struct json *array = json_make_array(run->scope->arena);
    for (int64_t i = 0; i < count; i++)
        json_append(run->scope->arena, array,
                    json_make_integer(run->scope->arena, first + i * step));
    return array;
}

const struct json *intrinsic_array_get_item(const struct intrinsic_run *run)
{
    const struct json *array = intrinsic_array(run, 0);
    int64_t index;
    if (array == NULL || !intrinsic_integer(run, 1, &index))
        return NULL;
    const struct json *e = index < 0 ? NULL : json_first(array);
    for (int64_t i = 0; i < index && e != NULL; i++)
        e = json_next(e);
    if (e == NULL)
        return intrinsic_fail(run, "index %lld is outside an array of %zu",
                              (long long)index, json_count(array));
    return e;
}

const struct json *intrinsic_array_length(const struct intrinsic_run *run)
{
    const struct json *array = intrinsic_array(run, 0);
    return array == NULL ? NULL
                         : json_make_integer(run->scope->arena,
                                             (int64_t)json_count(array));
}

static int compare_names(const void *left, const void *right)
{
    return strcmp(json_name(*(const struct json *const *)left),
                  json_name(*(const struct json *const *)right));
}

static void put_number(struct json_writer *w, const struct json *value)
{
    int64_t whole;
    double number = json_double(value);
    char text[32];
    if (json_integer(value, &whole))
        json_put_int(w, whole);
    else if (number == floor(number) && fabs(number) <= 9007199254740992.0)
        json_put_int(w, (int64_t)number);
    else {
        snprintf(text, sizeof text, "%.17g", number);
        json_put_raw(w, text);
    }
}

/* The same text for all that is equal (1 and 1.0, members in any order), so
 * that comparing costs no more for purpose-made data. */
static void put_canonical(struct json_writer *w, const struct json *value)
{
    switch (json_kind(value)) {
    case JSON_NULL:
    case JSON_BOOL:
    case JSON_STRING:
        json_print_to(w, value);
        return;
    case JSON_NUMBER:
        put_number(w, value);
        return;
    case JSON_ARRAY:
        json_open(w, '[');
        for (const struct json *e = json_first(value); e != NULL;
             e = json_next(e))
            put_canonical(w, e);
        json_close(w, ']');
        return;
    case JSON_OBJECT:
        break;
    }
    size_t count = json_count(value), at = 0;
    const struct json **members =
        arena_alloc(w->out->arena, count * sizeof *members);
    for (const struct json *e = json_first(value); e != NULL; e = json_next(e))
        members[at++] = e;
    qsort(members, count, sizeof *members, compare_names);
    json_open(w, '{');
    for (size_t i = 0; i < count; i++) {
        json_key(w, json_name(members[i]));
        put_canonical(w, members[i]);
    }
    json_close(w, '}');
}

static void add_canonical(struct text *out, const struct json *value)
{
    struct json_writer w = json_writer(out);
    put_canonical(&w, value);
    text_add(out, "", 1);
}

const struct json *intrinsic_array_contains(const struct intrinsic_run *run)
{
    const struct json *array = intrinsic_array(run, 0);
    if (array == NULL)
        return NULL;
    struct text wanted = text_create(run->scope->arena, 64);
    add_canonical(&wanted, run->values[1]);
    struct text here = text_create(run->scope->arena, 64);
    for (const struct json *e = json_first(array); e != NULL;
         e = json_next(e)) {
        if (json_kind(e) != json_kind(run->values[1]))
            continue;
        here.length = 0;
        add_canonical(&here, e);
        if (strcmp(here.bytes, wanted.bytes) == 0)
            return json_make_bool(run->scope->arena, true);
    }
    return json_make_bool(run->scope->arena, false);
}

struct candidate {
    const char *text; /* canonical */
    size_t index;
};

static int compare_candidates(const void *left, const void *right)
{
    const struct candidate *a = left, *b = right;
    int order = strcmp(a->text, b->text);
    return order != 0 ? order : (a->index > b->index) - (a->index < b->index);
}

const struct json *intrinsic_array_unique(const struct intrinsic_run *run)
{
    const struct json *array = intrinsic_array(run, 0);
    if (array == NULL)
        return NULL;
    struct arena *arena = run->scope->arena;
    struct text all = text_create(arena, 256);
    size_t count = 0;
    for (const struct json *e = json_first(array); e != NULL;
         e = json_next(e), count++)
        add_canonical(&all, e);
    struct candidate *candidates =
        arena_alloc(arena, count * sizeof *candidates);
    const char *text = all.bytes;
    for (size_t i = 0; i < count; i++, text += strlen(text) + 1)
        candidates[i] = (struct candidate){text, i};
    qsort(candidates, count, sizeof *candidates, compare_candidates);
    bool *again = arena_alloc(arena, count * sizeof *again);
    for (size_t i = 1; i < count; i++)
        again[candidates[i].index] =
            strcmp(candidates[i - 1].text, candidates[i].text) == 0;
    struct json *unique = json_make_array(arena);
    size_t index = 0;
    for (const struct json *e = json_first(array); e != NULL; e = json_next(e))
        if (!again[index++])
            json_append(arena, unique, e);
    return unique;
}
