/* Putting a value at a path: see path.h. Called where ResultPath is applied. */
#include "lib/asl/path/private.h"

static const struct json *put(struct arena *arena, const struct path_step *step,
                              const struct json *data,
                              const struct json *value);

/* data NULL: the object lacks and is made. */
static const struct json *put_member(struct arena *arena,
                                     const struct path_step *step,
                                     const struct json *data,
                                     const struct json *value)
{
    const char *name = step->selector.name;
    if (data != NULL && json_kind(data) != JSON_OBJECT)
        return NULL;
    const struct json *child =
        put(arena, step->next, json_member(data, name), value);
    if (child == NULL)
        return NULL;
    struct json *copy =
        data == NULL ? json_make_object(arena) : json_clone(arena, data);
    json_put(arena, copy, name, child);
    return copy;
}

static const struct json *put_element(struct arena *arena,
                                      const struct path_step *step,
                                      const struct json *data,
                                      const struct json *value)
{
    if (data == NULL)
        return NULL;
    const struct json *there = path_child(&step->selector, data);
    if (there == NULL)
        return NULL;
    const struct json *child = put(arena, step->next, there, value);
    if (child == NULL)
        return NULL;
    size_t index = 0;
    for (const struct json *e = json_first(data); e != there; e = json_next(e))
        index++;
    struct json *copy = json_clone(arena, data);
    json_replace(copy, index, child);
    return copy;
}

/* The recursion is as deep as a path has steps: PATH_STEPS. */
static const struct json *put(struct arena *arena, const struct path_step *step,
                              const struct json *data, const struct json *value)
{
    if (step == NULL)
        return value;
    return step->selector.kind == PATH_NAME
               ? put_member(arena, step, data, value)
               : put_element(arena, step, data, value);
}

const struct json *path_put(struct arena *arena, const struct path *path,
                            const struct json *data, const struct json *value)
{
    if (path->base != PATH_DATA || !path->definite)
        return NULL;
    return put(arena, path->first, data, value);
}
