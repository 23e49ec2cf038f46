/* libFuzzer on the workflow reader: what it refuses has mistakes that point at
 * something in the document; what it accepts can be walked through. Crashers
 * go to tests/fuzz/crashers/definition/. Run by `make fuzz`. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "lib/adapter/json/json.h"
#include "lib/asl/asl.h"
#include "lib/base/text/text.h"

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

/* A way out leads to a state of the same machine; only a Choice has more than
 * one besides its catchers. */
static void walk_edges(const struct asl_definition *definition,
                       const struct asl_machine *machine,
                       const struct asl_state *state)
{
    size_t others = 0;
    for (size_t i = 0; i < asl_edges(state); i++) {
        struct asl_edge edge = asl_edge_at(state, i);
        bool inside = false;
        for (size_t k = 0; k < asl_count(machine); k++)
            inside = inside || asl_at(machine, k) == edge.to;
        must(inside);
        must(asl_find(definition, asl_name(edge.to)) == edge.to);
        must(asl_type(state) != ASL_CHOICE || edge.kind != ASL_EDGE_CATCH);
        others += edge.kind != ASL_EDGE_CATCH;
    }
    must(asl_type(state) == ASL_CHOICE ? others > 0 : others <= 1);
}

static void walk(const struct asl_definition *definition,
                 const struct asl_machine *machine)
{
    must(asl_start(machine) != NULL && asl_count(machine) > 0);
    for (size_t i = 0; i < asl_count(machine); i++) {
        const struct asl_state *state = asl_at(machine, i);
        enum asl_type type = asl_type(state);
        must(asl_find(definition, asl_name(state)) == state);
        must((type == ASL_TASK) == (asl_resource(state) != NULL));
        must(type == ASL_TASK || !asl_waits_for_token(state));
        must(asl_json(state) != NULL);
        walk_edges(definition, machine, state);
        must(type == ASL_PARALLEL ? asl_machines(state) > 0
                                  : asl_machines(state) == (type == ASL_MAP));
        for (size_t k = 0; k < asl_machines(state); k++)
            walk(definition, asl_machine_at(state, k));
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena arena = arena_create(256 << 20);
    struct json_fault fault;
    const struct json *json =
        json_read(&arena, (const char *)data, size, 2 * ASL_DEPTH, &fault);
    if (json != NULL) {
        const struct asl_definition *definition;
        const struct asl_mistake *mistakes;
        if (asl_parse(&arena, json, &definition, &mistakes)) {
            must(mistakes == NULL);
            walk(definition, asl_root(definition));
        } else {
            must(definition == NULL && mistakes != NULL);
        }
        for (; mistakes != NULL; mistakes = mistakes->next)
            must(resolve(&arena, json, mistakes->pointer) != NULL);
    }
    arena_destroy(&arena);
    return 0;
}
