/* libFuzzer on intrinsic functions: the input is a call, a line feed, and the
 * data it is evaluated against. What the check takes may fail when it is
 * evaluated, what it refuses must; results are JSON within the limits.
 * Crashers go to tests/fuzz/crashers/intrinsic/. Run by `make fuzz`. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "lib/asl/intrinsic/intrinsic.h"
#include "lib/base/text/text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static uint64_t count(void *context)
{
    return (*(uint64_t *)context)++ * 0x9e3779b97f4a7c15U;
}

static void try_call(struct arena *arena, const char *call,
                     const struct json *data)
{
    uint64_t random = 0;
    const struct asl_env env = {.random = count, .context = &random};
    const struct scope scope = {
        .arena = arena, .data = data, .context = data, .env = &env};
    const char *mistake = intrinsic_check(arena, call);
    struct fault fault = {0};
    size_t left = INTRINSIC_BYTES;
    const struct json *value = intrinsic_call(call, &scope, &left, &fault);
    if (mistake != NULL && value != NULL)
        abort();
    if (value == NULL) {
        if (fault.error == NULL || fault.cause == NULL ||
            !text_is_utf8(fault.cause, strlen(fault.cause)))
            abort();
        return;
    }
    const char *text = json_print(arena, value);
    struct json_fault problem;
    if (strlen(text) > ASL_DATA_BYTES ||
        json_read(arena, text, strlen(text), ASL_DATA_DEPTH, &problem) == NULL)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena arena = arena_create(256 << 20);
    const char *text = arena_copy(&arena, (const char *)data, size);
    const char *end = memchr(text, '\n', size);
    if (end != NULL && text_is_utf8(text, (size_t)(end - text))) {
        struct json_fault fault;
        const struct json *value =
            json_read(&arena, end + 1, size - (size_t)(end - text) - 1,
                      ASL_DATA_DEPTH, &fault);
        if (value != NULL)
            try_call(&arena, arena_copy(&arena, text, (size_t)(end - text)),
                     value);
    }
    arena_destroy(&arena);
    return 0;
}
