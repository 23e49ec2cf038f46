/* libFuzzer on paths: the input up to its first line feed is the path, the
 * rest the data. What a definite path selects can be put back and changes
 * nothing. Crashers go to tests/fuzz/crashers/path/. Run by `make fuzz`. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "lib/asl/path/path.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void demand(bool condition)
{
    if (!condition)
        abort();
}

static void try_put(struct arena *arena, const struct path *path,
                    const struct scope *scope, const struct json *there)
{
    const struct json *seven = json_make_integer(arena, 7);
    const char *fault;
    const struct json *put = path_put(arena, path, scope->data, seven);
    bool reference = path_is_definite(path) && !path_is_context(path);
    demand(put == NULL || reference);
    if (put != NULL) {
        const struct scope after = {.arena = arena, .data = put};
        const struct json *got = path_get(path, &after, &fault);
        demand(got != NULL && json_equal(got, seven));
    }
    if (reference && there != NULL) {
        const struct json *same = path_put(arena, path, scope->data, there);
        demand(same != NULL && json_equal(same, scope->data));
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena arena = arena_create(64 << 20);
    const char *bytes = (const char *)data, *fault = NULL;
    const char *end = size == 0 ? NULL : memchr(bytes, '\n', size);
    size_t length = end == NULL ? size : (size_t)(end - bytes);
    const char *text = arena_copy(&arena, bytes, length);
    const struct path *path = path_parse(&arena, text, &fault);
    demand((path == NULL) == (fault != NULL));
    struct json_fault json_fault;
    const struct json *value =
        path == NULL || end == NULL
            ? NULL
            : json_read(&arena, end + 1, size - length - 1, 1000, &json_fault);
    if (value != NULL) {
        const struct scope scope = {
            .arena = &arena, .data = value, .context = value};
        const struct json *got = path_get(path, &scope, &fault);
        demand(got == NULL || fault == NULL);
        if (!path_is_definite(path))
            demand(got == NULL ? fault != NULL : json_kind(got) == JSON_ARRAY);
        try_put(&arena, path, &scope, got);
    }
    arena_destroy(&arena);
    return 0;
}
