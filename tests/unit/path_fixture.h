/* What the tests of paths share: JSON that is easy to read, and a path's
 * result beside what is expected of it. */
#ifndef TESTS_UNIT_PATH_FIXTURE_H
#define TESTS_UNIT_PATH_FIXTURE_H

#include "tests/unit/json_fixture.h"

#include <string.h>

#include "lib/asl/path/path.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

struct selection {
    const char *path;
    const char *result; /* JSON with ' for "; NULL: nothing */
};

/* JSON is written with ' for " here, to be read by people. */
static inline const struct json *json(const char *text)
{
    char *copy = arena_string(&arena, text);
    for (char *s = copy; *s != '\0'; s++)
        if (*s == '\'')
            *s = '"';
    struct json_fault fault;
    const struct json *value =
        json_read(&arena, copy, strlen(copy), 1000, &fault);
    if (value == NULL)
        fail_msg("%s: %s at %zu", copy, fault.detail, fault.offset);
    return value;
}

static inline const struct path *parsed(const char *text)
{
    const char *fault = "not set";
    const struct path *path = path_parse(&arena, text, &fault);
    if (path == NULL || fault != NULL)
        fail_msg("%s: %s", text, fault);
    return path;
}

static inline void selects(const struct scope *scope,
                           const struct selection *cases, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const char *fault = "not set";
        const struct json *value =
            path_get(parsed(cases[i].path), scope, &fault);
        if (fault != NULL)
            fail_msg("%s: %s", cases[i].path, fault);
        const char *got = value == NULL ? "" : json_print(&arena, value);
        const char *expected = cases[i].result == NULL
                                   ? ""
                                   : json_print(&arena, json(cases[i].result));
        if (strcmp(got, expected) != 0)
            fail_msg("%s gives %s, not %s", cases[i].path, got, expected);
    }
}

struct refusal {
    const char *path;
    const char *part; /* of the fault */
};

static inline void refuses(const struct refusal *cases, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const char *fault = NULL;
        if (path_parse(&arena, cases[i].path, &fault) != NULL)
            fail_msg("%s was accepted", cases[i].path);
        if (fault == NULL || strstr(fault, cases[i].part) == NULL)
            fail_msg("%s: %s", cases[i].path, fault);
    }
}

#endif
