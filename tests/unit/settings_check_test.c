/* The configuration against its use (lib/base/settings/check.h): what cannot
 * work is refused, what is hardly meant is warned about. */
#define _GNU_SOURCE
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/settings/check.h"
#include "lib/base/time/zone.h"

static struct arena arena;
static struct settings settings;
static const char *fault;

static int setup(void **state)
{
    (void)state;
    arena = arena_create(1 << 20);
    fault = NULL;
    clearenv();
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    arena_destroy(&arena);
    return 0;
}

static bool read_with(const char *name, const char *value)
{
    setenv(name, value, 1);
    return settings_read(&arena, &settings, &fault);
}

static void check_refused(const char *name, const char *value, const char *says)
{
    clearenv();
    if (read_with(name, value))
        fail_msg("%s=%s was taken", name, value);
    if (strstr(fault, says) == NULL)
        fail_msg("%s=%s: %s", name, value, fault);
    assert_null(strchr(fault, '\n'));
}

static void check_taken(const char *name, const char *value)
{
    clearenv();
    if (!read_with(name, value))
        fail_msg("%s=%s: %s", name, value, fault);
}

static void a_zone_must_exist(void **state)
{
    (void)state;
    static const char *const bad[] = {"Europe/Berln",
                                      "Mars",
                                      "europe",
                                      "Europe",
                                      "CEST",
                                      "+01:00",
                                      "UTC+25",
                                      "CET-1CEST,M3.5.0",
                                      "CE-1",
                                      "<+1>-1x",
                                      "CET-1CEST,M13.5.0,M10.5.0",
                                      "CET-1CEST,M3.6.0,M10.5.0",
                                      "CET-1CEST,J0,J60",
                                      "../../../etc/passwd",
                                      "/etc/passwd",
                                      ":",
                                      "CET-1CEST,M3.5.0,M10.5.0/3x"};
    static const char *const good[] = {"UTC",
                                       "Europe/Berlin",
                                       ":Asia/Kolkata",
                                       "America/Argentina/Buenos_Aires",
                                       "UTC0",
                                       "CET-1CEST",
                                       "CET-1CEST,M3.5.0,M10.5.0/3",
                                       "<-03>3",
                                       "<+0530>-5:30",
                                       "EST5EDT4,J60/1:30:00,299/-25",
                                       "/usr/share/zoneinfo/Asia/Tokyo"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        check_refused("ORDERMILL_TIMEZONE", bad[i], "Europe/Berlin");
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++)
        check_taken("ORDERMILL_TIMEZONE", good[i]);
}

static void links_must_lead_somewhere(void **state)
{
    (void)state;
    static const char *const any[] = {
        "http://0.0.0.0:8080", "http://[::]:8080",          "http://*",
        "https://0.0.0.0",     "http://[0:0:0:0:0:0:0:0]",  "http://0",
        "http://0x0:80",       "http://[::ffff:0.0.0.0]:80"};
    for (size_t i = 0; i < sizeof any / sizeof any[0]; i++)
        check_refused("ORDERMILL_BASE_URL", any[i], "https://shop.example");
    static const char *const listen[] = {"0.0.0.0:8080", "[::]:8080", "*:80"};
    for (size_t i = 0; i < sizeof listen / sizeof listen[0]; i++) {
        clearenv();
        setenv("ORDERMILL_GATEWAY_LISTEN", "127.0.0.1:8081", 1);
        assert_false(read_with("ORDERMILL_LISTEN", listen[i]));
        assert_non_null(strstr(fault, "ORDERMILL_BASE_URL"));
        assert_true(read_with("ORDERMILL_BASE_URL", "http://192.0.2.1:8080"));
        assert_false(read_with("ORDERMILL_GATEWAY_LISTEN", listen[i]));
        assert_non_null(strstr(fault, "ORDERMILL_GATEWAY_LISTEN"));
    }
}

static void links_begin_with_an_origin(void **state)
{
    (void)state;
    check_refused("ORDERMILL_BASE_URL", "https://shop.example/a",
                  "write https://shop.example");
    check_refused("ORDERMILL_BASE_URL", "https://shop.example:444/a/?x",
                  "write https://shop.example:444");
    check_refused("ORDERMILL_BASE_URL", "https://shop.example?x=1",
                  "write https://shop.example");
    check_refused("ORDERMILL_BASE_URL", "https://shop.example#x",
                  "write https://shop.example");
    static const char *const bad[] = {"https://me@shop.example",
                                      "https://me:you@shop.example",
                                      "https://shop.example:0",
                                      "https://shop.example:x",
                                      "https://shop.example:",
                                      "https://shop example",
                                      "https://shop.example ",
                                      "https://m\xc3\xbchle.de",
                                      "https://[::1",
                                      "https://[::1]x",
                                      "https://\"shop\"",
                                      "https://:80",
                                      "https://shop.example:65536"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        check_refused("ORDERMILL_BASE_URL", bad[i], "https://shop.example");
    static const char *const good[] = {"https://shop.example",
                                       "https://shop.example/",
                                       "https://xn--mhle-0ra.de:8443",
                                       "http://localhost:8080",
                                       "http://[2001:db8::1]:8080",
                                       "http://[::1]",
                                       "http://192.0.2.1"};
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++)
        check_taken("ORDERMILL_BASE_URL", good[i]);
}

static void the_rest_must_be_usable(void **state)
{
    (void)state;
    static const char *const smtp[] = {"mail.example:587",
                                       "http://mail.example",
                                       "smtp://",
                                       "smtp://me:pw@",
                                       "smtp://mail.example:0",
                                       "smtp://me:p/w@mail.example:x",
                                       "smtp://mail example"};
    for (size_t i = 0; i < sizeof smtp / sizeof smtp[0]; i++)
        check_refused("ORDERMILL_SMTP_URL", smtp[i], "smtp://user:password@");
    check_taken("ORDERMILL_SMTP_URL", "smtp://mail.example");
    check_taken("ORDERMILL_SMTP_URL", "smtps://me:p%40w@mail.example:465");
    check_taken("ORDERMILL_SMTP_URL", "smtp://[2001:db8::1]:25/shop.example");
    check_refused("ORDERMILL_LOG_LEVEL", "verbose", "debug, info");
    check_taken("ORDERMILL_LOG_LEVEL", "warning");
}

static size_t warnings(const char *list[SETTINGS_WARNINGS])
{
    assert_true(settings_read(&arena, &settings, &fault));
    return settings_warnings(&settings, list);
}

static void what_is_hardly_meant_is_warned_about(void **state)
{
    (void)state;
    const char *list[SETTINGS_WARNINGS];
    assert_int_equal(warnings(list), 0);
    setenv("ORDERMILL_BASE_URL", "http://shop.example", 1);
    assert_int_equal(warnings(list), 3);
    assert_non_null(strstr(list[0], "ORDERMILL_BASE_URL: http sends"));
    assert_non_null(strstr(list[1], "ORDERMILL_STRIPE_URL: is not set"));
    assert_non_null(strstr(list[2], "ORDERMILL_SMTP_URL: is not set"));
    setenv("ORDERMILL_PAYMENT_METHODS", "manual", 1);
    assert_int_equal(warnings(list), 2);
    setenv("ORDERMILL_SMTP_URL", "smtp://mail.example", 1);
    assert_int_equal(warnings(list), 2);
    assert_non_null(strstr(list[1], "ORDERMILL_MAIL_FROM: "));
    setenv("ORDERMILL_MAIL_FROM", "shop@shop.example", 1);
    assert_int_equal(warnings(list), 1);
    setenv("ORDERMILL_BASE_URL", "http://localhost:8080", 1);
    assert_int_equal(warnings(list), 0);
    setenv("ORDERMILL_LISTEN", "192.0.2.1:80", 1);
    assert_int_equal(warnings(list), 1);
    assert_non_null(strstr(list[0], "their own machine"));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_zone_must_exist),
        TEST(links_must_lead_somewhere),
        TEST(links_begin_with_an_origin),
        TEST(the_rest_must_be_usable),
        TEST(what_is_hardly_meant_is_warned_about),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
