/* What a definition answers: the section "Definitions" of asl.h, save
 * asl_parse. */
#include <assert.h>
#include <string.h>

#include "lib/asl/state.h"

const struct asl_machine *asl_root(const struct asl_definition *definition)
{
    return &definition->root;
}

const struct asl_state *state_find(const struct asl_definition *definition,
                                   const char *name,
                                   const struct asl_machine *machine)
{
    uintptr_t least = machine == NULL ? 0 : (uintptr_t)machine->states;
    size_t from = 0;
    size_t to = definition->state_count;
    while (from < to) {
        size_t middle = from + (to - from) / 2;
        const struct asl_state *state = definition->by_name[middle];
        int order = strcmp(state->name, name);
        if (order < 0 || (order == 0 && (uintptr_t)state < least))
            from = middle + 1;
        else
            to = middle;
    }
    if (from == definition->state_count)
        return NULL;
    const struct asl_state *found = definition->by_name[from];
    if (strcmp(found->name, name) != 0)
        return NULL;
    return machine == NULL || found->machine == machine ? found : NULL;
}

const struct asl_state *asl_find(const struct asl_definition *definition,
                                 const char *name)
{
    return state_find(definition, name, NULL);
}

const struct asl_state *asl_start(const struct asl_machine *machine)
{
    return machine->start;
}

size_t asl_count(const struct asl_machine *machine)
{
    return machine->count;
}

const struct asl_state *asl_at(const struct asl_machine *machine, size_t index)
{
    assert(index < machine->count);
    return &machine->states[index];
}

const char *asl_name(const struct asl_state *state)
{
    return state->name;
}

enum asl_type asl_type(const struct asl_state *state)
{
    return state->type;
}

const char *asl_type_name(enum asl_type type)
{
    static const char *const names[] = {
        [ASL_TASK] = "Task",         [ASL_PASS] = "Pass",
        [ASL_CHOICE] = "Choice",     [ASL_WAIT] = "Wait",
        [ASL_PARALLEL] = "Parallel", [ASL_MAP] = "Map",
        [ASL_SUCCEED] = "Succeed",   [ASL_FAIL] = "Fail"};
    return names[type];
}

const struct json *asl_json(const struct asl_state *state)
{
    return state->json;
}

const char *asl_resource(const struct asl_state *state)
{
    return state->resource;
}

bool asl_waits_for_token(const struct asl_state *state)
{
    return state->waits_for_token;
}

size_t asl_machines(const struct asl_state *state)
{
    return state->machine_count;
}

const struct asl_machine *asl_machine_at(const struct asl_state *state,
                                         size_t index)
{
    assert(index < state->machine_count);
    return &state->machines[index];
}

/* A Choice has no Next, and only a Choice has rules and a Default: so the one
 * order serves all types. */
size_t asl_edges(const struct asl_state *state)
{
    return state->rule_count + (state->otherwise != NULL) +
           (state->next != NULL) + state->catcher_count;
}

struct asl_edge asl_edge_at(const struct asl_state *state, size_t index)
{
    assert(index < asl_edges(state));
    if (index < state->rule_count)
        return (struct asl_edge){ASL_EDGE_CHOICE, state->rules[index].next,
                                 index};
    index -= state->rule_count;
    if (state->otherwise != NULL && index-- == 0)
        return (struct asl_edge){ASL_EDGE_DEFAULT, state->otherwise, 0};
    if (state->next != NULL && index-- == 0)
        return (struct asl_edge){ASL_EDGE_NEXT, state->next, 0};
    return (struct asl_edge){ASL_EDGE_CATCH, state->catchers[index].next,
                             index};
}
