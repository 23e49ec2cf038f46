/* What a reaper has in hand (reaper/in_hand.h), as others find it. */
#define _GNU_SOURCE /* included first: mkdtemp */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <sys/mman.h>

#include <cmocka.h>

#include "reaper/in_hand.h"
#include "tests/unit/scratch.h"

static char folder[SCRATCH_SIZE];

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

/* Its lock is free, as if the process had died. */
static struct in_hand_found after_death(struct in_hand *hand, int64_t reaper)
{
    munmap(hand->note, IN_HAND_SIZE);
    close(hand->fd);
    return in_hand_find(folder, reaper);
}

static void one_that_lives_is_let_be(void **state)
{
    (void)state;
    struct in_hand hand = in_hand_open(folder, 1);
    assert_int_equal(in_hand_find(folder, 1).what, IN_HAND_ALIVE);
    assert_int_equal(in_hand_find(folder, 1).what, IN_HAND_ALIVE);
    in_hand_execution(&hand, "order");
    assert_int_equal(in_hand_find(folder, 1).what, IN_HAND_ALIVE);
    in_hand_close(&hand);
    assert_int_equal(in_hand_find(folder, 1).what, IN_HAND_ENDED);
    in_hand_remove(folder, 1);
    assert_int_equal(in_hand_find(folder, 1).what, IN_HAND_DIED);
}

static void what_one_died_over_is_found(void **state)
{
    static const char order_id[] = "01a1f86e-0000-7000-8000-000000000000";
    struct work work = {.kind = WORK_RECEIPT,
                        .subject = "01a1f86e-0000-7000-8000-000000000000.pdf"};
    (void)state;
    struct in_hand hand = in_hand_open(folder, 1);
    assert_int_equal(after_death(&hand, 1).what, IN_HAND_DIED);
    hand = in_hand_open(folder, 2);
    in_hand_execution(&hand, order_id);
    struct in_hand_found found = after_death(&hand, 2);
    assert_int_equal(found.what, IN_HAND_EXECUTION);
    assert_string_equal(found.subject, order_id);
    hand = in_hand_open(folder, 3);
    in_hand_work(&hand, &work);
    found = after_death(&hand, 3);
    assert_int_equal(found.what, IN_HAND_WORK);
    assert_int_equal(found.kind, WORK_RECEIPT);
    assert_string_equal(found.subject, work.subject);
    hand = in_hand_open(folder, 4);
    in_hand_work(&hand, &work);
    in_hand_clear(&hand);
    assert_int_equal(after_death(&hand, 4).what, IN_HAND_DIED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_that_lives_is_let_be),
        cmocka_unit_test(what_one_died_over_is_found),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
