/* Whether a rule of a Choice state holds: choice_holds of choice.h, called when
 * an execution comes to such a state. */
#include "lib/asl/choice/choice.h"

#include <string.h>

#include "lib/asl/choice/operator.h"
#include "lib/asl/path/path.h"
#include "lib/asl/timestamp.h"

static void set_fault(const struct scope *scope, struct fault *fault,
                      const char *path, const char *what)
{
    fault->error = "States.Runtime";
    fault->cause =
        arena_printf(scope->arena, "Invalid path '%s': %s", path, what);
}

/* NULL when the path selects nothing; *fault is set when it cannot be told. */
static const struct json *find(const char *text, const struct scope *scope,
                               bool *definite, struct fault *fault)
{
    const char *what = NULL;
    const struct path *path = path_parse(scope->arena, text, &what);
    const struct json *value = NULL;
    if (path != NULL) {
        *definite = path_is_definite(path);
        what = NULL;
        value = path_get(path, scope, &what);
    }
    if (what != NULL)
        set_fault(scope, fault, text, what);
    return value;
}

/* As the parts between its wildcards, each with a NUL at its end; *count is
 * their number. */
static const char *split_pattern(struct arena *arena, const char *pattern,
                                 size_t *count)
{
    char *parts = arena_string(arena, pattern), *end = parts;
    *count = 1;
    for (; *pattern != '\0'; pattern++) {
        if (*pattern == '\\' && pattern[1] != '\0')
            pattern++;
        else if (*pattern == '*') {
            *end++ = '\0';
            (*count)++;
            continue;
        }
        *end++ = *pattern;
    }
    *end = '\0';
    return parts;
}

/* borders[i]: how much of the part's beginning also ends at its byte i. Given
 * that so much of the beginning has been met, how much is with the byte c. */
static uint32_t meet(const char *part, const uint32_t *borders, uint32_t met,
                     char c)
{
    while (met > 0 && part[met] != c)
        met = borders[met - 1];
    return met + (part[met] == c);
}

/* Behind the first place where the part stands in the text; NULL: nowhere.
 * Knuth, Morris and Pratt's way, because the C library's takes time that grows
 * with the product of the lengths on purpose-made strings. */
static const char *skip_to(struct arena *arena, const char *part,
                           const char *text)
{
    size_t length = strlen(part);
    if (length == 0)
        return text;
    uint32_t *borders = arena_alloc(arena, length * sizeof *borders);
    for (size_t i = 1; i < length; i++)
        borders[i] = meet(part, borders, borders[i - 1], part[i]);
    uint32_t met = 0;
    for (; *text != '\0'; text++) {
        met = meet(part, borders, met, *text);
        if (met == length)
            return text + 1;
    }
    return NULL;
}

/* The first part stands at the beginning, the last at the end, and each of the
 * others where it first can, which leaves the most room: no way is tried
 * twice. */
static bool matches(struct arena *arena, const char *pattern, const char *text)
{
    size_t count;
    const char *part = split_pattern(arena, pattern, &count);
    if (count == 1)
        return strcmp(part, text) == 0;
    if (strncmp(part, text, strlen(part)) != 0)
        return false;
    text += strlen(part);
    for (part += strlen(part) + 1; --count > 1; part += strlen(part) + 1) {
        text = skip_to(arena, part, text);
        if (text == NULL)
            return false;
    }
    return text_ends_in(text, part);
}

static int order_of(int difference)
{
    return difference < 0   ? CHOICE_LESS
           : difference > 0 ? CHOICE_GREATER
                            : CHOICE_EQUAL;
}

/* 0: they are not both of the kind. */
static int compare(enum choice_kind kind, const struct json *a,
                   const struct json *b)
{
    const char *left = json_string(a), *right = json_string(b);
    bool strings = left != NULL && right != NULL;
    /* Bytes of UTF-8 are in the order of code points. */
    if (kind == CHOICE_STRING)
        return strings ? order_of(strcmp(left, right)) : 0;
    if (kind == CHOICE_TIMESTAMP) {
        struct timestamp early, late;
        if (!strings || !timestamp_parse(left, &early) ||
            !timestamp_parse(right, &late))
            return 0;
        return order_of(timestamp_compare(early, late));
    }
    enum json_kind wanted = kind == CHOICE_NUMERIC ? JSON_NUMBER : JSON_BOOL;
    if (json_kind(a) != wanted || json_kind(b) != wanted)
        return 0;
    if (kind == CHOICE_BOOLEAN)
        return order_of(json_is_true(a) - json_is_true(b));
    int64_t x, y;
    if (json_integer(a, &x) && json_integer(b, &y))
        return order_of((x > y) - (x < y));
    double p = json_double(a), q = json_double(b);
    return order_of((p > q) - (p < q));
}

static bool is_kind(enum choice_kind kind, const struct json *value)
{
    struct timestamp time;
    const char *text = json_string(value);
    if (kind == CHOICE_IS_TIMESTAMP)
        return text != NULL && timestamp_parse(text, &time);
    return json_kind(value) == (kind == CHOICE_IS_NULL      ? JSON_NULL
                                : kind == CHOICE_IS_NUMERIC ? JSON_NUMBER
                                : kind == CHOICE_IS_STRING  ? JSON_STRING
                                                            : JSON_BOOL);
}

static const char selects_nothing[] =
    "The choice state's condition path references an invalid value.";

static bool test_holds(const struct choice_test *test, const struct json *rule,
                       const struct scope *scope, struct fault *fault)
{
    bool definite = true;
    const char *variable = json_string(json_member(rule, "Variable"));
    const struct json *value = find(variable, scope, &definite, fault);
    if (fault->error != NULL)
        return false;
    if (test->kind == CHOICE_IS_PRESENT) {
        bool present = value != NULL && (definite || json_first(value) != NULL);
        return present == json_is_true(test->operand);
    }
    if (value == NULL) {
        set_fault(scope, fault, variable, selects_nothing);
        return false;
    }
    const struct json *operand = test->operand;
    if (test->by_path) {
        const char *text = json_string(operand);
        operand = find(text, scope, &definite, fault);
        if (operand == NULL && fault->error == NULL)
            set_fault(scope, fault, text, selects_nothing);
        if (fault->error != NULL)
            return false;
    }
    if (test->orders != 0)
        return (test->orders & compare(test->kind, value, operand)) != 0;
    if (test->kind != CHOICE_MATCHES)
        return is_kind(test->kind, value) == json_is_true(operand);
    const char *text = json_string(value);
    return text != NULL && matches(scope->arena, json_string(operand), text);
}

static const struct json *find_test(const struct json *rule,
                                    struct choice_test *out)
{
    const struct json *member = json_first(rule);
    while (member != NULL && !choice_read_test(member, out))
        member = json_next(member);
    return member;
}

bool choice_holds(const struct json *rule, const struct scope *scope,
                  struct fault *fault)
{
    *fault = (struct fault){NULL, NULL};
    struct choice_test test;
    if (find_test(rule, &test) == NULL)
        return false;
    if (test.kind == CHOICE_NOT)
        return !choice_holds(test.operand, scope, fault) &&
               fault->error == NULL;
    if (test.kind != CHOICE_AND && test.kind != CHOICE_OR)
        return test_holds(&test, rule, scope, fault);
    for (const struct json *e = json_first(test.operand); e != NULL;
         e = json_next(e)) {
        bool holds = choice_holds(e, scope, fault);
        if (fault->error != NULL)
            return false;
        if (holds == (test.kind == CHOICE_OR))
            return holds;
    }
    return test.kind == CHOICE_AND;
}
