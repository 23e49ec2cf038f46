/* Reading paths: see path.h. Filters are read by filter.c. Called by the
 * check of definitions, and by whatever evaluates a path. */
#include "lib/asl/path/path.h"

#include <string.h>

#include "lib/asl/path/private.h"
#include "lib/base/text/text.h"

bool path_fail(struct path_reader *reader, const char *fault)
{
    if (reader->fault == NULL)
        reader->fault = fault;
    return false;
}

void path_skip_blanks(struct path_reader *reader)
{
    while (*reader->at == ' ' || *reader->at == '\t' || *reader->at == '\n' ||
           *reader->at == '\r')
        reader->at++;
}

static void put_point(struct path_reader *r, uint32_t point)
{
    if (point < 0x80) {
        *r->spare++ = (char)point;
        return;
    }
    if (point < 0x800) {
        *r->spare++ = (char)(0xc0 | point >> 6);
    } else {
        if (point < 0x10000) {
            *r->spare++ = (char)(0xe0 | point >> 12);
        } else {
            *r->spare++ = (char)(0xf0 | point >> 18);
            *r->spare++ = (char)(0x80 | (point >> 12 & 0x3f));
        }
        *r->spare++ = (char)(0x80 | (point >> 6 & 0x3f));
    }
    *r->spare++ = (char)(0x80 | (point & 0x3f));
}

/* uXXXX, the backslash before it being read already. */
static bool is_unit(const char *at, uint32_t *unit)
{
    if (*at != 'u')
        return false;
    *unit = 0;
    for (int i = 1; i <= 4; i++) {
        char c = at[i];
        uint32_t digit;
        if (c >= '0' && c <= '9')
            digit = (uint32_t)(c - '0');
        else if ((c | 0x20) >= 'a' && (c | 0x20) <= 'f')
            digit = (uint32_t)((c | 0x20) - 'a' + 10);
        else
            return false;
        *unit = *unit << 4 | digit;
    }
    return true;
}

static bool read_unit(struct path_reader *r, uint32_t unit)
{
    uint32_t low;
    r->at += 5;
    if (unit == 0)
        return path_fail(r, "\\u0000 cannot stand in a name or string");
    if (unit >= 0xd800 && unit < 0xdc00 && *r->at == '\\' &&
        is_unit(r->at + 1, &low) && low >= 0xdc00 && low < 0xe000) {
        r->at += 6;
        unit = 0x10000 + ((unit & 0x3ff) << 10 | (low & 0x3ff));
    }
    if (unit >= 0xd800 && unit < 0xe000)
        return path_fail(r, "a \\u escape is half a character");
    put_point(r, unit);
    return true;
}

/* After a dot a backslash takes the special meaning from any character
 * (specification, "Reference Paths": $.\stor\e.boo\k is an example); in quotes
 * there are also JSON's \n and the like, as in Jayway. */
static bool read_escape(struct path_reader *r, bool quoted)
{
    static const char letters[] = "bfnrt", controls[] = "\b\f\n\r\t";
    uint32_t unit;
    char c = *++r->at;
    if (c == '\0')
        return path_fail(r, "nothing follows a \\");
    if (is_unit(r->at, &unit))
        return read_unit(r, unit);
    const char *letter = quoted ? strchr(letters, c) : NULL;
    *r->spare++ = letter != NULL ? controls[letter - letters] : c;
    r->at++;
    return true;
}

const char *path_read_quoted(struct path_reader *reader)
{
    const char *string = reader->spare;
    char quote = *reader->at++;
    while (*reader->at != quote) {
        if (*reader->at == '\0') {
            path_fail(reader, "a closing quote is missing");
            return NULL;
        }
        if (*reader->at != '\\')
            *reader->spare++ = *reader->at++;
        else if (!read_escape(reader, true))
            return NULL;
    }
    reader->at++;
    *reader->spare++ = '\0';
    return string;
}

static bool ends_name(const struct path_reader *r, char c)
{
    switch (c) {
    case '.':
    case '[':
    case ']':
    case '(':
    case ')':
    case '<':
    case '>':
    case '=':
    case '!':
    case '?':
    case '@':
    case ',':
    case ':':
    case '*':
    case '\'':
    case '"':
    case 0x7f:
        return true;
    case '&':
    case '|':
        return r->filters > 0;
    default:
        return (unsigned char)c <= ' ';
    }
}

static const char *read_name(struct path_reader *r)
{
    const char *name = r->spare;
    for (;;) {
        if (*r->at == '\\') {
            if (!read_escape(r, false))
                return NULL;
        } else if (!ends_name(r, *r->at)) {
            *r->spare++ = *r->at++;
        } else {
            break;
        }
    }
    if (r->spare == name) {
        path_fail(r, "a name is missing after .");
        return NULL;
    }
    *r->spare++ = '\0';
    return name;
}

static bool stands_at_number(const struct path_reader *r)
{
    return *r->at == '-' || (*r->at >= '0' && *r->at <= '9');
}

static bool read_number(struct path_reader *r, int *out)
{
    bool negative = *r->at == '-';
    r->at += negative;
    size_t digits = strspn(r->at, "0123456789");
    if (digits == 0)
        return path_fail(r, "a digit is missing after -");
    if (digits > 9)
        return path_fail(r, "an index has more than 9 digits");
    int number = 0;
    for (; digits > 0; digits--)
        number = number * 10 + (*r->at++ - '0');
    *out = negative ? -number : number;
    path_skip_blanks(r);
    return true;
}

/* An index, or a slice: then from, to and stride are such that the ones left
 * out select everything. */
static bool read_index(struct path_reader *r, struct path_selector *selector)
{
    selector->kind = PATH_INDEX;
    if (stands_at_number(r) && !read_number(r, &selector->from))
        return false;
    if (*r->at != ':')
        return true;
    selector->kind = PATH_SLICE;
    selector->to = INT32_MAX;
    selector->stride = 1;
    r->at++;
    path_skip_blanks(r);
    if (stands_at_number(r) && !read_number(r, &selector->to))
        return false;
    if (*r->at != ':')
        return true;
    r->at++;
    path_skip_blanks(r);
    if (stands_at_number(r) && !read_number(r, &selector->stride))
        return false;
    return selector->stride > 0 ||
           path_fail(r, "the step of a slice must be at least 1");
}

static bool read_selector(struct path_reader *r, struct path_selector *selector)
{
    path_skip_blanks(r);
    if (*r->at == '\'' || *r->at == '"') {
        selector->kind = PATH_NAME;
        selector->name = path_read_quoted(r);
        return selector->name != NULL;
    }
    if (*r->at == ':' || stands_at_number(r))
        return read_index(r, selector);
    switch (*r->at) {
    case '*':
        selector->kind = PATH_EACH;
        r->at++;
        return true;
    case '?':
        selector->kind = PATH_WHERE;
        selector->filter = path_read_filter(r);
        return selector->filter != NULL;
    case '(':
        return path_fail(r, "expressions in brackets are not supported: the "
                            "last element is [-1]");
    case '\0':
        return path_fail(r, "a ] is missing");
    default:
        return path_fail(r, "brackets hold a name in quotes, an index, a "
                            "slice, * or a filter");
    }
}

static bool read_bracket(struct path_reader *r, struct path_step *step)
{
    struct path_selector *selector = &step->selector;
    r->at++;
    while (read_selector(r, selector)) {
        if (selector->kind != step->selector.kind)
            return path_fail(r, "names and indexes cannot be listed together");
        path_skip_blanks(r);
        if (*r->at == ']') {
            r->at++;
            return true;
        }
        if (*r->at != ',')
            return path_fail(r, "a ] is missing");
        if (selector->kind != PATH_NAME && selector->kind != PATH_INDEX)
            return path_fail(r, "only names or indexes can be listed");
        r->at++;
        struct path_selector *next = arena_alloc(r->arena, sizeof *next);
        selector->next = next;
        selector = next;
    }
    return false;
}

static bool read_step(struct path_reader *r, struct path_step *step)
{
    if (*r->at == '.') {
        r->at++;
        step->deep = *r->at == '.';
        r->at += step->deep;
        if (*r->at == '*') {
            step->selector.kind = PATH_EACH;
            r->at++;
            return true;
        }
        if (*r->at != '[') { /* $.a.['b'] is what AWS's manual writes */
            step->selector.kind = PATH_NAME;
            step->selector.name = read_name(r);
            return step->selector.name != NULL;
        }
    }
    return read_bracket(r, step);
}

struct path *path_read(struct path_reader *reader)
{
    struct path *path = arena_alloc(reader->arena, sizeof *path);
    path->base = *reader->at == '@' ? PATH_CURRENT : PATH_DATA;
    path->definite = true;
    const struct path_step **link = &path->first;
    reader->at++;
    while (*reader->at == '.' || *reader->at == '[') {
        if (++reader->steps > PATH_STEPS) {
            path_fail(reader, "the path has more than 200 steps");
            return NULL;
        }
        struct path_step *step = arena_alloc(reader->arena, sizeof *step);
        if (!read_step(reader, step))
            return NULL;
        if (step->deep || step->selector.kind > PATH_INDEX ||
            step->selector.next != NULL)
            path->definite = false;
        *link = step;
        link = &step->next;
    }
    return path;
}

bool path_fail_here(struct path_reader *reader)
{
    switch (*reader->at) {
    case '(':
        return path_fail(reader, "functions such as length() are not part of "
                                 "the language");
    case ' ':
        return path_fail(reader, "a name with a blank is written ['...']");
    case ']':
        return path_fail(reader, "a ] has no [ before it");
    default:
        return path_fail(reader, "a name with this character is written "
                                 "['...']");
    }
}

const struct path *path_parse(struct arena *arena, const char *text,
                              const char **fault)
{
    size_t length = strlen(text);
    *fault = NULL;
    if (length > PATH_BYTES)
        *fault = "the path is longer than 4,096 bytes";
    else if (*text != '$')
        *fault = "a path begins with $";
    else if (!text_is_utf8(text, length))
        *fault = "the path is not UTF-8";
    if (*fault != NULL)
        return NULL;
    bool context = text[1] == '$';
    const char *start = text + context;
    struct path_reader reader = {
        .arena = arena, .at = start, .spare = arena_alloc(arena, length + 1)};
    struct path *path = path_read(&reader);
    if (path != NULL && reader.at == start + 1 && *reader.at != '\0')
        path_fail(&reader, "after $ comes . or [");
    else if (path != NULL && *reader.at != '\0')
        path_fail_here(&reader);
    *fault = reader.fault;
    if (reader.fault != NULL)
        return NULL;
    if (context)
        path->base = PATH_CONTEXT;
    return path;
}

bool path_is_context(const struct path *path)
{
    return path->base == PATH_CONTEXT;
}

bool path_is_definite(const struct path *path)
{
    return path->definite;
}
