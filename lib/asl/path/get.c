/* What a path selects: see path.h. Called wherever a state reads its data. */
#include "lib/asl/path/private.h"

bool path_spend(struct path_search *search, size_t work)
{
    struct path_budget *budget = search->budget;
    if (work <= budget->work) {
        budget->work -= work;
        return true;
    }
    budget->work = 0;
    budget->fault = "the path is too much work on this data";
    return false;
}

/* The one at the index, which counts from the end when it is negative. */
static const struct json *element(const struct json *array, int index)
{
    if (json_kind(array) != JSON_ARRAY)
        return NULL;
    size_t skip = (size_t)index;
    if (index < 0) {
        size_t count = json_count(array);
        size_t back = (size_t)-index;
        if (back > count)
            return NULL;
        skip = count - back;
    }
    const struct json *e = json_first(array);
    while (e != NULL && skip-- > 0)
        e = json_next(e);
    return e;
}

const struct json *path_child(const struct path_selector *selector,
                              const struct json *value)
{
    return selector->kind == PATH_NAME ? json_member(value, selector->name)
                                       : element(value, selector->from);
}

static bool emit(struct path_search *s, const struct json *value)
{
    s->any = true;
    if (s->found == NULL)
        return false;
    if (s->budget->values == 0) {
        s->budget->fault = "the path selects more than 100,000 values";
        return false;
    }
    s->budget->values--;
    json_append(s->arena, s->found, value);
    return true;
}

static bool follow_children(struct path_search *s,
                            const struct path_selector *selector,
                            const struct path_step *rest,
                            const struct json *value)
{
    for (const struct json *e = json_first(value); e != NULL;
         e = json_next(e)) {
        if (!path_spend(s, 1))
            return false;
        if (selector->kind == PATH_WHERE &&
            !path_matches(s, selector->filter, e))
            continue;
        if (!path_follow(s, rest, e))
            return false;
    }
    return true;
}

/* A slice's bound, counted from the start. */
static size_t bound(int number, size_t count)
{
    if (number >= 0)
        return (size_t)number < count ? (size_t)number : count;
    size_t back = (size_t)-number;
    return back < count ? count - back : 0;
}

static bool follow_slice(struct path_search *s,
                         const struct path_selector *selector,
                         const struct path_step *rest, const struct json *value)
{
    if (json_kind(value) != JSON_ARRAY)
        return true;
    size_t count = json_count(value);
    size_t to = bound(selector->to, count);
    size_t wanted = bound(selector->from, count);
    size_t i = 0;
    for (const struct json *e = json_first(value); i < to;
         e = json_next(e), i++) {
        if (!path_spend(s, 1))
            return false;
        if (i != wanted)
            continue;
        wanted += (size_t)selector->stride;
        if (!path_follow(s, rest, e))
            return false;
    }
    return true;
}

static bool follow_selector(struct path_search *s,
                            const struct path_selector *selector,
                            const struct path_step *rest,
                            const struct json *value)
{
    const struct json *child;
    switch (selector->kind) {
    case PATH_NAME:
    case PATH_INDEX:
        if (!path_spend(s, 1 + json_count(value)))
            return false;
        child = path_child(selector, value);
        return child == NULL || path_follow(s, rest, child);
    case PATH_SLICE:
        return follow_slice(s, selector, rest, value);
    case PATH_EACH:
    case PATH_WHERE:
        break;
    }
    return follow_children(s, selector, rest, value);
}

static bool follow_step(struct path_search *s, const struct path_step *step,
                        const struct json *value)
{
    const struct path_selector *selector = &step->selector;
    while (selector != NULL && follow_selector(s, selector, step->next, value))
        selector = selector->next;
    return selector == NULL;
}

/* .. takes the step from the value, then from each one below it. */
static bool descend(struct path_search *s, const struct path_step *step,
                    const struct json *value)
{
    if (!follow_step(s, step, value))
        return false;
    for (const struct json *e = json_first(value); e != NULL; e = json_next(e))
        if (!path_spend(s, 1) ||
            (json_first(e) != NULL && !descend(s, step, e)))
            return false;
    return true;
}

bool path_follow(struct path_search *search, const struct path_step *step,
                 const struct json *value)
{
    if (step == NULL)
        return emit(search, value);
    return step->deep ? descend(search, step, value)
                      : follow_step(search, step, value);
}

const struct json *path_get(const struct path *path, const struct scope *scope,
                            const char **fault)
{
    const struct json *root =
        path->base == PATH_CONTEXT ? scope->context : scope->data;
    *fault = NULL;
    if (path->definite) {
        const struct json *value = root;
        for (const struct path_step *step = path->first;
             step != NULL && value != NULL; step = step->next)
            value = path_child(&step->selector, value);
        return value;
    }
    /* Each path has a budget; many of them in one state have none. */
    if (scope->arena->used > scope->arena->cap / 8 * 7) {
        *fault = "the paths of this state select too much";
        return NULL;
    }
    struct path_budget budget = {.work = PATH_WORK, .values = PATH_VALUES};
    struct path_search search = {.arena = scope->arena,
                                 .root = root,
                                 .budget = &budget,
                                 .found = json_make_array(scope->arena)};
    if (root != NULL)
        path_follow(&search, path->first, root);
    *fault = budget.fault;
    return budget.fault == NULL ? search.found : NULL;
}

const struct json *path_select(const char *text, const struct scope *scope,
                               struct fault *fault)
{
    const char *detail;
    const struct json *value = NULL;
    const struct path *path = path_parse(scope->arena, text, &detail);
    if (path != NULL)
        value = path_get(path, scope, &detail);
    if (value != NULL)
        return value;
    fault->error = "States.Runtime";
    fault->cause =
        detail != NULL
            ? arena_printf(scope->arena, "the path %s: %s", text, detail)
            : arena_printf(scope->arena, "the path %s selects nothing", text);
    return NULL;
}
