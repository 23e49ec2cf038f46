/* StringMatches: choice_holds of lib/asl/choice/choice.h. */
#include "tests/unit/definition_fixture.h"

#include <string.h>
#include <time.h>

#include "lib/asl/choice/choice.h"

/* The rule is made, not read: nothing here is escaped for JSON. */
static bool matches(const char *pattern, const char *text)
{
    struct json *rule = json_make_object(&arena);
    json_add(&arena, rule, "Variable", json_make_string(&arena, "$"));
    json_add(&arena, rule, "StringMatches", json_make_string(&arena, pattern));
    const struct scope scope = {.arena = &arena,
                                .data = json_make_string(&arena, text)};
    struct fault fault;
    bool holds = choice_holds(rule, &scope, &fault);
    assert_null(fault.error);
    return holds;
}

struct sample {
    const char *pattern;
    const char *text;
    bool holds;
};

static void come_out(const struct sample *samples, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (matches(samples[i].pattern, samples[i].text) != samples[i].holds)
            fail_msg("'%s' '%s'", samples[i].pattern, samples[i].text);
}

static void wildcards_match(void **state)
{
    (void)state;
    static const struct sample samples[] = {
        /* The specification's own. */
        {"foo*.log", "foo23.log", true},
        {"*.log", "zebra.log", true},
        {"foo*.*", "foobar.zebra", true},
        {"*", "", true},
        {"*", "anything\n\xf0\x9f\x8d\x9e", true},
        {"**", "", true},
        {"***", "a", true},
        {"", "", true},
        {"", "a", false},
        {"a", "", false},
        {"a", "a", true},
        {"a", "A", false},
        {"a", "ab", false},
        {"b", "ab", false},
        {"a*", "a", true},
        {"a*", "abc", true},
        {"a*", "ba", false},
        {"*a", "a", true},
        {"*a", "cba", true},
        {"*a", "ab", false},
        {"*a*", "a", true},
        {"*a*", "bab", true},
        {"*a*", "bbb", false},
        {"a*b*c", "abc", true},
        {"a*b*c", "a1b2c", true},
        {"a*b*c", "abbbcc", true},
        {"a*b*c", "acb", false},
        {"a*b*c", "ac", false},
        {"a*b*c", "abcd", false},
        {"a*b*c", "xabc", false},
        /* No character counts twice. */
        {"aba*aba", "aba", false},
        {"aba*aba", "ababa", false},
        {"aba*aba", "abaaba", true},
        {"a*a", "a", false},
        {"*ab*ab*", "ab", false},
        {"*ab*b", "ab", false},
        {"*aab", "aaab", true},
        {"*aab*", "aaaab", true},
        {"*a*ab", "aab", true},
        {"a**b", "ab", true},
        /* Only the star is special. */
        {"a?c", "abc", false},
        {"a?c", "a?c", true},
        {"[ab]", "a", false},
        {".*", "abc", false},
        {".*", ".abc", true},
        {"%", "a", false},
    };
    come_out(samples, sizeof samples / sizeof *samples);
}

static void escaped_characters_match_themselves(void **state)
{
    (void)state;
    static const struct sample samples[] = {
        {"\\*", "*", true},
        {"\\*", "a", false},
        {"\\*", "\\*", false},
        {"\\*", "\\", false},
        {"a\\*b", "a*b", true},
        {"a\\*b", "axb", false},
        {"*\\**", "a*b", true},
        {"*\\**", "ab", false},
        {"\\**", "*abc", true},
        {"\\**", "abc", false},
        {"\\\\", "\\", true},
        {"\\\\", "\\\\", false},
        {"\\\\*", "\\abc", true},
        {"\\\\*", "*", false},
        {"\\\\\\*", "\\*", true},
        {"\\\\\\*", "\\a", false},
        {"*\\\\", "a\\", true},
        {"\xc3\xa4*",
         "\xc3\xa4"
         "b",
         true},
        {"*\xa4", "\xc3\xa5", false},
    };
    come_out(samples, sizeof samples / sizeof *samples);
}

/* What a plain reading of the specification says, slow as it is. */
static bool means(const char *pattern, const char *text)
{
    if (*pattern == '*')
        return means(pattern + 1, text) ||
               (*text != '\0' && means(pattern, text + 1));
    if (*pattern == '\0' || *text == '\0')
        return *pattern == *text;
    return *pattern == *text && means(pattern + 1, text + 1);
}

/* Every pattern of up to five of "ab*", every text of up to six of "ab". */
static void all_short_ones_match_as_meant(void **state)
{
    (void)state;
    size_t held = 0, count = 0;
    for (int p = 1; p < 1 << 10; p++) {
        char pattern[6];
        size_t length = 0;
        for (int rest = p; rest > 0 && rest % 4 > 0; rest /= 4)
            pattern[length++] = "?ab*"[rest % 4];
        pattern[length] = '\0';
        for (int t = 1; t < 1 << 7; t++) {
            char text[8];
            size_t end = 0;
            for (int rest = t; rest > 1; rest /= 2)
                text[end++] = "ab"[rest % 2];
            text[end] = '\0';
            bool holds = matches(pattern, text);
            if (holds != means(pattern, text))
                fail_msg("'%s' '%s'", pattern, text);
            held += holds;
            count++;
        }
        arena_reset(&arena);
    }
    assert_in_range(held, 1000, count - 1000);
}

static char *repeated(const char *what, size_t times, const char *end)
{
    size_t length = strlen(what);
    char *text = arena_alloc(&arena, length * times + strlen(end) + 1);
    for (size_t i = 0; i < times; i++)
        memcpy(text + i * length, what, length);
    strcpy(text + length * times, end);
    return text;
}

/* Each takes minutes, or ages, unless the time grows with the sum of the
 * lengths only. */
static void long_ones_end_soon(void **state)
{
    (void)state;
    enum { LONG = 1024 * 1024, ENOUGH_SECONDS = 5 };
    clock_t start = clock();
    char *text = repeated("a", LONG, "");
    assert_false(matches(repeated("*a", 50, "*b"), text));
    assert_false(matches(repeated("a*", 50, "b"), text));
    assert_false(matches(repeated("*a", LONG / 2, "b*"), text));
    assert_true(matches(repeated("*a", LONG / 2, ""), text));
    assert_true(matches(repeated("*", LONG, ""), text));
    static const struct {
        const char *part, *text;
    } periods[] = {{"a", "a"}, {"ab", "ab"}, {"aab", "aaba"}};
    for (size_t i = 0; i < sizeof periods / sizeof *periods; i++) {
        char *part = repeated(periods[i].part, LONG / 8, "b*");
        char *pattern = arena_printf(&arena, "*%s", part);
        text = repeated(periods[i].text, LONG / 4, "");
        part[strlen(part) - 1] = '\0';
        assert_false(matches(pattern, text));
        assert_true(matches(pattern, arena_printf(&arena, "%s%s", text, part)));
    }
    assert_true((clock() - start) / CLOCKS_PER_SEC < ENOUGH_SECONDS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(wildcards_match),
        cmocka_unit_test(escaped_characters_match_themselves),
        cmocka_unit_test(all_short_ones_match_as_meant),
        cmocka_unit_test(long_ones_end_soon),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
