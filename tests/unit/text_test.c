/* Text (lib/base/text/text.h): growing, UTF-8, card numbers. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "lib/base/text/text.h"

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

static void a_text_grows(void **state)
{
    (void)state;
    struct text text = text_create(&arena, 0);
    assert_string_equal(text.bytes, "");
    text_puts(&text, "ab");
    text_putc(&text, 'c');
    text_put_int(&text, INT64_MIN);
    text_printf(&text, "%s|%04d", "x", 7);
    text_add(&text, "yz123", 2);
    text_add(&text, NULL, 0);
    assert_string_equal(text.bytes, "abc-9223372036854775808x|0007yz");
    assert_int_equal(text.length, strlen(text.bytes));
    for (int i = 0; i < 10000; i++)
        text_putc(&text, 'x');
    assert_int_equal(text.length, 10031);
    assert_int_equal(strlen(text.bytes), 10031);
}

static void utf8_is_checked(void **state)
{
    (void)state;
    static const char *const good[] = {
        "",
        "a",
        "\x7f",
        "\xc2\x80",
        "\xdf\xbf",
        "\xe0\xa0\x80",
        "\xed\x9f\xbf",
        "\xee\x80\x80",
        "\xef\xbf\xbf",
        "\xf0\x90\x80\x80",
        "\xf4\x8f\xbf\xbf",
        "a\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80z"};
    static const char *const bad[] = {"\x80",
                                      "\xbf",
                                      "\xc0\x80",
                                      "\xc1\xbf",
                                      "\xc2",
                                      "\xc2\x41",
                                      "\xe0\x9f\xbf",
                                      "\xe2\x82",
                                      "\xe2\x41\x80",
                                      "\xed\xa0\x80",
                                      "\xed\xbf\xbf",
                                      "\xf0\x8f\xbf\xbf",
                                      "\xf0\x90\x80",
                                      "\xf4\x90\x80\x80",
                                      "\xf5\x80\x80\x80",
                                      "\xff",
                                      "\xfe",
                                      "a\xff"};
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++)
        if (!text_is_utf8(good[i], strlen(good[i])))
            fail_msg("good %zu", i);
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        if (text_is_utf8(bad[i], strlen(bad[i])))
            fail_msg("bad %zu", i);
    assert_false(text_is_utf8("a\0b", 3));
    /* What stands behind the given length is not read. */
    assert_false(text_is_utf8("\xe2\x82\xac", 2));
}

static void points_are_read_and_counted(void **state)
{
    (void)state;
    const char *at = "a\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80";
    assert_int_equal(text_count(at), 4);
    assert_int_equal(text_next(&at), 'a');
    assert_int_equal(text_next(&at), 0xe9);
    assert_int_equal(text_next(&at), 0x20ac);
    assert_int_equal(text_next(&at), 0x1f600);
    assert_string_equal(at, "");
}

static void controls_are_found(void **state)
{
    (void)state;
    static const char *const with[] = {
        "\n",        "a\rb",     "\t",           "\x1f",         "\x7f",
        "a\xc2\x80", "\xc2\x9f", "\xe2\x80\xa8", "x\xe2\x80\xa9"};
    static const char *const without[] = {
        "", " ", "plain", "\xc2\xa0", "\xe2\x80\xa7", "\xc3\xa9"};
    for (size_t i = 0; i < sizeof with / sizeof with[0]; i++)
        assert_true(text_has_control(with[i]));
    for (size_t i = 0; i < sizeof without / sizeof without[0]; i++)
        assert_false(text_has_control(without[i]));
}

static void trimming_takes_blanks_at_both_ends(void **state)
{
    (void)state;
    static const char *const cases[][2] = {
        {"", ""}, {"  \t ", ""}, {" a b ", "a b"}, {"a", "a"}, {"\ta", "a"}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        assert_string_equal(text_trim(&arena, cases[i][0]), cases[i][1]);
}

static void an_ending_may_be_all_there_is(void **state)
{
    (void)state;
    assert_true(text_ends_in("amount.$", ".$"));
    assert_true(text_ends_in(".$", ".$"));
    assert_true(text_ends_in("", ""));
    assert_false(text_ends_in("$", ".$"));
    assert_false(text_ends_in("amount.$x", ".$"));
}

static void card_numbers_are_found(void **state)
{
    (void)state;
    static const char *const cards[] = {
        "4242424242424242",
        "4242 4242 4242 4242",
        "4242-4242-4242-4242",
        "4-2-4-2-4-2-4-2-4-2-4-2-4-2-4-2",
        "378282246310005",
        "4222222222222",
        "6304000000000000000",
        "5555555555554444",
        "2223003122003222",
        "6011111111111117",
        "6500000000000002",
        "3530111333300000",
        "30569309025904",
        "3622720627166700",
        "6200000000000005",
        "my card: 4242424242424242.",
        "x4242424242424242x",
        "Ж4242424242424242",
        "7 pieces, 4242424242424242",
        /* Other digits beside it, as people write them. */
        "4242424242424242 12/27",
        "4242 4242 4242 4242 12/27",
        "4242 4242 4242 4242 123",
        "Flat 5 4242 4242 4242 4242",
        "1-4242424242424242",
    };
    for (size_t i = 0; i < sizeof cards / sizeof cards[0]; i++)
        if (!text_has_card_number(cards[i]))
            fail_msg("not found: %s", cards[i]);
}

static void other_numbers_are_not_cards(void **state)
{
    (void)state;
    static const char *const others[] = {
        "",
        "4242424242424241",
        "424242424242",
        "42424242424242424242424242424242",
        "4242  4242  4242  4242",
        "4242.4242.4242.4242",
        "4242 -4242 4242 4242",
        "+49 30 1234567",
        "2026-11-20 14:05",
        "order 1001",
        /* Right by their checksum, but of no issuer or length: a phone number,
         * an EAN, an IMEI. */
        "8613800138002",
        "5901234123457",
        "9780201379624",
        "490154203237518",
        "7992739871300000",
        "42424242424242428",
        "55555555555544440",
        "8613800138002@qq.com",
        "Mail 4242424242424242@example.com, please",
        "<a.4242-4242-4242-4242@example.com>",
    };
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
        if (text_has_card_number(others[i]))
            fail_msg("taken for a card: %s", others[i]);
}

static void hexadecimal(void **state)
{
    (void)state;
    char out[9];
    text_hex((const unsigned char *)"\x00\x9f\xff\x10", 4, out);
    assert_string_equal(out, "009fff10");
    text_hex(NULL, 0, out);
    assert_string_equal(out, "");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_text_grows),
        TEST(utf8_is_checked),
        TEST(points_are_read_and_counted),
        TEST(controls_are_found),
        TEST(trimming_takes_blanks_at_both_ends),
        TEST(an_ending_may_be_all_there_is),
        TEST(card_numbers_are_found),
        TEST(other_numbers_are_not_cards),
        TEST(hexadecimal),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
