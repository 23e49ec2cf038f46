/* What the tests of asl_parse share: the mistakes of a definition as text. */
#ifndef TESTS_UNIT_PARSE_FIXTURE_H
#define TESTS_UNIT_PARSE_FIXTURE_H

#include "tests/unit/definition_fixture.h"

#include "lib/base/text/text.h"

/* The mistakes, one a line; "" for a definition that is right. */
static inline const char *mistakes_of(const char *text)
{
    const struct asl_definition *definition;
    const struct asl_mistake *mistakes;
    bool right = asl_parse(&arena, json(text), &definition, &mistakes);
    assert_true(right == (definition != NULL));
    assert_true(right == (mistakes == NULL));
    struct text out = text_create(&arena, 256);
    for (; mistakes != NULL; mistakes = mistakes->next)
        text_printf(&out, "%s: %s\n", mistakes->pointer, mistakes->text);
    return out.bytes;
}

/* Of a machine of the one state A, which stands as a whole; the pointers are
 * from there: "/End: ...". */
static inline const char *state_mistakes(const char *state)
{
    static const char prefix[] = "/States/A";
    const char *lines = mistakes_of(
        arena_printf(&arena, "{'StartAt':'A','States':{'A':{%s}}}", state));
    struct text out = text_create(&arena, 256);
    for (const char *line = lines; *line != '\0';) {
        size_t length = strcspn(line, "\n") + 1;
        size_t skip =
            strncmp(line, prefix, strlen(prefix)) == 0 ? strlen(prefix) : 0;
        text_add(&out, line + skip, length - skip);
        line += length;
    }
    return out.bytes;
}

struct parse_case {
    const char *text;
    const char *mistakes;
};

static inline void check_cases(const char *(*read)(const char *text),
                               const struct parse_case *cases, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const char *found = read(cases[i].text);
        if (strcmp(found, cases[i].mistakes) != 0)
            fail_msg("%s\ngives\n%snot\n%s", cases[i].text, found,
                     cases[i].mistakes);
    }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

#endif
