/* What a QR code looks like from outside (lib/adapter/qr.h). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "lib/adapter/qr.h"

static int setup(void **state)
{
    static struct arena arena;
    arena = arena_create(1 << 20);
    *state = &arena;
    return 0;
}

static int teardown(void **state)
{
    arena_destroy(*state);
    return 0;
}

/* ISO/IEC 18004, 6.3.3: 7 by 7, a dark frame, a light one, a dark 3 by 3. */
static void assert_finder(const struct qr *qr, int top, int left)
{
    static const char *const pattern[7] = {"#######", "#     #", "# ### #",
                                           "# ### #", "# ### #", "#     #",
                                           "#######"};
    for (int y = 0; y < 7; y++)
        for (int x = 0; x < 7; x++)
            assert_int_equal(qr->cells[(top + y) * qr->width + left + x],
                             pattern[y][x] == '#');
}

static void test_has_the_three_finders(void **state)
{
    struct qr qr;
    assert_true(qr_make(*state, "https://shop.example.org/track/abc", &qr));
    assert_int_equal(qr.width, 29); /* version 3 holds 42 bytes at M */
    assert_finder(&qr, 0, 0);
    assert_finder(&qr, 0, qr.width - 7);
    assert_finder(&qr, qr.width - 7, 0);
    for (int i = 0; i < qr.width * qr.width; i++)
        assert_in_range(qr.cells[i], 0, 1);
}

/* 7.9: the format information beside the upper left finder; under its mask
 * 101 0100 0001 0010 the first two bits are the level, 00 for M. */
static void test_is_of_level_m(void **state)
{
    struct qr qr;
    assert_true(qr_make(*state, "x", &qr));
    int first = qr.cells[8 * qr.width], second = qr.cells[8 * qr.width + 1];
    assert_int_equal(first ^ 1, 0);
    assert_int_equal(second ^ 0, 0);
}

static void test_same_string_same_cells(void **state)
{
    struct qr first, second, other;
    assert_true(qr_make(*state, "https://example.org/1", &first));
    assert_true(qr_make(*state, "https://example.org/2", &other));
    assert_true(qr_make(*state, "https://example.org/1", &second));
    size_t size = (size_t)(first.width * first.width);
    assert_int_equal(first.width, second.width);
    assert_memory_equal(first.cells, second.cells, size);
    assert_memory_not_equal(first.cells, other.cells, size);
}

static void test_refuses_what_does_not_fit(void **state)
{
    struct qr qr;
    static char text[2333];
    assert_false(qr_make(*state, "", &qr));
    memset(text, 'a', 2331);
    assert_true(qr_make(*state, text, &qr));
    assert_int_equal(qr.width, 177);
    text[2331] = 'a';
    assert_false(qr_make(*state, text, &qr));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_has_the_three_finders),
        cmocka_unit_test(test_is_of_level_m),
        cmocka_unit_test(test_same_string_same_cells),
        cmocka_unit_test(test_refuses_what_does_not_fit),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
