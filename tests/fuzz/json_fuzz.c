/* libFuzzer on the JSON reader: what it accepts prints to text that it reads
 * again and prints the same. Crashers go to tests/fuzz/crashers/json/. Run by
 * `make fuzz`. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "lib/adapter/json/json.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    enum { DEPTH = 64 };
    struct arena arena = arena_create(64 << 20);
    struct json_fault fault = {.offset = SIZE_MAX};
    const struct json *value =
        json_read(&arena, (const char *)data, size, DEPTH, &fault);
    if (value == NULL && (fault.offset > size || fault.detail == NULL))
        abort();
    if (value != NULL) {
        char *first = json_print(&arena, value);
        const struct json *again =
            json_read(&arena, first, strlen(first), DEPTH, &fault);
        if (again == NULL || strcmp(first, json_print(&arena, again)) != 0)
            abort();
    }
    arena_destroy(&arena);
    return 0;
}
