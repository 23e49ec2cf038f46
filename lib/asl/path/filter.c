/* Reading the filters of paths, [?( )]: see path.h. Called by path.c.
 *
 *     any     = all *( "||" all )
 *     all     = term *( "&&" term )
 *     term    = "!" term / "(" any ")" / operand [ relation operand ]
 *     operand = path / string / number / "true" / "false" / "null" */
#include <string.h>

#include "lib/asl/path/private.h"

static struct path_filter *read_any(struct path_reader *r);

static struct path_filter *make(struct path_reader *r, enum path_test test)
{
    struct path_filter *filter = arena_alloc(r->arena, sizeof *filter);
    filter->test = test;
    return filter;
}

static bool read_word(struct path_reader *r, struct path_operand *operand)
{
    struct json_fault fault;
    size_t length = strcspn(r->at, " \t\r\n)]=!<>&|,");
    operand->literal = json_read(r->arena, r->at, length, 0, &fault);
    r->at += length;
    return operand->literal != NULL ||
           path_fail(r, "a filter compares a path, number, string in quotes, "
                        "true, false or null");
}

static bool read_operand(struct path_reader *r, struct path_operand *operand)
{
    path_skip_blanks(r);
    const char *string;
    switch (*r->at) {
    case '$':
        if (r->at[1] == '$')
            return path_fail(r, "$$ cannot stand in a filter");
        operand->path = path_read(r);
        return operand->path != NULL;
    case '@':
        operand->path = path_read(r);
        return operand->path != NULL;
    case '\'':
    case '"':
        string = path_read_quoted(r);
        if (string != NULL)
            operand->literal = json_make_string(r->arena, string);
        return string != NULL;
    default:
        return read_word(r, operand);
    }
}

static bool read_relation(struct path_reader *r, enum path_relation *relation)
{
    static const char signs[][3] = {
        [PATH_EQUAL] = "==",    [PATH_UNEQUAL] = "!=", [PATH_AT_MOST] = "<=",
        [PATH_AT_LEAST] = ">=", [PATH_LESS] = "<",     [PATH_MORE] = ">"};
    for (size_t i = 0; i < sizeof signs / sizeof *signs; i++) {
        size_t length = strlen(signs[i]);
        if (strncmp(r->at, signs[i], length) == 0) {
            *relation = (enum path_relation)i;
            r->at += length;
            return true;
        }
    }
    return false;
}

static bool is_one(const struct path_operand *operand)
{
    return operand->path == NULL || operand->path->definite;
}

static struct path_filter *read_test(struct path_reader *r)
{
    struct path_filter *filter = make(r, PATH_EXISTS);
    if (!read_operand(r, &filter->left))
        return NULL;
    path_skip_blanks(r);
    if (read_relation(r, &filter->relation)) {
        filter->test = PATH_COMPARES;
        if (!read_operand(r, &filter->right))
            return NULL;
        if (!is_one(&filter->left) || !is_one(&filter->right)) {
            path_fail(r, "a comparison takes paths that name one value");
            return NULL;
        }
    }
    if (filter->left.path == NULL && filter->right.path == NULL) {
        path_fail(r, "a condition needs a path: @ or $");
        return NULL;
    }
    return filter;
}

static bool fail_in_filter(struct path_reader *r)
{
    switch (*r->at) {
    case '\0':
    case ']':
        return path_fail(r, "a ) is missing");
    case '(':
        return path_fail_here(r);
    default:
        return path_fail(r, "an operator is missing or unknown: there are == "
                            "!= < <= > >= && || !");
    }
}

static struct path_filter *read_parentheses(struct path_reader *r)
{
    r->at++;
    struct path_filter *filter = read_any(r);
    if (filter == NULL)
        return NULL;
    if (*r->at != ')') {
        fail_in_filter(r);
        return NULL;
    }
    r->at++;
    return filter;
}

static struct path_filter *read_term(struct path_reader *r)
{
    path_skip_blanks(r);
    if (*r->at != '(' && *r->at != '!')
        return read_test(r);
    if (++r->parentheses > PATH_PARENTHESES) {
        path_fail(r, "too many parentheses or ! one inside the other");
        return NULL;
    }
    struct path_filter *filter;
    if (*r->at == '(') {
        filter = read_parentheses(r);
    } else {
        filter = make(r, PATH_NOT);
        r->at++;
        path_skip_blanks(r);
        bool bare = *r->at != '(';
        filter->terms = read_term(r);
        if (filter->terms == NULL)
            return NULL;
        if (bare && filter->terms->test == PATH_COMPARES) {
            path_fail(r, "a comparison after ! is put in parentheses");
            return NULL;
        }
    }
    r->parentheses--;
    return filter;
}

/* The terms that the sign (&& or ||) holds together; a single one is given as
 * it is. */
static struct path_filter *
read_list(struct path_reader *r, const char *sign, enum path_test test,
          struct path_filter *(*read)(struct path_reader *r))
{
    struct path_filter *first = read(r);
    struct path_filter *last = first;
    while (last != NULL) {
        path_skip_blanks(r);
        if (strncmp(r->at, sign, 2) != 0)
            break;
        r->at += 2;
        struct path_filter *next = read(r);
        last->next = next;
        last = next;
    }
    if (last == NULL || last == first)
        return last;
    struct path_filter *list = make(r, test);
    list->terms = first;
    return list;
}

static struct path_filter *read_all(struct path_reader *r)
{
    return read_list(r, "&&", PATH_ALL, read_term);
}

static struct path_filter *read_any(struct path_reader *r)
{
    return read_list(r, "||", PATH_ANY, read_all);
}

const struct path_filter *path_read_filter(struct path_reader *reader)
{
    reader->at++;
    path_skip_blanks(reader);
    if (*reader->at != '(') {
        path_fail(reader, "a filter is written [?( )]");
        return NULL;
    }
    if (++reader->filters > PATH_FILTERS) {
        path_fail(reader, "too many filters one inside the other");
        return NULL;
    }
    const struct path_filter *filter = read_parentheses(reader);
    reader->filters--;
    return filter;
}
