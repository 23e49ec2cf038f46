/* Timestamps: lib/asl/timestamp.h. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "lib/asl/timestamp.h"

static void times_are_read(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int64_t ms;
        int32_t beyond_ns;
    } cases[] = {
        {"1970-01-01T00:00:00Z", 0, 0},
        {"1970-01-01T00:00:00+00:00", 0, 0},
        {"1970-01-01T00:00:00-00:00", 0, 0},
        {"2016-03-14T01:59:00Z", 1457920740000, 0},
        {"2016-03-14T01:59:00.1Z", 1457920740100, 0},
        {"2016-03-14T01:59:00.123456789Z", 1457920740123, 456789},
        {"2016-03-14T01:59:00.1234567899999999999999Z", 1457920740123, 456789},
        {"2016-03-14T01:59:00.000000001Z", 1457920740000, 1},
        {"2016-03-14T03:59:00+02:00", 1457920740000, 0},
        {"2016-03-13T20:29:00-05:30", 1457920740000, 0},
        {"2016-03-14T01:59:00+23:59", 1457920740000 - 86340000, 0},
        /* Before 1970 fractions still count upwards. */
        {"1969-12-31T23:59:59.999999999Z", -1, 999999},
        {"1969-12-31T23:59:59.5Z", -500, 0},
        {"0000-01-01T00:00:00Z", -62167219200000, 0},
        {"0000-02-29T00:00:00Z", -62162121600000, 0},
        {"0001-01-01T00:00:00Z", -62135596800000, 0},
        {"9999-12-31T23:59:59.999Z", 253402300799999, 0},
        {"0000-01-01T00:00:00+23:59", -62167305540000, 0},
        {"9999-12-31T23:59:59-23:59", 253402387139000, 0},
        {"2000-02-29T00:00:00Z", 951782400000, 0},
        {"2024-02-29T12:00:00Z", 1709208000000, 0},
        /* Leap seconds, in UTC and told from elsewhere. */
        {"2016-12-31T23:59:60Z", 1483228800000, 0},
        {"2016-12-31T23:59:60.25Z", 1483228800250, 0},
        {"1990-12-31T15:59:60-08:00", 662688000000, 0},
        {"2017-01-01T00:59:60+01:00", 1483228800000, 0},
        {"2016-12-30T23:59:60-23:59", 0, -1},
        {"2016-12-31T00:59:60-23:00", 1483228800000, 0},
        {"2016-12-30T01:59:60-22:00", 0, -1},
        {"2015-02-28T23:59:60Z", 1425168000000, 0},
        {"2016-02-28T23:59:60Z", 0, -1},
        {"2016-12-31T23:58:60Z", 0, -1},
        {"2016-12-31T23:59:60+01:00", 0, -1},
        {"2016-12-30T23:59:60Z", 0, -1},
        {"2017-01-02T00:59:60+01:00", 0, -1},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct timestamp at = {-7, -7};
        bool right = timestamp_parse(cases[i].text, &at);
        if (right != (cases[i].beyond_ns >= 0))
            fail_msg("%s: %s", cases[i].text, right ? "taken" : "refused");
        if (right &&
            (at.ms != cases[i].ms || at.beyond_ns != cases[i].beyond_ns))
            fail_msg("%s: %lld %d", cases[i].text, (long long)at.ms,
                     at.beyond_ns);
        if (!right && (at.ms != -7 || at.beyond_ns != -7))
            fail_msg("%s: written to", cases[i].text);
    }
}

static void other_text_is_refused(void **state)
{
    (void)state;
    static const char *const cases[] = {
        "",
        "now",
        "2016-03-14",
        "2016-03-14T01:59:00",
        "2016-03-14t01:59:00Z",
        "2016-03-14T01:59:00z",
        "2016-03-14 01:59:00Z",
        "2016-03-14T01:59Z",
        "2016-03-14T1:59:00Z",
        "2016-3-14T01:59:00Z",
        "16-03-14T01:59:00Z",
        "12016-03-14T01:59:00Z",
        "+2016-03-14T01:59:00Z",
        "-016-03-14T01:59:00Z",
        "20160314T015900Z",
        "2016-00-14T01:59:00Z",
        "2016-13-14T01:59:00Z",
        "2016-03-00T01:59:00Z",
        "2016-03-32T01:59:00Z",
        "2016-04-31T01:59:00Z",
        "2015-02-29T01:59:00Z",
        "1900-02-29T01:59:00Z",
        "2016-03-14T24:00:00Z",
        "2016-03-14T01:60:00Z",
        "2016-03-14T01:59:61Z",
        "2016-03-14T01:59:60Z",
        "2016-03-14T01:59:00.Z",
        "2016-03-14T01:59:00,5Z",
        "2016-03-14T01:59:00.5",
        "2016-03-14T01:59:00.5.5Z",
        "2016-03-14T01:59:00+24:00",
        "2016-03-14T01:59:00+01:60",
        "2016-03-14T01:59:00+01",
        "2016-03-14T01:59:00+0100",
        "2016-03-14T01:59:00+1:00",
        "2016-03-14T01:59:00+-1:00",
        "2016-03-14T01:59:00Z+01:00",
        "2016-03-14T01:59:00ZZ",
        "2016-03-14T01:59:00Z ",
        " 2016-03-14T01:59:00Z",
        "2016-03-14T01:59:00Z\n",
        "2016-03-14T01:59:00\xe2\x88\x92"
        "01:00",
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct timestamp at;
        if (timestamp_parse(cases[i], &at))
            fail_msg("taken: %s", cases[i]);
    }
}

/* Each beginning of a timestamp is refused, and read no further. */
static void cut_text_is_refused(void **state)
{
    (void)state;
    static const char whole[] = "2016-03-14T01:59:00.123+01:00";
    for (size_t length = 0; length < sizeof whole - 1; length++) {
        char *cut = test_malloc(length + 1);
        memcpy(cut, whole, length);
        cut[length] = '\0';
        struct timestamp at;
        if (timestamp_parse(cut, &at))
            fail_msg("taken: %s", cut);
        test_free(cut);
    }
}

/* Every day of ten thousand years, against the C library's calendar. */
static void days_follow_each_other(void **state)
{
    (void)state;
    const time_t first = -62167219200, day = 86400;
    size_t days = 0;
    for (time_t t = first; t <= 253402300799; t += day, days++) {
        const struct tm tm = *gmtime(&t);
        char text[80];
        snprintf(text, sizeof text, "%04d-%02d-%02dT00:00:00Z",
                 tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday);
        struct timestamp at;
        if (!timestamp_parse(text, &at) || at.ms != (int64_t)t * 1000)
            fail_msg("%s", text);
    }
    assert_int_equal(days, 3652425);
}

static void times_are_compared(void **state)
{
    (void)state;
    static const char *const rising[] = {
        "0000-01-01T00:00:00Z",           "1969-12-31T23:59:59.999999998Z",
        "1969-12-31T23:59:59.999999999Z", "1970-01-01T00:00:00Z",
        "2016-03-14T01:59:00+01:00",      "2016-03-14T01:59:00Z",
        "2016-03-14T01:59:00.000000001Z", "2016-03-14T01:59:00.001Z",
        "2016-03-14T01:59:00-01:00",      "9999-12-31T23:59:59Z",
    };
    enum { COUNT = sizeof rising / sizeof *rising };
    for (int i = 0; i < COUNT; i++) {
        for (int k = 0; k < COUNT; k++) {
            struct timestamp a, b;
            assert_true(timestamp_parse(rising[i], &a));
            assert_true(timestamp_parse(rising[k], &b));
            int order = timestamp_compare(a, b);
            if ((order > 0) - (order < 0) != (i > k) - (i < k))
                fail_msg("%s %d %s", rising[i], order, rising[k]);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(times_are_read),
        cmocka_unit_test(other_text_is_refused),
        cmocka_unit_test(cut_text_is_refused),
        cmocka_unit_test(days_follow_each_other),
        cmocka_unit_test(times_are_compared),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
