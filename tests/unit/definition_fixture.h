/* What the tests of lib/asl share: an arena a group, and JSON that is easy to
 * read. */
#ifndef TESTS_UNIT_DEFINITION_FIXTURE_H
#define TESTS_UNIT_DEFINITION_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "lib/adapter/json/json.h"
#include "lib/asl/asl.h"

static struct arena arena;

static inline int setup(void **state)
{
    (void)state;
    arena = arena_create(64 << 20);
    return 0;
}

static inline int teardown(void **state)
{
    (void)state;
    arena_destroy(&arena);
    return 0;
}

/* JSON is written with ' for " here, to be read by people. */
static inline const struct json *json(const char *text)
{
    char *copy = arena_string(&arena, text);
    for (char *s = copy; *s != '\0'; s++)
        if (*s == '\'')
            *s = '"';
    struct json_fault fault;
    const struct json *value =
        json_read(&arena, copy, strlen(copy), 2 * ASL_DEPTH, &fault);
    if (value == NULL)
        fail_msg("%s: %s at %zu", copy, fault.detail, fault.offset);
    return value;
}

#endif
