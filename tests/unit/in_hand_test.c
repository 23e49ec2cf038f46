/* What the reaper has in hand (reaper/in_hand.h), as the next one finds it. */
#define _GNU_SOURCE /* included first: mkdtemp */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "reaper/in_hand.h"
#include "tests/unit/scratch.h"

static char folder[SCRATCH_SIZE];
static char last[CRYPTO_UUID_SIZE];

static int make_folder(void **state)
{
    (void)state;
    scratch_make(folder);
    return 0;
}

static int remove_folder(void **state)
{
    (void)state;
    scratch_remove(folder);
    return 0;
}

static void the_next_reaper_finds_what_the_last_one_held(void **state)
{
    static const char order_id[] = "01a1f86e-0000-7000-8000-000000000000";
    (void)state;
    struct in_hand hand = in_hand_open(folder, last);
    assert_string_equal(last, "");
    in_hand_take(&hand, order_id);
    hand = in_hand_open(folder, last);
    assert_string_equal(last, order_id);
    assert_int_equal(in_hand_event(last), 0);
    in_hand_take_event(&hand, INT64_MAX);
    hand = in_hand_open(folder, last);
    assert_true(in_hand_event(last) == INT64_MAX);
    hand = in_hand_open(folder, last);
    assert_string_equal(last, IN_HAND_NOTHING);
    assert_int_equal(in_hand_event(last), 0);
    in_hand_close(&hand);
    in_hand_open(folder, last);
    assert_string_equal(last, "");
    assert_int_equal(in_hand_event(last), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_next_reaper_finds_what_the_last_one_held),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
