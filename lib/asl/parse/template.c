/* Payload templates, and whether a state needs the context object: see
 * parse.h. */
#include <stdlib.h>
#include <string.h>

#include "lib/asl/parse/parse.h"
#include "lib/asl/template.h"

static int by_text(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* "A JSON object MUST NOT have duplicate field names after fields ending with
 * the characters ".$" are renamed". Sorted: an object may be wide. */
static void check_twins(struct check *c, const struct place *at,
                        const struct json *object)
{
    size_t count = 0;
    const char **names =
        arena_alloc(c->arena, json_count(object) * sizeof *names);
    for (const struct json *e = json_first(object); e != NULL;
         e = json_next(e)) {
        const char *name = json_name(e);
        size_t length = strlen(name);
        names[count++] = template_is_expression(name)
                             ? arena_copy(c->arena, name, length - 2)
                             : name;
    }
    qsort(names, count, sizeof *names, by_text);
    for (size_t i = 1; i < count; i++)
        if (strcmp(names[i - 1], names[i]) == 0)
            check_note_field(c, at, arena_printf(c->arena, "%s.$", names[i]),
                             "the same field stands here without .$ too");
}

static void check_expression(struct check *c, const struct place *at,
                             const struct json *value)
{
    if (!check_text(c, at, value))
        return;
    const char *text = json_string(value);
    const char *fault = template_check_expression(c->arena, text);
    if (fault != NULL && *text == '$')
        fault = arena_printf(c->arena, "is no path: %s", fault);
    if (fault != NULL)
        check_note(c, at, fault);
}

void parse_template(struct check *c, const struct place *at,
                    const struct json *json)
{
    bool expressions = false;
    size_t index = 0;
    for (const struct json *e = json_first(json); e != NULL; e = json_next(e)) {
        const char *name = json_name(e);
        const struct place here = {.up = at, .name = name, .index = index++};
        if (name != NULL && template_is_expression(name)) {
            expressions = true;
            check_expression(c, &here, e);
        } else {
            parse_template(c, &here, e);
        }
    }
    if (expressions)
        check_twins(c, at, json);
}

static bool names_context(const struct json *json)
{
    const char *text = json_string(json);
    if (text != NULL)
        return strstr(text, "$$") != NULL;
    for (const struct json *e = json_first(json); e != NULL; e = json_next(e))
        if (names_context(e))
            return true;
    return false;
}

bool parse_finds_context(const struct asl_state *state)
{
    static const char *const machines[] = {"Branches", "ItemProcessor",
                                           "Iterator"};
    for (const struct json *e = json_first(state->json); e != NULL;
         e = json_next(e)) {
        bool own = true;
        for (size_t i = 0; i < sizeof machines / sizeof *machines; i++)
            own = own && strcmp(json_name(e), machines[i]) != 0;
        if (own && names_context(e))
            return true;
    }
    return false;
}
