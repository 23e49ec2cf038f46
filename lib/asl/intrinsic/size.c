/* Measuring values: see size.h. Called by intrinsic*.c and
 * template.c. */
#include "lib/asl/intrinsic/size.h"

#include <stdint.h>
#include <string.h>

#include "lib/asl/asl.h"

struct tally {
    size_t bytes;
    size_t most;
    bool too_deep;
};

/* The escapes are json_writer's. */
static void count_string(struct tally *tally, const char *string)
{
    tally->bytes += 2 + strlen(string);
    for (const char *s = string; *s != '\0'; s++) {
        unsigned char c = (unsigned char)*s;
        if (c == '"' || c == '\\' || c == '\n')
            tally->bytes += 1;
        else if (c < 0x20)
            tally->bytes += 5;
    }
}

static void count(struct tally *tally, const struct json *value, int depth)
{
    switch (json_kind(value)) {
    case JSON_NULL:
        tally->bytes += 4;
        return;
    case JSON_BOOL:
        tally->bytes += json_is_true(value) ? 4 : 5;
        return;
    case JSON_NUMBER:
        tally->bytes += strlen(json_number_text(value));
        return;
    case JSON_STRING:
        count_string(tally, json_string(value));
        return;
    case JSON_ARRAY:
    case JSON_OBJECT:
        break;
    }
    tally->bytes += 2;
    tally->too_deep |= depth >= ASL_DATA_DEPTH;
    for (const struct json *e = json_first(value);
         e != NULL && !tally->too_deep && tally->bytes <= tally->most;
         e = json_next(e)) {
        if (e != json_first(value))
            tally->bytes++;
        if (json_kind(value) == JSON_OBJECT) {
            count_string(tally, json_name(e));
            tally->bytes++;
        }
        count(tally, e, depth + 1);
    }
}

size_t intrinsic_size(const struct json *value, size_t most)
{
    struct tally tally = {.most = most};
    count(&tally, value, 0);
    return tally.too_deep ? SIZE_MAX : tally.bytes;
}
