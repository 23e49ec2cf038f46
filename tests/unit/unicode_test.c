/* Unicode's rules (lib/adapter/unicode.h): folding, what can be seen, what may
 * become a link. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "lib/adapter/unicode.h"

static struct arena arena;

static int setup(void **state)
{
    (void)state;
    arena = arena_create(16 << 20);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    arena_destroy(&arena);
    return 0;
}

static void folding_makes_what_is_the_same_equal(void **state)
{
    (void)state;
    static const char *const cases[][2] = {
        {"", ""},
        {"ABC xyz-7", "abc xyz-7"},
        {"ÉÀÖ", "éàö"},
        {"Straße", "STRASSE"},
        {"ΣΊΣΥΦΟΣ", "σίσυφος"},
        {"ЖЁЯ", "жёя"},
        {"Cafe\xcc\x81", "CAF\xc3\x89"}, /* as a Mac writes it */
        {"Zoe\xcc\x88", "zo\xc3\xab"},
        {"\xc8\xba", "\xe2\xb1\xa5"}, /* U+023A: the lower case is longer */
        {"\xf0\x90\x90\x80", "\xf0\x90\x90\xa8"},
        {"ﬁn", "FIN"},
        {"漢字😀", "漢字😀"}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        assert_string_equal(unicode_fold(&arena, cases[i][0]),
                            unicode_fold(&arena, cases[i][1]));
    assert_string_equal(unicode_fold(&arena, "Cafe\xcc\x81"), "caf\xc3\xa9");
    assert_string_not_equal(unicode_fold(&arena, "é"),
                            unicode_fold(&arena, "e"));
}

static void what_cannot_be_seen_is_blank(void **state)
{
    (void)state;
    static const char *const blank[] = {
        "",
        "  \t",
        "\xc2\xa0",                 /* U+00A0 */
        "\xe2\x80\x8b\xe2\x81\xa0", /* U+200B U+2060 */
        "\xe3\x85\xa4",             /* U+3164 HANGUL FILLER */
        "\xe2\xa0\x80",             /* U+2800 BRAILLE PATTERN BLANK */
        "\xe2\x80\x8d \xef\xb8\x8f" /* a joiner, a variation selector */
    };
    static const char *const seen[] = {"a", "\xe2\x80\x8b.", "-", "漢"};
    for (size_t i = 0; i < sizeof blank / sizeof blank[0]; i++)
        assert_true(unicode_is_blank(blank[i]));
    for (size_t i = 0; i < sizeof seen / sizeof seen[0]; i++)
        assert_false(unicode_is_blank(seen[i]));
}

static void directions_go_and_joiners_stay(void **state)
{
    (void)state;
    static const char *const cases[][2] = {
        {"Ada", "Ada"},
        {"A\xe2\x80\xae"
         "da\xe2\x80\xac",
         "Ada"},                                 /* U+202E U+202C */
        {"\xe2\x81\xa6x\xe2\x81\xa9", "x"},      /* U+2066 U+2069 */
        {"\xe2\x80\x8f\xd8\x9c\xe2\x80\x8e", ""} /* U+200F U+061C U+200E */
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        assert_string_equal(unicode_without_directions(&arena, cases[i][0]),
                            cases[i][1]);
    const char *persian = "علی\xe2\x80\x8cرضا"; /* U+200C */
    assert_string_equal(unicode_without_directions(&arena, persian), persian);
}

static void links_are_recognised(void **state)
{
    (void)state;
    static const char *const links[] = {"https://evil.example/win",
                                        "Booking.com B.V.",
                                        "ada@example.com",
                                        "You won: evil.example",
                                        "WWW.EVIL.EXAMPLE",
                                        "evil\xef\xbc\x8e"
                                        "example", /* U+FF0E */
                                        "evil。example",
                                        "a＠b",
                                        "ev.\xe2\x80\x8bil",
                                        "x.de",
                                        "192.0.2.17",
                                        "ftp://x",
                                        "пример.рф"};
    static const char *const names[] = {
        "Ada Lovelace",  "J.R.R. Tolkien", "Dr. No",   "O'Brien-Smith, Jr.",
        "Ada & Co. Ltd", "Müller e.K.",    "株式会社", "ACME (U.S.A.)",
        "Mr. X: 7/24",   "...and more",    ""};
    for (size_t i = 0; i < sizeof links / sizeof links[0]; i++)
        if (!unicode_looks_like_link(&arena, links[i]))
            fail_msg("no link: %s", links[i]);
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (unicode_looks_like_link(&arena, names[i]))
            fail_msg("a link: %s", names[i]);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(folding_makes_what_is_the_same_equal),
        TEST(what_cannot_be_seen_is_blank),
        TEST(directions_go_and_joiners_stay),
        TEST(links_are_recognised),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
