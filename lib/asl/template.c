/* Payload templates: see template.h. Called by whatever takes a state's input
 * and output through Parameters, ResultSelector and ItemSelector. */
#include "lib/asl/template.h"

#include <stdlib.h>
#include <string.h>

#include "lib/asl/intrinsic/intrinsic.h"
#include "lib/asl/intrinsic/size.h"
#include "lib/asl/path/path.h"

const char *template_check_expression(struct arena *arena, const char *text)
{
    if (text[0] != '$')
        return intrinsic_check(arena, text);
    const char *mistake = NULL;
    path_parse(arena, text, &mistake);
    return mistake;
}

/* What goes along through a template. */
struct filling {
    const struct scope *scope;
    struct fault *fault;
    size_t left; /* see intrinsic_call */
};

static const struct json *fail(struct filling *f, const char *error,
                               const char *cause)
{
    *f->fault = (struct fault){error, cause};
    return NULL;
}

static const struct json *evaluate(struct filling *f, const char *expression)
{
    if (expression[0] != '$')
        return intrinsic_call(expression, f->scope, &f->left, f->fault);
    const char *problem = NULL;
    const struct path *path = path_parse(f->scope->arena, expression, &problem);
    const struct json *value =
        path == NULL ? NULL : path_get(path, f->scope, &problem);
    if (value != NULL)
        return value;
    return fail(f, "States.ParameterPathFailure",
                arena_printf(f->scope->arena, "the path %s: %s", expression,
                             problem != NULL ? problem : "it selects nothing"));
}

bool template_is_expression(const char *name)
{
    return text_ends_in(name, ".$");
}

static const struct json *fill(struct filling *f, const struct json *value,
                               int depth);

static const struct json *fill_member(struct filling *f,
                                      const struct json *member, int depth)
{
    const char *name = json_name(member);
    if (!template_is_expression(name))
        return fill(f, member, depth + 1);
    const char *expression = json_string(member);
    const struct json *value = NULL;
    if (expression != NULL)
        value = evaluate(f, expression);
    else
        fail(f, "States.ParameterPathFailure", "it must be a string");
    if (value == NULL)
        f->fault->cause =
            arena_printf(f->scope->arena, "%s: %s", name, f->fault->cause);
    return value;
}

struct filled {
    const char *name;
    const struct json *value;
};

static int compare_names(const void *left, const void *right)
{
    return strcmp(*(const char *const *)left, *(const char *const *)right);
}

static const struct json *
make_object(struct arena *arena, const struct filled *members, size_t count)
{
    /* Only a definition that nobody checked has a name twice; looking each up
     * would be slow on large templates. */
    const char **names = arena_alloc(arena, count * sizeof *names);
    for (size_t i = 0; i < count; i++)
        names[i] = members[i].name;
    qsort(names, count, sizeof *names, compare_names);
    bool twice = false;
    for (size_t i = 1; i < count; i++)
        twice |= strcmp(names[i - 1], names[i]) == 0;
    struct json *object = json_make_object(arena);
    for (size_t i = 0; i < count; i++) {
        if (twice)
            json_put(arena, object, members[i].name, members[i].value);
        else
            json_add(arena, object, members[i].name, members[i].value);
    }
    return object;
}

static const struct json *fill_object(struct filling *f,
                                      const struct json *object, int depth)
{
    struct arena *arena = f->scope->arena;
    size_t count = json_count(object), at = 0;
    struct filled *members = arena_alloc(arena, count * sizeof *members);
    bool changed = false;
    for (const struct json *e = json_first(object); e != NULL;
         e = json_next(e), at++) {
        const char *name = json_name(e);
        members[at].value = fill_member(f, e, depth);
        if (members[at].value == NULL)
            return NULL;
        changed |= members[at].value != e || template_is_expression(name);
        members[at].name = template_is_expression(name)
                               ? arena_copy(arena, name, strlen(name) - 2)
                               : name;
    }
    return changed ? make_object(arena, members, count) : object;
}

static const struct json *fill_array(struct filling *f,
                                     const struct json *array, int depth)
{
    struct json *made = NULL;
    for (const struct json *e = json_first(array); e != NULL;
         e = json_next(e)) {
        const struct json *value = fill(f, e, depth + 1);
        if (value == NULL)
            return NULL;
        if (value != e && made == NULL) {
            made = json_make_array(f->scope->arena);
            for (const struct json *same = json_first(array); same != e;
                 same = json_next(same))
                json_append(f->scope->arena, made, same);
        }
        if (made != NULL)
            json_append(f->scope->arena, made, value);
    }
    return made != NULL ? made : array;
}

static const struct json *fill(struct filling *f, const struct json *value,
                               int depth)
{
    if (depth > ASL_DATA_DEPTH)
        return fail(f, "States.DataLimitExceeded",
                    "the template is nested too deep");
    if (json_kind(value) == JSON_OBJECT)
        return fill_object(f, value, depth);
    if (json_kind(value) == JSON_ARRAY)
        return fill_array(f, value, depth);
    return value;
}

static const struct json *bounded(struct filling *f, const struct json *value)
{
    size_t size = value == NULL ? 0 : intrinsic_size(value, ASL_DATA_BYTES);
    if (size <= ASL_DATA_BYTES)
        return value;
    return fail(f, "States.DataLimitExceeded",
                size == SIZE_MAX ? "what the expressions select is nested more "
                                   "than 200 deep"
                                 : "what the expressions select is more than "
                                   "262144 bytes of JSON");
}

const struct json *template_fill(const struct json *template,
                                 const struct scope *scope, struct fault *fault)
{
    struct filling f = {scope, fault, INTRINSIC_BYTES};
    const struct json *value = fill(&f, template, 0);
    return value == template ? value : bounded(&f, value);
}

const struct json *template_value(const char *expression,
                                  const struct scope *scope,
                                  struct fault *fault)
{
    struct filling f = {scope, fault, INTRINSIC_BYTES};
    return bounded(&f, evaluate(&f, expression));
}
