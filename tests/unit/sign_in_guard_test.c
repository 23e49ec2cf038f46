/* Against guessing passwords (lib/shop/staff/sign_in_guard.h). */
#include "tests/unit/shop_fixture.h"

#include "lib/shop/staff/sign_in_guard.h"

static char failure_id[CRYPTO_UUID_SIZE];
static int64_t hold_ms;

/* One that turns out wrong, or has not turned out yet. */
static void fail_once(struct shop *shop, const struct sign_in_try *try,
                      int64_t now_ms)
{
    sign_in_begin(shop->db, try, now_ms, failure_id, &hold_ms);
}

static void fail_often(struct shop *shop, const struct sign_in_try *try,
                       int times)
{
    for (int i = 0; i < times; i++)
        fail_once(shop, try, SHOP_NOW);
}

static int64_t wait_ms(struct shop *shop, const struct sign_in_try *try,
                       int64_t now_ms)
{
    return sign_in_wait_ms(shop->db, try, now_ms);
}

static const struct sign_in_try boss = {"boss@x", "10.0.0.1", ""};
static const struct sign_in_try boss_elsewhere = {"boss@x", "10.0.0.2", ""};
static const struct sign_in_try boss_known = {"boss@x", "10.0.0.1", "d1"};
static const struct sign_in_try boss_known_too = {"boss@x", "10.0.0.1", "d2"};
static const struct sign_in_try other = {"other@x", "10.0.0.1", ""};

static void an_account_is_closed_to_one_network(void **state)
{
    struct shop *shop = *state;
    for (int i = 0; i < SIGN_IN_PER_ACCOUNT_AND_NETWORK; i++) {
        assert_int_equal(wait_ms(shop, &boss, SHOP_NOW + i), 0);
        fail_once(shop, &boss, SHOP_NOW + i);
        assert_int_equal(hold_ms, 0);
    }
    int64_t now_ms = SHOP_NOW + SIGN_IN_PER_ACCOUNT_AND_NETWORK;
    assert_int_equal(wait_ms(shop, &boss, now_ms),
                     SIGN_IN_WINDOW_MS - SIGN_IN_PER_ACCOUNT_AND_NETWORK);
    assert_int_equal(wait_ms(shop, &boss_elsewhere, now_ms), 0);
    assert_int_equal(wait_ms(shop, &boss_known, now_ms), 0);
    assert_int_equal(wait_ms(shop, &other, now_ms), 0);
    assert_int_equal(wait_ms(shop, &boss, SHOP_NOW + SIGN_IN_WINDOW_MS), 0);
}

static void what_was_right_counts_no_more(void **state)
{
    struct shop *shop = *state;
    fail_often(shop, &boss, SIGN_IN_PER_ACCOUNT_AND_NETWORK);
    assert_int_not_equal(wait_ms(shop, &boss, SHOP_NOW), 0);
    sign_in_was_right(shop->db, failure_id);
    assert_int_equal(wait_ms(shop, &boss, SHOP_NOW), 0);
}

static void a_network_is_closed_over_all_accounts(void **state)
{
    struct shop *shop = *state;
    for (int i = 0; i < SIGN_IN_PER_NETWORK; i++)
        fail_once(shop,
                  &(struct sign_in_try){arena_printf(&shop->arena, "m%d@x", i),
                                        "10.0.0.1", ""},
                  SHOP_NOW);
    assert_int_equal(wait_ms(shop, &boss, SHOP_NOW + 1), SIGN_IN_WINDOW_MS - 1);
    assert_int_equal(wait_ms(shop, &boss_elsewhere, SHOP_NOW + 1), 0);
    assert_int_equal(wait_ms(shop, &boss_known, SHOP_NOW + 1), 0);
    sign_in_expire(shop->db, SHOP_NOW + SIGN_IN_WINDOW_MS + 1);
    assert_int_equal(shop_int(shop, "SELECT COUNT(*) FROM sign_in_failures"),
                     0);
}

/* However many guess at it, from wherever. */
static void an_account_is_slowed_but_never_closed(void **state)
{
    struct shop *shop = *state;
    for (int i = 0; i < SIGN_IN_PER_ACCOUNT; i++) {
        fail_once(shop,
                  &(struct sign_in_try){
                      "boss@x", arena_printf(&shop->arena, "10.1.0.%d", i), ""},
                  SHOP_NOW);
        assert_int_equal(hold_ms, 0);
    }
    for (int i = 0; i < 5; i++) {
        assert_int_equal(wait_ms(shop, &boss, SHOP_NOW), 0);
        fail_once(shop, &boss, SHOP_NOW);
        assert_int_equal(hold_ms, SIGN_IN_HOLD_MS);
    }
    fail_once(shop, &boss_known, SHOP_NOW);
    assert_int_equal(hold_ms, 0);
    fail_once(shop, &other, SHOP_NOW);
    assert_int_equal(hold_ms, 0);
}

static void a_known_device_has_its_own(void **state)
{
    struct shop *shop = *state;
    fail_often(shop, &boss_known, SIGN_IN_PER_DEVICE);
    assert_int_equal(wait_ms(shop, &boss_known, SHOP_NOW), SIGN_IN_WINDOW_MS);
    assert_int_equal(wait_ms(shop, &boss_known_too, SHOP_NOW), 0);
    assert_int_equal(wait_ms(shop, &boss, SHOP_NOW), 0);
}

/* What failed before the clock was set back closes nothing until it comes that
 * far again. */
static void failures_to_come_close_nothing(void **state)
{
    struct shop *shop = *state;
    fail_often(shop, &boss, SIGN_IN_PER_ACCOUNT);
    fail_often(shop, &boss_known, SIGN_IN_PER_DEVICE);
    int64_t now_ms = SHOP_NOW - 1;
    assert_int_equal(wait_ms(shop, &boss, now_ms), 0);
    assert_int_equal(wait_ms(shop, &boss_known, now_ms), 0);
    assert_int_equal(wait_ms(shop, &other, now_ms), 0);
    fail_once(shop, &boss, now_ms);
    assert_int_equal(hold_ms, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SHOP_TEST(an_account_is_closed_to_one_network),
        SHOP_TEST(what_was_right_counts_no_more),
        SHOP_TEST(a_network_is_closed_over_all_accounts),
        SHOP_TEST(an_account_is_slowed_but_never_closed),
        SHOP_TEST(a_known_device_has_its_own),
        SHOP_TEST(failures_to_come_close_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
