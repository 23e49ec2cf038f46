/* What the tests of the JSON reader share: an arena a group, and readers that
 * fail the test when a document is not taken, or refused, as expected. */
#ifndef TESTS_UNIT_JSON_FIXTURE_H
#define TESTS_UNIT_JSON_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "lib/adapter/json/json.h"

enum { DEPTH = 8 };

static struct arena arena;

static inline int setup(void **state)
{
    (void)state;
    arena = arena_create(256 << 20);
    return 0;
}

static inline int teardown(void **state)
{
    (void)state;
    arena_destroy(&arena);
    return 0;
}

/* A copy without a NUL behind it, so that ASan sees a read past the end. */
static inline const struct json *read_bytes(const char *bytes, size_t length,
                                            struct json_fault *fault)
{
    char *exact = test_malloc(length > 0 ? length : 1);
    if (length > 0)
        memcpy(exact, bytes, length);
    const struct json *value = json_read(&arena, exact, length, DEPTH, fault);
    test_free(exact);
    return value;
}

static inline const struct json *read_ok(const char *text)
{
    struct json_fault fault = {0};
    const struct json *value = read_bytes(text, strlen(text), &fault);
    if (value == NULL)
        fail_msg("%s: %s at %zu", text, fault.detail, fault.offset);
    return value;
}

static inline void refused_bytes(const char *bytes, size_t length,
                                 size_t offset, const char *detail)
{
    struct json_fault fault = {0};
    if (read_bytes(bytes, length, &fault) != NULL)
        fail_msg("accepted: %s", bytes);
    if (fault.offset != offset || strcmp(fault.detail, detail) != 0)
        fail_msg("%s: %s at %zu", bytes, fault.detail, fault.offset);
}

static inline void refused(const char *text, size_t offset, const char *detail)
{
    refused_bytes(text, strlen(text), offset, detail);
}

#endif
