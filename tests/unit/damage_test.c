/* Damage found in the database (lib/shop/health/damage.h): what is recorded,
 * when the next check is due, and the alarm. */
#include "tests/unit/shop_fixture.h"

#include <sys/stat.h>
#include <time.h>

#include "lib/shop/health/alarm.h"
#include "lib/shop/health/damage.h"

#define HOUR INT64_C(3600000)

/* 29 November 2026, midnight UTC. */
#define MIDNIGHT INT64_C(1795910400000)

static struct settings settings_of(struct shop *shop)
{
    struct settings settings = {
        .run = shop->folder,
        .damage = arena_printf(&shop->arena, "%s/damaged", shop->folder)};
    return settings;
}

static void what_is_found_is_kept_until_nothing_is(void **state)
{
    struct shop *shop = *state;
    struct arena *arena = &shop->arena;
    struct settings settings = settings_of(shop);
    assert_false(damage_known(&settings));
    assert_null(damage_text(&settings, arena));
    assert_true(damage_record(&settings, NULL, MIDNIGHT, arena));
    assert_true(
        damage_record(&settings, "3 faults, first: x", MIDNIGHT, arena));
    assert_true(damage_known(&settings));
    assert_string_equal(damage_text(&settings, arena), "3 faults, first: x");
    assert_true(damage_check_due(&settings, MIDNIGHT, arena));
    assert_true(damage_record(&settings, NULL, MIDNIGHT, arena));
    assert_false(damage_known(&settings));
}

static void a_check_is_due_once_a_night(void **state)
{
    struct shop *shop = *state;
    struct arena *arena = &shop->arena;
    struct settings settings = settings_of(shop);
    static const struct {
        const char *zone;
        int64_t last_hours, now_hours; /* from that midnight; tenths */
        bool due;
    } cases[] = {{"UTC", 0, 30, false},     {"UTC", 0, 36, true},
                 {"UTC", 36, 100, false},   {"UTC", 36, 274, false},
                 {"UTC", 36, 276, true},    {"UTC", -300, 0, true},
                 {"UTC", 100, 36, true}, /* the clock was set back */
                 {"EST5", 36, 80, false},   {"EST5", 36, 86, true},
                 {"JST-9", -60, -54, true}, {"JST-9", -50, 30, false}};
    assert_true(damage_check_due(&settings, MIDNIGHT, arena));
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        setenv("TZ", cases[i].zone, 1);
        tzset();
        damage_record(&settings, NULL,
                      MIDNIGHT + cases[i].last_hours * HOUR / 10, arena);
        if (damage_check_due(&settings,
                             MIDNIGHT + cases[i].now_hours * HOUR / 10,
                             arena) != cases[i].due)
            fail_msg("case %zu", i);
    }
    setenv("TZ", "UTC", 1);
    tzset();
}

static void staff_are_told_by_an_alarm(void **state)
{
    struct shop *shop = *state;
    struct settings settings = settings_of(shop);
    struct alarm list[2];
    damage_alarm(shop->db, &settings, SHOP_NOW, &shop->arena);
    assert_int_equal(alarm_count(shop->db), 0);
    damage_record(&settings, "1 fault", SHOP_NOW, &shop->arena);
    for (int turn = 0; turn < 2; turn++)
        damage_alarm(shop->db, &settings, SHOP_NOW, &shop->arena);
    assert_int_equal(alarm_list(shop->db, NULL, 2, list, &shop->arena), 1);
    assert_non_null(strstr(list[0].detail, "1 fault"));
    damage_record(&settings, NULL, SHOP_NOW, &shop->arena);
    damage_alarm(shop->db, &settings, SHOP_NOW, &shop->arena);
    assert_int_equal(alarm_count(shop->db), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SHOP_TEST(what_is_found_is_kept_until_nothing_is),
        SHOP_TEST(a_check_is_due_once_a_night),
        SHOP_TEST(staff_are_told_by_an_alarm),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
