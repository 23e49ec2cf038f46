/* Reconciliations (lib/shop/books/reconciliation.h): asking, claiming, ending;
 * what a run saw; findings and their alarms. */
#include "tests/unit/shop_fixture.h"

#include "lib/shop/books/reconciliation.h"
#include "lib/shop/health/alarm.h"
#include "lib/shop/refund/refund.h"

#define DAY INT64_C(86400000)

/* False: none is due. */
static bool claim(struct shop *shop, struct reconciliation *out)
{
    struct work work;
    return work_claim(shop->db, WORK_RECONCILIATION, SHOP_REAPER, 1, 1,
                      &work) == 1 &&
           reconciliation_begin(shop->db, atoll(work.subject), out,
                                &shop->arena);
}

static struct reconciliation claimed(struct shop *shop)
{
    struct reconciliation run;
    assert_true(claim(shop, &run));
    return run;
}

static void end(struct shop *shop, int64_t run,
                enum reconciliation_status status, const char *message,
                int64_t now_ms)
{
    reconciliation_end(shop->db, run, status, message, now_ms);
    work_drop(shop->db, WORK_RECONCILIATION,
              arena_printf(&shop->arena, "%lld", (long long)run));
}

static int64_t alarms(struct shop *shop)
{
    return alarm_count(shop->db);
}

static void one_at_a_time(void **state)
{
    struct shop *shop = *state;
    struct db *db = shop->db;
    struct reconciliation run;
    assert_false(claim(shop, &run));
    assert_int_equal(reconciliation_ask(db, 500, "clock", SHOP_NOW), 1);
    assert_int_equal(reconciliation_ask(db, 600, "a@b.c", SHOP_NOW), 1);
    assert_int_equal(reconciliation_ask(db, 400, "operator", SHOP_NOW), 2);
    run = claimed(shop);
    assert_int_equal(run.run, 1);
    assert_int_equal(run.status, RECONCILIATION_RUNNING);
    assert_string_equal(run.asked_by, "clock");
    assert_int_equal(run.since_ms, 500);
    assert_int_equal(run.ended_at_ms, 0);
    assert_false(claim(shop, &run));
    reconciliation_count(db, 1, 10, 2);
    reconciliation_count(db, 1, 1, 1);
    shop_release(shop);
    assert_int_equal(claimed(shop).run, 1);
    reconciliation_count(db, 1, 4, 0);
    end(shop, 1, RECONCILIATION_DONE, NULL, SHOP_NOW + 5);
    assert_true(reconciliation_find(db, 1, &run, &shop->arena));
    assert_int_equal(run.status, RECONCILIATION_DONE);
    assert_int_equal(run.seen, 4);
    assert_int_equal(run.settled, 3);
    assert_int_equal(run.ended_at_ms, SHOP_NOW + 5);
    assert_int_equal(claimed(shop).run, 2);
    assert_false(reconciliation_find(db, 3, &run, &shop->arena));
    struct reconciliation list[4];
    assert_int_equal(reconciliation_list(db, 4, list, &shop->arena), 2);
    assert_int_equal(list[0].run, 2);
    assert_int_equal(reconciliation_list(db, 1, list, &shop->arena), 1);
}

static void one_that_a_reaper_left_begins_anew(void **state)
{
    struct shop *shop = *state;
    struct reconciliation run;
    reconciliation_ask(shop->db, 1, "clock", SHOP_NOW);
    assert_null(claimed(shop).message);
    reconciliation_count(shop->db, 1, 10, 2);
    assert_false(claim(shop, &run));
    shop_release(shop);
    run = claimed(shop);
    assert_string_equal(run.message, "The reaper stopped; it began anew.");
    assert_int_equal(run.seen, 0);
    assert_int_equal(run.settled, 2);
    end(shop, 1, RECONCILIATION_DONE, NULL, SHOP_NOW);
    assert_false(reconciliation_begin(shop->db, 1, &run, &shop->arena));
}

static void the_third_failure_is_an_alarm(void **state)
{
    static const struct {
        enum reconciliation_status status;
        int64_t alarms;
    } steps[] = {{RECONCILIATION_FAILED, 0}, {RECONCILIATION_FAILED, 0},
                 {RECONCILIATION_DONE, 0},   {RECONCILIATION_FAILED, 0},
                 {RECONCILIATION_FAILED, 0}, {RECONCILIATION_FAILED, 1},
                 {RECONCILIATION_FAILED, 1}, {RECONCILIATION_DONE, 0}};
    struct shop *shop = *state;
    for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++) {
        reconciliation_ask(shop->db, 1, "clock", SHOP_NOW);
        end(shop, claimed(shop).run, steps[i].status, "Why.", SHOP_NOW);
        assert_int_equal(alarms(shop), steps[i].alarms);
    }
}

static void old_runs_are_forgotten(void **state)
{
    struct shop *shop = *state;
    for (int i = 0; i < 1003; i++) {
        reconciliation_ask(shop->db, 1, "clock", SHOP_NOW);
        end(shop, claimed(shop).run, RECONCILIATION_DONE, NULL, SHOP_NOW);
    }
    assert_int_equal(shop_int(shop, "SELECT COUNT(*) FROM reconciliations"),
                     1000);
    assert_int_equal(shop_int(shop, "SELECT MIN(run) FROM reconciliations"), 4);
}

static void enter(struct shop *shop, enum finding_kind kind,
                  const char *reference, int64_t at_ms, int64_t run,
                  int64_t now_ms)
{
    struct finding finding = {.kind = kind,
                              .reference = reference,
                              .amount_minor = 5,
                              .detail = "Odd.",
                              .at_ms = at_ms};
    finding_enter(shop->db, &finding, run, now_ms);
}

static void findings_raise_and_settle_alarms(void **state)
{
    struct shop *shop = *state;
    struct db *db = shop->db;
    struct finding list[8];
    struct alarm alarm;
    enter(shop, FINDING_AMOUNT, "pi_1", 1000, 1, SHOP_NOW);
    enter(shop, FINDING_REFUNDS, "pi_1", 1000, 1, SHOP_NOW);
    enter(shop, FINDING_GATEWAY_ONLY, "pi_2", 50, 1, SHOP_NOW);
    assert_int_equal(finding_count(db), 3);
    assert_int_equal(alarms(shop), 2); /* one a reference */
    assert_int_equal(finding_list(db, 8, list, &shop->arena), 3);
    assert_string_equal(list[0].reference, "pi_2");
    assert_null(list[0].order_id);
    assert_int_equal(list[0].at_ms, 50);
    /* Staff close it: found again, it is not raised again. */
    assert_int_equal(alarm_list(db, NULL, 1, &alarm, &shop->arena), 1);
    assert_true(alarm_close(db, alarm.alarm_id, "a@b.c", SHOP_NOW));
    enter(shop, FINDING_GATEWAY_ONLY, "pi_2", 50, 2, SHOP_NOW + 1);
    enter(shop, FINDING_REFUNDS, "pi_1", 1000, 2, SHOP_NOW + 1);
    assert_int_equal(alarms(shop), 1);
    assert_int_equal(finding_count(db), 3);
    /* The second run settles one of the two about pi_1. */
    finding_settle(db, 2, 0, SHOP_NOW + 2);
    assert_int_equal(finding_count(db), 2);
    assert_int_equal(alarms(shop), 1);
    /* The third does not go back to pi_2. */
    finding_settle(db, 3, 51, SHOP_NOW + 3);
    assert_int_equal(finding_count(db), 1);
    assert_int_equal(alarms(shop), 0);
    finding_settle(db, 4, 50, SHOP_NOW + 4);
    assert_int_equal(finding_count(db), 0);
    /* What was settled and comes back is new. */
    enter(shop, FINDING_GATEWAY_ONLY, "pi_2", 50, 5, SHOP_NOW + 5);
    assert_int_equal(alarms(shop), 1);
    assert_int_equal(finding_list(db, 8, list, &shop->arena), 1);
    assert_int_equal(list[0].created_at_ms, SHOP_NOW + 5);
}

static void how_far_back_it_goes(void **state)
{
    struct shop *shop = *state;
    struct db *db = shop->db;
    assert_int_equal(reconciliation_since(db, SHOP_NOW), SHOP_NOW - 3 * DAY);
    int64_t run = reconciliation_ask(db, 1, "clock", SHOP_NOW);
    end(shop, run, RECONCILIATION_FAILED, "Why.", SHOP_NOW);
    assert_int_equal(reconciliation_since(db, SHOP_NOW), SHOP_NOW - 3 * DAY);
    run = reconciliation_ask(db, 1, "clock", SHOP_NOW);
    end(shop, run, RECONCILIATION_DONE, NULL, SHOP_NOW);
    assert_int_equal(reconciliation_since(db, SHOP_NOW + 5), SHOP_NOW - DAY);
    assert_int_equal(reconciliation_since(db, SHOP_NOW - DAY),
                     SHOP_NOW - 2 * DAY); /* the clock was set back */
    enter(shop, FINDING_GATEWAY_ONLY, "pi_2", SHOP_NOW - 9 * DAY, run,
          SHOP_NOW);
    assert_int_equal(reconciliation_since(db, SHOP_NOW), SHOP_NOW - 9 * DAY);
    enter(shop, FINDING_GATEWAY_ONLY, "pi_3", SHOP_NOW - 90 * DAY, run,
          SHOP_NOW);
    assert_int_equal(reconciliation_since(db, SHOP_NOW), SHOP_NOW - 30 * DAY);
}

static size_t unseen(struct shop *shop, int64_t from_ms, int64_t until_ms)
{
    struct payment_attempt list[8];
    return reconciliation_unseen(shop->db, 7, from_ms, until_ms, 8, list,
                                 &shop->arena);
}

static void what_the_run_did_not_see(void **state)
{
    struct shop *shop = *state;
    struct order a = shop_order(shop, "mouse");
    struct order b = shop_order(shop, "mouse");
    struct order c = shop_order(shop, "mouse");
    struct payment_attempt attempt;
    shop_pay(shop, a.order_id, "pi_a");
    shop_pay(shop, b.order_id, "pi_b");
    shop_attempt(shop, c.order_id); /* open */
    assert_int_equal(unseen(shop, SHOP_NOW, SHOP_NOW + 1), 2);
    assert_int_equal(unseen(shop, SHOP_NOW + 1, SHOP_NOW + 2), 0);
    assert_int_equal(unseen(shop, SHOP_NOW - 1, SHOP_NOW), 0);
    assert_true(payment_find_intent(shop->db, "pi_a", &attempt, &shop->arena));
    reconciliation_saw(shop->db, attempt.attempt_id, 7);
    assert_int_equal(unseen(shop, SHOP_NOW, SHOP_NOW + 1), 1);
}

static void what_stays_unknown(void **state)
{
    struct shop *shop = *state;
    struct payment_attempt list[8];
    struct order order = shop_order(shop, "mouse");
    struct payment_attempt attempt = shop_attempt(shop, order.order_id);
    assert_int_equal(
        reconciliation_unknown(shop->db, SHOP_NOW + DAY, 8, list, &shop->arena),
        0);
    payment_unknown(shop->db, attempt.attempt_id, PAYMENT_ASK, true, "?",
                    SHOP_NOW);
    assert_int_equal(
        reconciliation_unknown(shop->db, SHOP_NOW, 8, list, &shop->arena), 0);
    assert_int_equal(
        reconciliation_unknown(shop->db, SHOP_NOW + 1, 8, list, &shop->arena),
        1);
    assert_string_equal(list[0].attempt_id, attempt.attempt_id);
    assert_int_equal(list[0].unknown_since_ms, SHOP_NOW);
}

static void a_charge_and_its_refunds(void **state)
{
    struct shop *shop = *state;
    struct booked_charge charge;
    struct order order = shop_order(shop, "laptop");
    assert_false(
        reconciliation_charge(shop->db, "pi_1", &charge, &shop->arena));
    shop_pay(shop, order.order_id, "pi_1");
    assert_true(reconciliation_charge(shop->db, "pi_1", &charge, &shop->arena));
    assert_string_equal(charge.order_id, order.order_id);
    assert_int_equal(charge.amount_minor, order.total_minor);
    assert_int_equal(charge.refunded_minor, 0);
    assert_int_equal(charge.changed_at_ms, 0);
    refund_queue(shop->db, order.order_id, 100, "x", SHOP_NOW + 1);
    assert_true(reconciliation_charge(shop->db, "pi_1", &charge, &shop->arena));
    assert_int_equal(charge.refunded_minor, 0);
    assert_int_equal(charge.changed_at_ms, INT64_MAX);
    refund_succeeded(
        shop->db,
        shop_text(shop, "SELECT refund_id FROM refunds /* whole table */"),
        "re_1", SHOP_NOW + 2);
    assert_true(reconciliation_charge(shop->db, "pi_1", &charge, &shop->arena));
    assert_int_equal(charge.refunded_minor, 100);
    assert_int_equal(charge.changed_at_ms, SHOP_NOW + 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SHOP_TEST(one_at_a_time),
        SHOP_TEST(one_that_a_reaper_left_begins_anew),
        SHOP_TEST(the_third_failure_is_an_alarm),
        SHOP_TEST(old_runs_are_forgotten),
        SHOP_TEST(findings_raise_and_settle_alarms),
        SHOP_TEST(how_far_back_it_goes),
        SHOP_TEST(what_the_run_did_not_see),
        SHOP_TEST(what_stays_unknown),
        SHOP_TEST(a_charge_and_its_refunds),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
