/* The configuration (lib/base/settings/settings.h): defaults, derived
 * addresses, and values that cannot be meant. */
#define _GNU_SOURCE
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/base/settings/settings.h"

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

static void defaults_are_the_documented_ones(void **state)
{
    (void)state;
    assert_true(settings_read(&arena, &settings, &fault));
    assert_string_equal(settings.listen, "127.0.0.1:8080");
    assert_string_equal(settings.base_url, "http://127.0.0.1:8080");
    assert_string_equal(settings.gateway_listen, "127.0.0.1:8081");
    assert_string_equal(settings.stripe_url, "http://127.0.0.1:8081");
    assert_null(settings.stripe_key); /* init makes it */
    assert_string_equal(settings.gateway_webhook_hosts, "");
    assert_true(settings.gateway_is_local && settings.has_gateway);
    assert_string_equal(settings.currency, "EUR");
    assert_int_equal(settings.rate_limit, 20);
    assert_int_equal(settings.connections_per_address, 150);
    assert_int_equal(settings.calls_per_host, 32);
    assert_int_equal(settings.history_days, 90);
    assert_false(settings.task_private);
    assert_null(settings.ca_file);
    assert_null(settings.smtp_url);
    assert_null(settings.trusted_proxy);
    assert_null(settings.user);
    assert_true(settings.home[0] == '/');
    assert_non_null(strstr(settings.home, "/var"));
    assert_non_null(strstr(settings.workflow, "order-workflow.asl.json"));
}

static void everything_stands_below_home(void **state)
{
    (void)state;
    assert_true(read_with("ORDERMILL_HOME", "/srv/shop/"));
    assert_string_equal(settings.home, "/srv/shop");
    assert_string_equal(settings.database, "/srv/shop/ordermill.db");
    assert_string_equal(settings.gateway_database, "/srv/shop/gateway.db");
    assert_string_equal(settings.receipts, "/srv/shop/receipts");
    assert_string_equal(settings.mail, "/srv/shop/mail");
    assert_string_equal(settings.run, "/srv/shop/run");
    assert_string_equal(settings.log, "/srv/shop/log");
    char cwd[4096];
    assert_non_null(getcwd(cwd, sizeof cwd));
    assert_true(read_with("ORDERMILL_HOME", "x/y"));
    assert_true(strncmp(settings.home, cwd, strlen(cwd)) == 0);
    assert_string_equal(settings.home + strlen(cwd), "/x/y");
}

static void addresses_follow_listen(void **state)
{
    (void)state;
    assert_true(read_with("ORDERMILL_LISTEN", "192.0.2.1:80"));
    assert_string_equal(settings.gateway_listen, "127.0.0.1:81");
    assert_string_equal(settings.base_url, "http://192.0.2.1:80");
    assert_true(read_with("ORDERMILL_BASE_URL", "https://shop.example//"));
    assert_string_equal(settings.base_url, "https://shop.example");
    assert_true(read_with("ORDERMILL_STRIPE_URL", "https://api.stripe.com"));
    assert_false(settings.gateway_is_local);
    assert_true(read_with("ORDERMILL_LISTEN", "[::1]:8080"));
    assert_string_equal(settings.gateway_listen, "127.0.0.1:8081");
    assert_true(read_with("ORDERMILL_GATEWAY_LISTEN", "0.0.0.0:81"));
    assert_string_equal(settings.gateway_listen, "0.0.0.0:81");
}

static void values_that_cannot_be_meant_are_named(void **state)
{
    (void)state;
    static const char *const cases[][2] = {
        {"ORDERMILL_LISTEN", "8080"},
        {"ORDERMILL_LISTEN", ":8080"},
        {"ORDERMILL_LISTEN", "localhost:"},
        {"ORDERMILL_LISTEN", "localhost:0"},
        {"ORDERMILL_LISTEN", "localhost:65536"},
        {"ORDERMILL_LISTEN", "localhost:80x"},
        {"ORDERMILL_LISTEN", "localhost:-1"},
        {"ORDERMILL_GATEWAY_LISTEN", "x"},
        {"ORDERMILL_GATEWAY_WEBHOOK_HOSTS", "a, b"},
        {"ORDERMILL_GATEWAY_WEBHOOK_HOSTS", ",a"},
        {"ORDERMILL_GATEWAY_WEBHOOK_HOSTS", "a,,b"},
        {"ORDERMILL_GATEWAY_WEBHOOK_HOSTS", "a,"},
        {"ORDERMILL_GATEWAY_WEBHOOK_HOSTS", "http://a"},
        {"ORDERMILL_TRUSTED_PROXY", "proxy.example"},
        {"ORDERMILL_TRUSTED_PROXY", "10.0.0.0/33"},
        {"ORDERMILL_TRUSTED_PROXY", "10.0.0.1, 10.0.0.2"},
        {"ORDERMILL_BASE_URL", "shop.example"},
        {"ORDERMILL_BASE_URL", "http://"},
        {"ORDERMILL_BASE_URL", "ftp://shop.example"},
        {"ORDERMILL_CURRENCY", "euro"},
        {"ORDERMILL_CURRENCY", "eur"},
        {"ORDERMILL_RATE_LIMIT", "-1"},
        {"ORDERMILL_RATE_LIMIT", "many"},
        {"ORDERMILL_CONNECTIONS_PER_ADDRESS", "-1"},
        {"ORDERMILL_CONNECTIONS_PER_ADDRESS", "65536"},
        {"ORDERMILL_RATE_LIMIT", "1.5"},
        {"ORDERMILL_RATE_LIMIT", "99999999999999999999"},
        {"ORDERMILL_CALLS_PER_HOST", "0"},
        {"ORDERMILL_CALLS_PER_HOST", "1001"},
        {"ORDERMILL_CALLS_PER_HOST", "64x"},
        {"ORDERMILL_CALLS_PER_HOST", "+64"},
        {"ORDERMILL_CALLS_PER_HOST", " 64"},
        {"ORDERMILL_HISTORY_DAYS", "0"},
        {"ORDERMILL_HISTORY_DAYS", "-90"},
        {"ORDERMILL_HISTORY_DAYS", "36501"},
        {"ORDERMILL_HISTORY_DAYS", "99999999999999999999"},
        {"ORDERMILL_TASK_PRIVATE", "yes"},
        {"ORDERMILL_TASK_PRIVATE", "2"},
        {"ORDERMILL_CA_FILE", "/nowhere/ca.pem"},
        {"ORDERMILL_SHOP_NAME", "a\nb"},
        {"ORDERMILL_SHOP_NAME", "\xff"},
        {"ORDERMILL_SHOP_TAX_ID", "a\rb"},
        {"ORDERMILL_SHOP_ADDRESS", "\xc0\x80"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        clearenv();
        if (read_with(cases[i][0], cases[i][1]))
            fail_msg("%s=%s", cases[i][0], cases[i][1]);
        /* The fault names the variable, or its family with "*". */
        assert_true(strstr(fault, cases[i][0]) != NULL ||
                    strstr(fault, "ORDERMILL_SHOP_*") != NULL);
    }
}

static void empty_means_unset(void **state)
{
    (void)state;
    assert_true(read_with("ORDERMILL_SMTP_URL", ""));
    assert_null(settings.smtp_url);
    assert_null(settings.trusted_proxy);
    assert_null(settings.user);
    assert_true(read_with("ORDERMILL_CURRENCY", ""));
    assert_string_equal(settings.currency, "EUR");
    assert_true(read_with("ORDERMILL_RATE_LIMIT", "0"));
    assert_int_equal(settings.rate_limit, 0);
    assert_int_equal(settings.connections_per_address, 0);
    setenv("ORDERMILL_CONNECTIONS_PER_ADDRESS", "7", 1);
    assert_true(read_with("ORDERMILL_RATE_LIMIT", "0"));
    assert_int_equal(settings.connections_per_address, 7);
}

static void web_tasks_are_set_up(void **state)
{
    (void)state;
    assert_true(read_with("ORDERMILL_CALLS_PER_HOST", "1"));
    assert_int_equal(settings.calls_per_host, 1);
    assert_true(read_with("ORDERMILL_CALLS_PER_HOST", "1000"));
    assert_int_equal(settings.calls_per_host, 1000);
    assert_true(read_with("ORDERMILL_HISTORY_DAYS", "36500"));
    assert_int_equal(settings.history_days, 36500);
    assert_true(read_with("ORDERMILL_TASK_PRIVATE", "1"));
    assert_true(settings.task_private);
    assert_true(read_with("ORDERMILL_TASK_PRIVATE", "0"));
    assert_false(settings.task_private);
    assert_true(read_with("ORDERMILL_CA_FILE", "/proc/self/exe"));
    assert_string_equal(settings.ca_file, "/proc/self/exe");
    char cwd[4096];
    assert_non_null(getcwd(cwd, sizeof cwd));
    assert_true(read_with("ORDERMILL_CA_FILE", "."));
    assert_true(strncmp(settings.ca_file, cwd, strlen(cwd)) == 0);
}

static void the_zone_is_put_in_force(void **state)
{
    (void)state;
    assert_true(read_with("ORDERMILL_TIMEZONE", "XYZ-3"));
    assert_string_equal(getenv("TZ"), "XYZ-3");
}

static void proxies_are_addresses_and_networks(void **state)
{
    (void)state;
    static const char *const good[] = {"127.0.0.1", "::1", "10.0.0.0/8",
                                       "0.0.0.0/0",
                                       "127.0.0.1,2001:db8::/32,192.0.2.7/32"};
    static const char *const bad[] = {",",
                                      "10.0.0.0/",
                                      "10.0.0.0/-1",
                                      "10.0.0.0/8x",
                                      "10.0.0.0/ 8",
                                      "/8",
                                      "10.0.0.1,,10.0.0.2",
                                      "10.0.0.1;",
                                      "::/129",
                                      "10.0.0",
                                      "unix:",
                                      "10.0.0.1\n"};
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        assert_true(read_with("ORDERMILL_TRUSTED_PROXY", good[i]));
        assert_string_equal(settings.trusted_proxy, good[i]);
    }
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        if (read_with("ORDERMILL_TRUSTED_PROXY", bad[i]))
            fail_msg("took %s", bad[i]);
}

static void links_tell_tls_and_this_machine(void **state)
{
    (void)state;
    static const char *const loopback[] = {
        "http://127.0.0.1:8080", "http://localhost", "https://[::1]:1"};
    static const char *const others[] = {"http://shop.example",
                                         "http://127.0.0.1.example:80",
                                         "https://localhost.example"};
    for (size_t i = 0; i < sizeof loopback / sizeof loopback[0]; i++) {
        assert_true(read_with("ORDERMILL_BASE_URL", loopback[i]));
        assert_true(settings_is_loopback(&settings));
        assert_true(settings_is_https(&settings) == (loopback[i][4] == 's'));
    }
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        assert_true(read_with("ORDERMILL_BASE_URL", others[i]));
        assert_false(settings_is_loopback(&settings));
    }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(defaults_are_the_documented_ones),
        TEST(everything_stands_below_home),
        TEST(addresses_follow_listen),
        TEST(values_that_cannot_be_meant_are_named),
        TEST(empty_means_unset),
        TEST(web_tasks_are_set_up),
        TEST(the_zone_is_put_in_force),
        TEST(proxies_are_addresses_and_networks),
        TEST(links_tell_tls_and_this_machine),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
