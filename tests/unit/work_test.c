/* The queue of work (lib/shop/queue/work.h): claims, caps, fencing and blame;
 * and the reapers that hold it. */
#include "tests/unit/shop_fixture.h"

#include "lib/shop/queue/reaper.h"

enum { ONE = 1, TWO = 2 };

static void put(struct shop *shop, enum work_kind kind, const char *subject,
                const char *host, int64_t due_work_ms)
{
    work_queue(shop->db, &(struct work_order){.kind = kind,
                                              .subject = subject,
                                              .host = host,
                                              .due_work_ms = due_work_ms});
}

static size_t claim(struct shop *shop, enum work_kind kind, int64_t reaper,
                    struct work *list)
{
    return work_claim(shop->db, kind, reaper, 8, 3, list);
}

static void the_longest_due_comes_first_and_once(void **state)
{
    struct shop *shop = *state;
    struct work list[8];
    put(shop, WORK_MAIL, "b", NULL, 20);
    put(shop, WORK_MAIL, "c", NULL, 20);
    put(shop, WORK_MAIL, "a", NULL, 30);
    put(shop, WORK_MAIL, "z", NULL, 10);
    put(shop, WORK_MAIL, "later", NULL, db_clock_ms(shop->db) + 60000);
    put(shop, WORK_MAIL, "never", NULL, WORK_NEVER);
    put(shop, WORK_REFUND, "b", NULL, 5);
    assert_int_equal(work_next_due(shop->db, WORK_MAIL, 64), 10);
    assert_int_equal(work_claim(shop->db, WORK_MAIL, ONE, 3, 0, list), 3);
    assert_string_equal(list[0].subject, "z");
    assert_string_equal(list[1].subject, "b");
    assert_string_equal(list[2].subject, "c");
    assert_int_equal(list[0].tries, 1);
    assert_string_equal(list[0].order_id, "");
    assert_int_equal(claim(shop, WORK_MAIL, TWO, list), 1);
    assert_string_equal(list[0].subject, "a");
    assert_int_equal(claim(shop, WORK_MAIL, TWO, list), 0);
    assert_true(work_next_due(shop->db, WORK_MAIL, 64) > db_clock_ms(shop->db));
    assert_int_equal(work_count(shop->db, WORK_MAIL), 6);
    assert_int_equal(work_next_due(shop->db, WORK_EVENT, 64), INT64_MAX);
}

static void a_host_has_no_more_than_its_cap(void **state)
{
    struct shop *shop = *state;
    struct work list[8];
    for (int i = 0; i < 5; i++) {
        put(shop, WORK_CHARGE, arena_printf(&shop->arena, "a%d", i), "a",
            10 + i);
        put(shop, WORK_REFUND, arena_printf(&shop->arena, "r%d", i), "a", 1);
        put(shop, WORK_CHARGE, arena_printf(&shop->arena, "b%d", i), "b",
            20 + i);
        put(shop, WORK_CHARGE, arena_printf(&shop->arena, "n%d", i), NULL,
            30 + i);
    }
    assert_int_equal(work_claim(shop->db, WORK_REFUND, ONE, 2, 3, list), 2);
    struct work refund = list[0];
    assert_int_equal(work_claim(shop->db, WORK_CHARGE, TWO, 6, 3, list), 6);
    const char *subjects[] = {"a0", "b0", "b1", "b2", "n0", "n1"};
    for (size_t i = 0; i < 6; i++)
        assert_string_equal(list[i].subject, subjects[i]);
    assert_int_equal(work_claim(shop->db, WORK_CHARGE, ONE, 8, 3, list), 3);
    assert_true(work_done(shop->db, &refund));
    assert_int_equal(work_claim(shop->db, WORK_CHARGE, ONE, 8, 3, list), 1);
    assert_string_equal(list[0].subject, "a1");
}

/* The money is asked for before them, and nobody has to walk them. */
static void mails_without_number_hold_up_no_charge(void **state)
{
    struct shop *shop = *state;
    struct work list[8];
    for (int i = 0; i < 100000; i++) {
        char subject[16];
        snprintf(subject, sizeof subject, "m%d", i);
        put(shop, WORK_MAIL, subject, NULL, 1);
    }
    put(shop, WORK_CHARGE, "late", WORK_GATEWAY, 2);
    int64_t began_ms = db_clock_ms(shop->db);
    for (int i = 0; i < 50; i++) {
        assert_int_equal(work_claim(shop->db, WORK_CHARGE, ONE, 8, 3, list), 1);
        assert_true(work_again(shop->db, &list[0], 0, WORK_TRIED));
        assert_int_equal(work_next_due(shop->db, WORK_MAIL, 64), 1);
        assert_int_equal(work_claim(shop->db, WORK_MAIL, ONE, 8, 3, list), 8);
    }
    assert_in_range(db_clock_ms(shop->db) - began_ms, 0, 5000);
}

static void the_loser_changes_nothing(void **state)
{
    struct shop *shop = *state;
    struct work first, second;
    put(shop, WORK_MAIL, "m", NULL, 0);
    assert_int_equal(claim(shop, WORK_MAIL, ONE, &first), 1);
    assert_int_equal(work_look(shop->db, &first), WORK_HELD);
    work_take_over(shop->db, ONE);
    assert_int_equal(work_look(shop->db, &first), WORK_LOST);
    assert_false(work_again(shop->db, &first, 0, WORK_TRIED));
    assert_int_equal(claim(shop, WORK_MAIL, TWO, &second), 1);
    assert_true(second.token > first.token);
    assert_int_equal(second.tries, 2);
    assert_false(work_done(shop->db, &first));
    assert_false(work_again(shop->db, &first, 0, WORK_TRIED));
    assert_int_equal(work_look(shop->db, &second), WORK_HELD);
    assert_true(work_done(shop->db, &second));
    assert_int_equal(work_look(shop->db, &first), WORK_GONE);
    /* It is put down once more, and taken by the same reaper. */
    put(shop, WORK_MAIL, "m", NULL, 0);
    assert_int_equal(claim(shop, WORK_MAIL, ONE, &second), 1);
    assert_false(work_done(shop->db, &first));
    assert_true(work_done(shop->db, &second));
}

static void what_counts_of_the_tries(void **state)
{
    static const struct {
        enum work_count count;
        int64_t tries;
    } cases[] = {
        {WORK_TRIED, 2}, {WORK_SEEN, 2}, {WORK_TRIED, 3}, {WORK_ANEW, 1}};
    struct shop *shop = *state;
    struct work work;
    put(shop, WORK_CHARGE, "c", NULL, 0);
    assert_int_equal(claim(shop, WORK_CHARGE, ONE, &work), 1);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        assert_true(work_again(shop->db, &work, 0, cases[i].count));
        assert_int_equal(claim(shop, WORK_CHARGE, ONE, &work), 1);
        assert_int_equal(work.tries, cases[i].tries);
    }
    assert_int_equal(work_backoff_ms(500, 60000, 1), 500);
    assert_int_equal(work_backoff_ms(500, 60000, 4), 4000);
    assert_int_equal(work_backoff_ms(500, 60000, 1000), 60000);
}

static void due_times_are_moved_unless_it_is_in_hand(void **state)
{
    struct shop *shop = *state;
    struct work work;
    put(shop, WORK_MAIL, "m", NULL, 100);
    work_hasten(shop->db, WORK_MAIL, "m", 200);
    assert_int_equal(work_next_due(shop->db, WORK_MAIL, 64), 100);
    work_hasten(shop->db, WORK_MAIL, "m", 50);
    assert_int_equal(work_next_due(shop->db, WORK_MAIL, 64), 50);
    work_move(shop->db, WORK_MAIL, "m", 70);
    assert_int_equal(work_next_due(shop->db, WORK_MAIL, 64), 70);
    assert_true(shop_is_due(shop, WORK_MAIL, "m"));
    assert_int_equal(claim(shop, WORK_MAIL, ONE, &work), 1);
    work_move(shop->db, WORK_MAIL, "m", WORK_NEVER);
    assert_true(shop_is_due(shop, WORK_MAIL, "m"));
    work_move(shop->db, WORK_MAIL, "none", 1);
    assert_false(shop_is_due(shop, WORK_MAIL, "none"));
}

static void only_what_kills_alone_is_hopeless(void **state)
{
    struct shop *shop = *state;
    struct work list[8], bad;
    put(shop, WORK_MAIL, "bad", NULL, 0);
    put(shop, WORK_MAIL, "good", NULL, 0);
    assert_false(work_is_careful(shop->db));
    assert_int_equal(claim(shop, WORK_MAIL, ONE, list), 2);
    assert_int_equal(work_held(shop->db, ONE, list, 8), 2);
    work_suspect(shop->db, ONE);
    work_take_over(shop->db, ONE);
    assert_true(work_is_careful(shop->db));
    for (int death = 0; death < 3; death++) {
        assert_false(work_hopeless(shop->db, 3, &bad));
        work_blame(shop->db, WORK_MAIL, "bad");
    }
    assert_true(work_hopeless(shop->db, 3, &bad));
    assert_string_equal(bad.subject, "bad");
    assert_int_equal(bad.kind, WORK_MAIL);
    work_drop(shop->db, WORK_MAIL, "bad");
    assert_true(work_is_careful(shop->db)); /* for the other */
    assert_int_equal(claim(shop, WORK_MAIL, TWO, list), 1);
    assert_true(work_again(shop->db, &list[0], 0, WORK_TRIED));
    assert_false(work_is_careful(shop->db));
}

static void a_killer_has_to_wait_longer_each_time(void **state)
{
    struct shop *shop = *state;
    put(shop, WORK_EVENT, "1", NULL, 0);
    int64_t now_ms = db_clock_ms(shop->db);
    for (int death = 0; death < 3; death++) {
        work_blame(shop->db, WORK_EVENT, "1");
        assert_in_range(work_next_due(shop->db, WORK_EVENT, 64) - now_ms,
                        death * 1000, death * 1000 + 10000);
    }
    assert_false(work_is_careful(shop->db)); /* until it is due */
}

static void reapers_come_and_go(void **state)
{
    struct shop *shop = *state;
    struct reaper_row others[4];
    int64_t first = reaper_enter(shop->db, SHOP_NOW);
    int64_t second = reaper_enter(shop->db, SHOP_NOW);
    assert_int_equal(second, first + 1);
    assert_true(reaper_beat(shop->db, first));
    assert_int_equal(reaper_others(shop->db, second, others, 4), 1);
    assert_int_equal(others[0].reaper, first);
    assert_false(others[0].silent);
    db_run(db_sql(shop->db, "UPDATE reapers SET heartbeat_work_ms ="
                            " heartbeat_work_ms - 61000"));
    assert_int_equal(reaper_others(shop->db, second, others, 4), 1);
    assert_true(others[0].silent);
    reaper_leave(shop->db, first);
    assert_false(reaper_beat(shop->db, first));
    assert_true(reaper_beat(shop->db, second));
    assert_int_equal(reaper_others(shop->db, second, others, 4), 0);
    assert_int_equal(reaper_enter(shop->db, SHOP_NOW), second + 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SHOP_TEST(the_longest_due_comes_first_and_once),
        SHOP_TEST(a_host_has_no_more_than_its_cap),
        SHOP_TEST(mails_without_number_hold_up_no_charge),
        SHOP_TEST(the_loser_changes_nothing),
        SHOP_TEST(what_counts_of_the_tries),
        SHOP_TEST(due_times_are_moved_unless_it_is_in_hand),
        SHOP_TEST(only_what_kills_alone_is_hopeless),
        SHOP_TEST(a_killer_has_to_wait_longer_each_time),
        SHOP_TEST(reapers_come_and_go),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
