/* Reads a definition and collects whatever is wrong with it: asl_parse of
 * asl.h. The clauses are those of states-language.net/spec.html. */
#include "lib/asl/parse/parse.h"
#include "lib/base/text/text.h"

/* Follows every edge from the start. A list instead of recursion: a chain may
 * be as long as the file allows. */
static void check_reach(struct check *c, const struct place *at)
{
    const struct asl_machine *machine = c->machine;
    const struct asl_state **found =
        arena_alloc(c->arena, machine->count * sizeof *found);
    bool *reached = arena_alloc(c->arena, machine->count * sizeof *reached);
    size_t count = 0;
    found[count++] = machine->start;
    reached[machine->start - machine->states] = true;
    for (size_t i = 0; i < count; i++) {
        for (size_t k = 0; k < asl_edges(found[i]); k++) {
            const struct asl_state *to = asl_edge_at(found[i], k).to;
            if (to == NULL || reached[to - machine->states])
                continue;
            reached[to - machine->states] = true;
            found[count++] = to;
        }
    }
    for (size_t i = 0; i < machine->count; i++)
        if (!reached[i])
            check_note_field(c, at, machine->states[i].name,
                             "no way leads to this state");
}

static void check_states(struct check *c, const struct place *at,
                         struct asl_machine *machine)
{
    enum { NAME_MAX_POINTS = 80 }; /* "States" */
    for (size_t i = 0; i < machine->count; i++) {
        struct asl_state *state = &machine->states[i];
        const struct place here = {.up = at, .name = state->name};
        if (text_count(state->name) > NAME_MAX_POINTS)
            check_note(c, &here, "a state's name has at most 80 characters");
        if (asl_find(c->definition, state->name) != state)
            check_note(c, &here,
                       "another state has this name: each must be the only "
                       "one in the whole definition");
        parse_state(c, &here, state->json, state);
    }
    if (machine->count == 0)
        check_note(c, at, "must not be empty");
    else if (c->edges_known && !c->terminal_found)
        check_note(c, at, "no state ends the machine");
    if (c->edges_known && machine->start != NULL)
        check_reach(c, at);
}

void parse_machine(struct check *c, const struct place *at,
                   const struct json *json, struct asl_machine *machine,
                   enum where where)
{
    if (!check_object(c, at, json))
        return;
    const struct asl_machine *outer = c->machine;
    bool outer_edges_known = c->edges_known;
    bool outer_terminal_found = c->terminal_found;
    c->machine = machine;
    c->edges_known = true;
    c->terminal_found = false;
    parse_fields(c, at, json, where);
    const struct json *states = check_need(c, at, json, "States");
    const struct place here = {.up = at, .name = "States"};
    bool readable = states != NULL && check_object(c, &here, states);
    machine->start = parse_target(c, at, json, "StartAt");
    if (readable)
        check_states(c, &here, machine);
    c->machine = outer;
    c->edges_known = outer_edges_known;
    c->terminal_found = outer_terminal_found;
}

static void check_document(struct check *c, const struct json *json)
{
    const struct place root = {.up = NULL};
    if (json_depth(json) > ASL_DEPTH) {
        check_note(c, &root,
                   arena_printf(c->arena,
                                "arrays and objects are nested more than %d "
                                "deep",
                                ASL_DEPTH));
        return;
    }
    parse_names(c);
    parse_machine(c, &root, json, &c->definition->root, IN_ROOT);
}

bool asl_parse(struct arena *arena, const struct json *json,
               const struct asl_definition **definition,
               const struct asl_mistake **mistakes)
{
    struct check c = {.arena = arena};
    c.definition = arena_alloc(arena, sizeof *c.definition);
    c.definition->json = json;
    c.end = &c.mistakes;
    check_document(&c, json);
    *mistakes = c.mistakes;
    *definition = c.mistakes == NULL ? c.definition : NULL;
    return c.mistakes == NULL;
}
