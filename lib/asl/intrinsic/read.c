/* Reading a call of an intrinsic function (specification, "Intrinsic
 * Functions"). Called by intrinsic.c. */
#include <string.h>

#include "lib/asl/intrinsic/private.h"
#include "lib/base/text/text.h"

#define NAME "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._"

struct reader {
    struct arena *arena;
    const char *at;
    const char *mistake;
};

static void skip_space(struct reader *r)
{
    r->at += strspn(r->at, " \t\r\n");
}

static bool fail(struct reader *r, const char *mistake)
{
    r->mistake = mistake;
    return false;
}

static bool read_string(struct reader *r, struct intrinsic_argument *argument)
{
    const char *start = ++r->at;
    struct text value = text_create(r->arena, strcspn(start, "'"));
    for (; *r->at != '\''; r->at++) {
        if (*r->at == '\0')
            return fail(r, "a string has no apostrophe at its end");
        if (*r->at == '\\') {
            r->at++;
            if (*r->at == '\0' || strchr("'{}\\", *r->at) == NULL)
                return fail(r, "a backslash in a string may only stand before "
                               "' { } or another backslash");
        }
        text_putc(&value, *r->at);
    }
    argument->raw = arena_copy(r->arena, start, (size_t)(r->at - start));
    argument->value = json_make_string(r->arena, value.bytes);
    r->at++;
    return true;
}

/* A path may hold commas, parentheses and quoted names, but only within its
 * brackets. */
static const char *path_end(const char *s)
{
    size_t open = 0;
    for (; *s != '\0'; s++) {
        if (open > 0 && (*s == '\'' || *s == '"')) {
            char quote = *s++;
            while (*s != '\0' && *s != quote)
                s += *s == '\\' && s[1] != '\0' ? 2 : 1;
            if (*s == '\0')
                return s;
        } else if (*s == '[' || *s == '(') {
            open++;
        } else if (open == 0 && (*s == ',' || *s == ')')) {
            return s;
        } else if (*s == ']' || *s == ')') {
            open -= open > 0;
        }
    }
    return s;
}

static bool read_path(struct reader *r, struct intrinsic_argument *argument)
{
    const char *start = r->at;
    const char *end = r->at = path_end(start);
    while (strchr(" \t\r\n", end[-1]) != NULL) /* start[0] is a dollar sign */
        end--;
    argument->path_text = arena_copy(r->arena, start, (size_t)(end - start));
    const char *problem = NULL;
    argument->path = path_parse(r->arena, argument->path_text, &problem);
    if (argument->path != NULL)
        return true;
    return fail(r, arena_printf(r->arena, "the path %s: %s",
                                argument->path_text, problem));
}

static bool read_scalar(struct reader *r, struct intrinsic_argument *argument)
{
    struct json_fault fault;
    size_t length = strspn(r->at, NAME "+-");
    argument->value = json_read(r->arena, r->at, length, 0, &fault);
    r->at += length;
    if (argument->value == NULL || json_kind(argument->value) == JSON_STRING)
        return fail(r, "an argument must be a string in apostrophes, a number, "
                       "true, false, null, a path or a function");
    return true;
}

static const struct intrinsic_node *read_node(struct reader *r, int depth);

static bool read_argument(struct reader *r, int depth,
                          struct intrinsic_argument *argument)
{
    if (*r->at == '\'')
        return read_string(r, argument);
    if (*r->at == '$')
        return read_path(r, argument);
    size_t name = strspn(r->at, NAME);
    if (name == 0 || r->at[name] != '(')
        return read_scalar(r, argument);
    argument->call = read_node(r, depth + 1);
    return argument->call != NULL;
}

static bool read_arguments(struct reader *r, int depth,
                           struct intrinsic_node *node)
{
    skip_space(r);
    if (*r->at == ')') {
        r->at++;
        return true;
    }
    const struct intrinsic_argument **slot = &node->first;
    for (;;) {
        struct intrinsic_argument *argument =
            arena_alloc(r->arena, sizeof *argument);
        skip_space(r);
        if (!read_argument(r, depth, argument))
            return false;
        *slot = argument;
        slot = &argument->next;
        node->count++;
        skip_space(r);
        if (*r->at != ',' && *r->at != ')')
            return fail(r, arena_printf(r->arena,
                                        "%s: a comma or ) must stand after "
                                        "argument %zu",
                                        node->function->name, node->count));
        if (*r->at++ == ')')
            return true;
    }
}

static bool count_is_right(struct reader *r, const struct intrinsic_node *node)
{
    const struct intrinsic_function *f = node->function;
    size_t least = (size_t)f->least;
    if (node->count < least ||
        (f->most != INTRINSIC_ANY_COUNT && node->count > (size_t)f->most)) {
        const char *how = f->most == f->least   ? ""
                          : node->count < least ? "at least "
                                                : "at most ";
        int bound = node->count < least ? f->least : f->most;
        return fail(r,
                    arena_printf(r->arena, "%s takes %s%d argument%s, not %zu",
                                 f->name, how, bound, bound == 1 ? "" : "s",
                                 node->count));
    }
    if (f->run != intrinsic_format || node->first->raw == NULL)
        return true;
    size_t places = intrinsic_places(node->first->raw, true);
    if (places == node->count - 1)
        return true;
    return fail(r, arena_printf(r->arena,
                                "%s: the template has {} %zu times, but %zu "
                                "values follow it",
                                f->name, places, node->count - 1));
}

static const struct intrinsic_node *read_node(struct reader *r, int depth)
{
    if (depth >= INTRINSIC_NESTING) {
        fail(r, "functions are nested more than 10 deep");
        return NULL;
    }
    size_t length = strspn(r->at, NAME);
    const char *name = arena_copy(r->arena, r->at, length);
    struct intrinsic_node *node = arena_alloc(r->arena, sizeof *node);
    node->function = intrinsic_find(name);
    r->at += length;
    if (length == 0)
        fail(r, "neither a path, which begins with $, nor a function");
    else if (node->function == NULL)
        fail(r, arena_printf(r->arena, "there is no function %s", name));
    else if (*r->at++ != '(')
        fail(r, arena_printf(r->arena, "%s: a ( must follow at once", name));
    else if (read_arguments(r, depth, node) && count_is_right(r, node))
        return node;
    return NULL;
}

const struct intrinsic_node *
intrinsic_read(struct arena *arena, const char *text, const char **mistake)
{
    struct reader r = {.arena = arena, .at = text};
    const struct intrinsic_node *node = NULL;
    if (strlen(text) > INTRINSIC_LENGTH)
        fail(&r, "longer than 65536 bytes");
    else
        node = read_node(&r, 0);
    if (node != NULL && *r.at != '\0') {
        fail(&r, arena_printf(arena, "%s: something follows the last )",
                              node->function->name));
        node = NULL;
    }
    *mistake = r.mistake;
    return node;
}
