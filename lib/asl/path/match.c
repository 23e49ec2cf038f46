/* Whether a value passes a path's filter: see path.h. Called by get.c. */
#include <string.h>

#include "lib/asl/path/private.h"

/* Like path_get, but paid for: a filter runs for each of many values. */
static const struct json *look_up(struct path_search *s,
                                  const struct path *path,
                                  const struct json *current)
{
    const struct json *value = path->base == PATH_CURRENT ? current : s->root;
    for (const struct path_step *step = path->first;
         step != NULL && value != NULL; step = step->next) {
        if (!path_spend(s, 1 + json_count(value)))
            return NULL;
        value = path_child(&step->selector, value);
    }
    return value;
}

static bool exists(struct path_search *s, const struct path *path,
                   const struct json *current)
{
    if (path->definite)
        return look_up(s, path, current) != NULL;
    struct path_search inner = {.root = s->root, .budget = s->budget};
    path_follow(&inner, path->first,
                path->base == PATH_CURRENT ? current : s->root);
    return inner.any;
}

/* Long strings and numbers cost more than one value looked at. */
static bool spend_on_text(struct path_search *s, const struct json *value)
{
    enum { BYTES_A_STEP = 16 };
    const char *text = json_string(value);
    if (text == NULL)
        text = json_number_text(value);
    return path_spend(s, 1 + (text == NULL ? 0 : strlen(text) / BYTES_A_STEP));
}

static bool equal(struct path_search *s, const struct json *a,
                  const struct json *b);

static bool members_equal(struct path_search *s, const struct json *a,
                          const struct json *b)
{
    size_t count = json_count(b);
    if (!path_spend(s, 1 + count + json_count(a)) || count != json_count(a))
        return false;
    const struct json *beside = json_first(b);
    for (const struct json *e = json_first(a); e != NULL;
         e = json_next(e), beside = json_next(beside)) {
        const struct json *other = beside;
        if (strcmp(json_name(beside), json_name(e)) != 0) {
            if (!path_spend(s, count))
                return false;
            other = json_member(b, json_name(e));
        }
        if (other == NULL || !equal(s, e, other))
            return false;
    }
    return true;
}

/* json_equal, paid for. */
static bool equal(struct path_search *s, const struct json *a,
                  const struct json *b)
{
    if (json_kind(a) != json_kind(b))
        return false;
    if (json_kind(a) == JSON_OBJECT)
        return members_equal(s, a, b);
    if (json_kind(a) != JSON_ARRAY)
        return spend_on_text(s, a) && spend_on_text(s, b) && json_equal(a, b);
    a = json_first(a);
    b = json_first(b);
    while (a != NULL && b != NULL && path_spend(s, 1) && equal(s, a, b)) {
        a = json_next(a);
        b = json_next(b);
    }
    return a == NULL && b == NULL;
}

/* Whole numbers exactly, others as doubles. */
static int order_numbers(const struct json *a, const struct json *b)
{
    int64_t left, right;
    if (json_integer(a, &left) && json_integer(b, &right))
        return (left > right) - (left < right);
    double x = json_double(a), y = json_double(b);
    return (x > y) - (x < y);
}

/* Only numbers and strings (by code point) have an order. */
static bool in_order(struct path_search *s, enum path_relation relation,
                     const struct json *a, const struct json *b)
{
    int order;
    if (json_kind(a) != json_kind(b) || !spend_on_text(s, a) ||
        !spend_on_text(s, b))
        return false;
    if (json_kind(a) == JSON_NUMBER)
        order = order_numbers(a, b);
    else if (json_kind(a) == JSON_STRING)
        order = strcmp(json_string(a), json_string(b));
    else
        return false;
    switch (relation) {
    case PATH_EQUAL:
    case PATH_UNEQUAL:
        break; /* compares answered these */
    case PATH_AT_MOST:
        return order <= 0;
    case PATH_AT_LEAST:
        return order >= 0;
    case PATH_LESS:
        return order < 0;
    case PATH_MORE:
        return order > 0;
    }
    return false;
}

static bool compares(struct path_search *s, const struct path_filter *filter,
                     const struct json *current)
{
    const struct path_operand *left = &filter->left, *right = &filter->right;
    const struct json *a =
        left->path == NULL ? left->literal : look_up(s, left->path, current);
    const struct json *b =
        right->path == NULL ? right->literal : look_up(s, right->path, current);
    if (a == NULL || b == NULL)
        return filter->relation == PATH_UNEQUAL;
    if (filter->relation == PATH_EQUAL)
        return equal(s, a, b);
    if (filter->relation == PATH_UNEQUAL)
        return !equal(s, a, b);
    return in_order(s, filter->relation, a, b);
}

bool path_matches(struct path_search *search, const struct path_filter *filter,
                  const struct json *current)
{
    const struct path_filter *term = filter->terms;
    if (!path_spend(search, 1))
        return false;
    switch (filter->test) {
    case PATH_ANY:
        while (term != NULL && !path_matches(search, term, current))
            term = term->next;
        return term != NULL;
    case PATH_ALL:
        while (term != NULL && path_matches(search, term, current))
            term = term->next;
        return term == NULL;
    case PATH_NOT:
        return !path_matches(search, term, current);
    case PATH_EXISTS:
        return exists(search, filter->left.path, current);
    case PATH_COMPARES:
        break;
    }
    return compares(search, filter, current);
}
