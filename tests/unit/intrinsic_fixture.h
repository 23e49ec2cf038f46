/* What the tests of intrinsic functions and templates share: a scope with
 * data, a context and a random source that counts. */
#ifndef TESTS_UNIT_INTRINSIC_FIXTURE_H
#define TESTS_UNIT_INTRINSIC_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "lib/adapter/json/json.h"
#include "lib/asl/intrinsic/intrinsic.h"
#include "lib/asl/run/scope.h"

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

static inline uint64_t next_random(void *context)
{
    uint64_t *last = context;
    return *last += 0x9e3779b97f4a7c15U;
}

/* JSON is written with ' for " here, to be read by people. */
static inline char *quoted(const char *text)
{
    char *copy = arena_string(&arena, text);
    for (char *s = copy; *s != '\0'; s++)
        if (*s == '\'')
            *s = '"';
    return copy;
}

static inline const struct json *json(const char *text)
{
    char *copy = quoted(text);
    struct json_fault fault;
    const struct json *value =
        json_read(&arena, copy, strlen(copy), ASL_DATA_DEPTH, &fault);
    if (value == NULL)
        fail_msg("%s: %s at %zu", copy, fault.detail, fault.offset);
    return value;
}

static inline const struct scope *scope_of(const char *data)
{
    static uint64_t random;
    static const struct asl_env env = {.random = next_random,
                                       .context = &random};
    struct scope *scope = arena_alloc(&arena, sizeof *scope);
    *scope = (struct scope){.arena = &arena,
                            .data = json(data),
                            .context = json("{'State':{'Name':'Here'}}"),
                            .env = &env};
    return scope;
}

static inline const struct json *value_of(const char *call, const char *data)
{
    struct fault fault = {0};
    size_t left = INTRINSIC_BYTES;
    const struct json *value =
        intrinsic_call(call, scope_of(data), &left, &fault);
    if (value == NULL)
        fail_msg("%s: %s: %s", call, fault.error, fault.cause);
    return value;
}

static inline void gives(const char *call, const char *data, const char *result)
{
    char *got = json_print(&arena, value_of(call, data));
    if (strcmp(got, quoted(result)) != 0)
        fail_msg("%s gives %s, not %s", call, got, quoted(result));
}

static inline void fails_with(const char *call, const char *data,
                              const char *error, const char *cause)
{
    struct fault fault = {0};
    size_t left = INTRINSIC_BYTES;
    const struct json *value =
        intrinsic_call(call, scope_of(data), &left, &fault);
    if (value != NULL)
        fail_msg("%s gives %s", call, json_print(&arena, value));
    if (strcmp(fault.error, error) != 0 || strcmp(fault.cause, cause) != 0)
        fail_msg("%s: %s: %s", call, fault.error, fault.cause);
}

static inline void fails(const char *call, const char *data, const char *cause)
{
    fails_with(call, data, "States.IntrinsicFailure", cause);
}

#endif
