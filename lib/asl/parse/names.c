/* The first pass of asl_parse: see parse.h. A way out may lead to a state
 * further down, and a name must be known throughout the definition, so all
 * states are there before the first one is checked. */
#include <stdlib.h>
#include <string.h>

#include "lib/asl/parse/parse.h"

bool parse_type(const char *name, enum asl_type *type)
{
    for (int i = ASL_TASK; i <= ASL_FAIL; i++) {
        *type = (enum asl_type)i;
        if (name != NULL && strcmp(name, asl_type_name(*type)) == 0)
            return true;
    }
    return false;
}

static void take_machine(struct check *c, const struct json *json,
                         struct asl_machine *machine);

static void take_machines(struct check *c, struct asl_state *state)
{
    enum asl_type type;
    if (!parse_type(json_string(json_member(state->json, "Type")), &type))
        return;
    if (type == ASL_PARALLEL) {
        const struct json *branches = json_member(state->json, "Branches");
        if (branches == NULL || json_kind(branches) != JSON_ARRAY)
            return;
        state->machines = arena_alloc(c->arena, json_count(branches) *
                                                    sizeof *state->machines);
        for (const struct json *e = json_first(branches); e != NULL;
             e = json_next(e))
            take_machine(c, e, &state->machines[state->machine_count++]);
    } else if (type == ASL_MAP) {
        const struct json *one = json_member(state->json, "ItemProcessor");
        if (one == NULL)
            one = json_member(state->json, "Iterator");
        if (one == NULL)
            return;
        state->machine_count = 1;
        state->machines = arena_alloc(c->arena, sizeof *state->machines);
        take_machine(c, one, state->machines);
    }
}

/* All states of a machine are allocated before those inside them: state_find
 * counts on one that is further out, or earlier in the document, lying at a
 * lower address. */
static void take_machine(struct check *c, const struct json *json,
                         struct asl_machine *machine)
{
    const struct json *states = json_member(json, "States");
    if (states == NULL || json_kind(states) != JSON_OBJECT)
        return;
    machine->states =
        arena_alloc(c->arena, json_count(states) * sizeof *machine->states);
    for (const struct json *e = json_first(states); e != NULL; e = json_next(e))
        machine->states[machine->count++] = (struct asl_state){
            .name = json_name(e), .json = e, .machine = machine};
    c->definition->state_count += machine->count;
    for (size_t i = 0; i < machine->count; i++)
        take_machines(c, &machine->states[i]);
}

static const struct asl_state **collect(const struct asl_machine *machine,
                                        const struct asl_state **out)
{
    for (size_t i = 0; i < machine->count; i++) {
        const struct asl_state *state = &machine->states[i];
        *out++ = state;
        for (size_t k = 0; k < state->machine_count; k++)
            out = collect(&state->machines[k], out);
    }
    return out;
}

static int by_name(const void *a, const void *b)
{
    const struct asl_state *left = *(const struct asl_state *const *)a;
    const struct asl_state *right = *(const struct asl_state *const *)b;
    int order = strcmp(left->name, right->name);
    if (order != 0)
        return order;
    return ((uintptr_t)left > (uintptr_t)right) -
           ((uintptr_t)left < (uintptr_t)right);
}

void parse_names(struct check *c)
{
    struct asl_definition *def = c->definition;
    take_machine(c, def->json, &def->root);
    def->by_name =
        arena_alloc(c->arena, def->state_count * sizeof(struct asl_state *));
    collect(&def->root, def->by_name);
    if (def->state_count > 0)
        qsort(def->by_name, def->state_count, sizeof(struct asl_state *),
              by_name);
}

const struct asl_state *parse_target(struct check *c, const struct place *at,
                                     const struct json *object,
                                     const char *name)
{
    check_need(c, at, object, name);
    const char *wanted = check_string(c, at, object, name);
    if (wanted == NULL)
        return NULL;
    const struct asl_state *state =
        state_find(c->definition, wanted, c->machine);
    if (state != NULL)
        return state;
    check_note_field(c, at, name,
                     state_find(c->definition, wanted, NULL) == NULL
                         ? "there is no state of this name"
                         : "this state is not in the same States: no way "
                           "leads into or out of a branch or an iteration");
    return NULL;
}
