/* The clocks (lib/base/time/clock.h): formats at the edges of the calendar. */
#define _GNU_SOURCE
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "lib/base/time/clock.h"
#include "lib/base/time/zone.h"

static void utc_formats(void **state)
{
    (void)state;
    static const struct {
        int64_t wall_ms;
        const char *rfc3339, *rfc5322;
    } cases[] = {
        {0, "1970-01-01T00:00:00.000Z", "Thu, 01 Jan 1970 00:00:00 +0000"},
        {-1, "1969-12-31T23:59:59.999Z", "Wed, 31 Dec 1969 23:59:59 +0000"},
        {1709164800007, "2024-02-29T00:00:00.007Z",
         "Thu, 29 Feb 2024 00:00:00 +0000"},
        {1767225599999, "2025-12-31T23:59:59.999Z",
         "Wed, 31 Dec 2025 23:59:59 +0000"},
        {253402300799999, "9999-12-31T23:59:59.999Z",
         "Fri, 31 Dec 9999 23:59:59 +0000"}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char rfc3339[CLOCK_RFC3339_SIZE];
        char rfc5322[CLOCK_RFC5322_SIZE];
        clock_rfc3339(cases[i].wall_ms, rfc3339);
        clock_rfc5322(cases[i].wall_ms, rfc5322);
        assert_string_equal(rfc3339, cases[i].rfc3339);
        assert_string_equal(rfc5322, cases[i].rfc5322);
    }
}

static void local_time_is_the_zone_s(void **state)
{
    (void)state;
    static const char *const cases[][2] = {
        {"CET-1CEST,M3.5.0,M10.5.0/3", "20 Nov 2026, 14:05:09 CET"},
        {"UTC0", "20 Nov 2026, 13:05:09 UTC"},
        {"<+1245>-12:45", "21 Nov 2026, 01:50:09 +1245"}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char out[CLOCK_LOCAL_SIZE];
        setenv("TZ", cases[i][0], 1);
        tzset();
        clock_local(1795179909123, out);
        assert_string_equal(out, cases[i][1]);
    }
    char out[CLOCK_LOCAL_SIZE];
    setenv("TZ", "UTC0", 1);
    tzset();
    clock_local(1788266645000, out);
    assert_string_equal(out, "1 Sep 2026, 12:44:05 UTC");
}

static void days_begin_at_the_zone_s_midnight(void **state)
{
    (void)state;
    static const char *const bad[] = {"",           "2026-02-30",  "2026-1-2",
                                      "2026-13-01", "2026-01-02 ", "today",
                                      "1969-12-31", "02026-01-02"};
    int64_t ms;
    char day[CLOCK_DAY_SIZE];
    setenv("TZ", "CET-1CEST,M3.5.0,M10.5.0/3", 1);
    tzset();
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        assert_false(clock_read_day(bad[i], &ms));
    assert_true(clock_read_day("2026-11-29", &ms));
    assert_int_equal(ms, INT64_C(1795906800000)); /* 2026-11-28T23:00Z */
    assert_true(clock_read_day("2026-03-29", &ms));
    clock_day(ms - 1, day);
    assert_string_equal(day, "2026-03-28");
    /* A day that has no midnight. */
    setenv("TZ", "XST4XDT,M9.2.6/24,M4.1.6/24", 1);
    tzset();
    assert_true(clock_read_day("2026-09-13", &ms));
}

static void clocks_do_not_go_back(void **state)
{
    (void)state;
    int64_t boot = clock_boot_ms();
    assert_true(boot > 0);
    assert_true(clock_boot_ms() >= boot);
    int64_t now_s = (int64_t)time(NULL);
    int64_t wall_s = clock_wall_ms() / 1000;
    assert_in_range(wall_s - now_s + 10, 8, 12);
}

static void the_boot_id_is_a_uuid(void **state)
{
    (void)state;
    char first[CLOCK_BOOT_ID_SIZE];
    char again[CLOCK_BOOT_ID_SIZE];
    clock_boot_id(first);
    clock_boot_id(again);
    assert_int_equal(strlen(first), 36);
    assert_int_equal(strspn(first, "0123456789abcdef-"), 36);
    assert_string_equal(first, again);
}

/* A zone by its name, and the one in force afterwards as before. */
static void another_zone_is_asked_in_passing(void **state)
{
    (void)state;
    static const char *const in_force[] = {"UTC0", "<+1245>-12:45", "", NULL};
    char out[CLOCK_LOCAL_SIZE];
    for (size_t i = 0; i < sizeof in_force / sizeof in_force[0]; i++) {
        char before[CLOCK_LOCAL_SIZE], after[CLOCK_LOCAL_SIZE];
        if (in_force[i] == NULL)
            unsetenv("TZ");
        else
            setenv("TZ", in_force[i], 1);
        tzset();
        clock_local(1795179909123, before);
        clock_local_in("CET-1CEST,M3.5.0,M10.5.0/3", 1795179909123, out);
        assert_string_equal(out, "20 Nov 2026, 14:05:09 CET");
        clock_local_in("UTC0", 1795179909123, out);
        assert_string_equal(out, "20 Nov 2026, 13:05:09 UTC");
        clock_local(1795179909123, after);
        assert_string_equal(after, before);
        const char *zone = getenv("TZ");
        assert_true(in_force[i] == NULL ? zone == NULL
                                        : strcmp(zone, in_force[i]) == 0);
    }
}

/* It means the same to a process with another TZ. */
static void the_zone_in_force_has_a_name(void **state)
{
    (void)state;
    struct arena arena = arena_create(1 << 16);
    char here[CLOCK_LOCAL_SIZE], there[CLOCK_LOCAL_SIZE];
    setenv("TZ", "UTC0", 1);
    assert_string_equal(zone_in_force(&arena), "UTC0");
    setenv("TZ", "", 1);
    assert_string_equal(zone_in_force(&arena), "UTC");
    unsetenv("TZ");
    tzset();
    const char *zone = zone_in_force(&arena);
    clock_local(1795179909123, here);
    clock_local_in(zone, 1795179909123, there);
    assert_string_equal(here, there);
    arena_destroy(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(utc_formats),
        cmocka_unit_test(local_time_is_the_zone_s),
        cmocka_unit_test(days_begin_at_the_zone_s_midnight),
        cmocka_unit_test(clocks_do_not_go_back),
        cmocka_unit_test(the_boot_id_is_a_uuid),
        cmocka_unit_test(another_zone_is_asked_in_passing),
        cmocka_unit_test(the_zone_in_force_has_a_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
