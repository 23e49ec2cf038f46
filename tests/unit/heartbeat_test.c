/* The reaper's heartbeat (lib/shop/health/heartbeat.h): its age. */
#include "tests/unit/shop_fixture.h"

#include "lib/shop/health/heartbeat.h"
#include "lib/shop/queue/reaper.h"

static void the_age_goes_on_across_a_reboot(void **state)
{
    struct shop *shop = *state;
    assert_int_equal(heartbeat_age_ms(shop->db), INT64_MAX);
    reaper_enter(shop->db, SHOP_NOW);
    assert_in_range(heartbeat_age_ms(shop->db), 0, 60000);
    db_run(db_sql(shop->db, "UPDATE reapers SET heartbeat_work_ms ="
                            " heartbeat_work_ms - 31000"));
    assert_in_range(heartbeat_age_ms(shop->db), 31000, 91000);
    shop_reboot(shop, 100000);
    assert_in_range(heartbeat_age_ms(shop->db), 131000, 191000);
    reaper_enter(shop->db, SHOP_NOW);
    assert_in_range(heartbeat_age_ms(shop->db), 0, 60000);
}

static void a_probe_is_remembered(void **state)
{
    struct shop *shop = *state;
    assert_true(heartbeat_probe_age_ms(shop->db) == INT64_MAX);
    heartbeat_probe(shop->db);
    heartbeat_probe(shop->db);
    assert_in_range(heartbeat_probe_age_ms(shop->db), 0, 60000);
    shop_reboot(shop, 100000);
    assert_in_range(heartbeat_probe_age_ms(shop->db), 100000, 160000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SHOP_TEST(the_age_goes_on_across_a_reboot),
        SHOP_TEST(a_probe_is_remembered),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
