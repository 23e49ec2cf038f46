/* libFuzzer on the workflow reader: what it refuses has mistakes that point at
 * something in the document; what it accepts can be run to its end. Crashers
 * go to tests/fuzz/crashers/definition/.
 *
 *     clang -g -O1 -I. -fsanitize=fuzzer,address,undefined \
 *         -o /tmp/definition_fuzz tests/fuzz/definition_fuzz.c lib/asl/[a-z]*.c
 * \
 *         lib/adapter/json*.c lib/base/{arena,text,log,json_writer,clock}.c \
 *         -lcjson -lm
 *     /tmp/definition_fuzz -max_len=4096 -max_total_time=120 */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "lib/adapter/json.h"
#include "lib/asl/definition.h"
#include "lib/base/text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool holds)
{
    if (!holds)
        abort();
}

/* The value at an RFC 6901 pointer, or NULL. */
static const struct json *resolve(struct arena *arena, const struct json *value,
                                  const char *pointer)
{
    while (*pointer != '\0' && value != NULL) {
        must(*pointer++ == '/');
        struct text token = text_create(arena, 32);
        for (; *pointer != '\0' && *pointer != '/'; pointer++) {
            if (*pointer == '~')
                text_putc(&token, *++pointer == '0' ? '~' : '/');
            else
                text_putc(&token, *pointer);
        }
        if (json_kind(value) == JSON_OBJECT) {
            value = json_member(value, token.bytes);
        } else {
            long index = strtol(token.bytes, NULL, 10);
            value = json_first(value);
            while (value != NULL && index-- > 0)
                value = json_next(value);
        }
    }
    return value;
}

static void run(const struct asl_definition *definition)
{
    static const char *const errors[] = {"x", "States.ALL", "States.Timeout",
                                         "States.TaskFailed"};
    must(asl_start(definition) != NULL);
    for (size_t i = 0; i < asl_count(definition); i++) {
        const struct asl_state *state = asl_at(definition, i);
        must(asl_find(definition, asl_state_name(state)) == state);
        must((asl_state_type(state) == ASL_TASK) ==
             (asl_state_resource(state) != NULL));
        struct asl_decision d = asl_after_success(state);
        must((d.verdict == ASL_GO) == (d.next != NULL));
        for (size_t k = 0; k < sizeof errors / sizeof *errors; k++) {
            d = asl_after_error(state, errors[k], NULL, 0, 0.5);
            must((d.verdict == ASL_GO) == (d.next != NULL));
            must(d.verdict != ASL_END_SUCCEEDED && d.delay_ms >= 0);
            must(d.verdict != ASL_RETRY ||
                 d.retrier < asl_state_retriers(state));
        }
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena arena = arena_create(256 << 20);
    struct json_fault fault;
    const struct json *json =
        json_read(&arena, (const char *)data, size, 32, &fault);
    if (json != NULL) {
        const struct asl_definition *definition;
        const struct asl_mistake *mistakes;
        if (asl_parse(&arena, json, &definition, &mistakes)) {
            must(mistakes == NULL);
            run(definition);
        } else {
            must(definition == NULL && mistakes != NULL);
        }
        for (; mistakes != NULL; mistakes = mistakes->next)
            must(resolve(&arena, json, mistakes->pointer) != NULL);
    }
    arena_destroy(&arena);
    return 0;
}
