/* The configuration of payments (lib/base/settings/settings.h): who charges and
 * with which secrets, the ways to pay, the limits on declines. */
#define _GNU_SOURCE
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/settings/settings.h"
#include "lib/base/system/file.h"
#include "tests/unit/scratch.h"

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
    assert_int_equal(settings.stripe_timeout_ms, 10000);
    assert_null(settings.webhook_secrets[0]);
    assert_true(settings.takes_hosted && settings.takes_token &&
                settings.takes_manual);
    assert_string_equal(settings.manual_text, "");
    assert_int_equal(settings.payment_window_ms, 30 * 60 * 1000);
    assert_int_equal(settings.manual_window_ms, 7 * 24 * 3600 * 1000);
    assert_int_equal(settings.payment_unknown_ms, 15 * 60 * 1000);
    assert_false(settings.late_payment_reopens);
    assert_int_equal(settings.reconcile_ms, 3600 * 1000);
    assert_int_equal(settings.webhook_days, 30);
    assert_int_equal(settings.declines_per_address, 30);
    assert_int_equal(settings.declines_per_email, 10);
    assert_int_equal(settings.mails_per_recipient, 10);
    assert_int_equal(settings.mails_per_address, 30);
    assert_int_equal(settings.held_per_address, 100);
    assert_int_equal(settings.held_per_email, 50);
    assert_int_equal(settings.breaker_percent, 50);
    assert_int_equal(settings.breaker_charges, 50);
    assert_false(settings.form_token_required);
}

static void no_rate_limit_means_no_other_limit(void **state)
{
    (void)state;
    assert_true(read_with("ORDERMILL_RATE_LIMIT", "0"));
    assert_int_equal(settings.declines_per_address, 0);
    assert_int_equal(settings.declines_per_email, 0);
    assert_int_equal(settings.mails_per_recipient, 0);
    assert_int_equal(settings.mails_per_address, 0);
    assert_int_equal(settings.breaker_percent, 0);
    assert_true(read_with("ORDERMILL_DECLINES_PER_EMAIL", "3"));
    assert_int_equal(settings.declines_per_email, 3);
    assert_int_equal(settings.held_per_address, 0);
    assert_int_equal(settings.held_per_email, 0);
    assert_true(read_with("ORDERMILL_HELD_PER_EMAIL", "7"));
    assert_int_equal(settings.held_per_email, 7);
}

static void a_payment_by_hand_may_take_a_year(void **state)
{
    (void)state;
    assert_true(read_with("ORDERMILL_MANUAL_WINDOW_S", "31536000"));
    assert_true(read_with("ORDERMILL_MANUAL_WINDOW_S", "0"));
    assert_int_equal(settings.manual_window_ms, 0);
    assert_false(read_with("ORDERMILL_MANUAL_WINDOW_S", "31536001"));
    assert_non_null(strstr(fault, "ORDERMILL_MANUAL_WINDOW_S"));
}

static void ways_to_pay_are_chosen(void **state)
{
    (void)state;
    assert_true(read_with("ORDERMILL_PAYMENT_METHODS", "manual,hosted"));
    assert_true(settings.takes_hosted && settings.takes_manual);
    assert_false(settings.takes_token);
    assert_true(read_with("ORDERMILL_LATE_PAYMENT", "reopen"));
    assert_true(settings.late_payment_reopens);
}

/* Where customers pay by hand alone nobody charges; a gateway that is set is
 * still asked for what it charged before. */
static void the_stand_in_runs_only_where_it_charges(void **state)
{
    (void)state;
    assert_true(read_with("ORDERMILL_PAYMENT_METHODS", "token"));
    assert_true(settings.gateway_is_local && settings.has_gateway);
    assert_true(read_with("ORDERMILL_PAYMENT_METHODS", "manual"));
    assert_false(settings.gateway_is_local || settings.has_gateway);
    assert_string_equal(settings.stripe_url, "");
    /* Its port is not asked about either. */
    assert_true(read_with("ORDERMILL_LISTEN", "127.0.0.1:65535"));
    assert_true(read_with("ORDERMILL_CURRENCY", "ISK"));
    unsetenv("ORDERMILL_CURRENCY");
    assert_true(read_with("ORDERMILL_STRIPE_URL", "https://api.stripe.com"));
    assert_false(settings.gateway_is_local);
    assert_true(settings.has_gateway);
    assert_string_equal(settings.stripe_url, "https://api.stripe.com");
}

/* A live key never meets the stand-in, and no key leaves without TLS. */
static void keys_are_kept_safe(void **state)
{
    (void)state;
    assert_false(read_with("ORDERMILL_STRIPE_KEY", "sk_live_x"));
    assert_non_null(strstr(fault, "ORDERMILL_STRIPE_KEY"));
    assert_true(read_with("ORDERMILL_STRIPE_URL", "https://api.stripe.com"));
    static const char *const unsafe[] = {
        "http://api.stripe.com", "http://127.0.0.1.example:80",
        "http://localhost.example", "ftp://127.0.0.1:1",
        "http://127.0.0.1:80@api.stripe.com"};
    for (size_t i = 0; i < sizeof unsafe / sizeof unsafe[0]; i++) {
        if (read_with("ORDERMILL_STRIPE_URL", unsafe[i]))
            fail_msg("%s", unsafe[i]);
        assert_non_null(strstr(fault, "ORDERMILL_STRIPE_URL"));
    }
    assert_true(read_with("ORDERMILL_STRIPE_URL", "http://127.0.0.1:9/"));
    assert_false(settings.gateway_is_local);
    /* A hundredth of the price would be charged. */
    assert_false(read_with("ORDERMILL_CURRENCY", "ISK"));
    assert_non_null(strstr(fault, "ORDERMILL_CURRENCY"));
    unsetenv("ORDERMILL_STRIPE_URL");
    unsetenv("ORDERMILL_STRIPE_KEY");
    assert_true(settings_read(&arena, &settings, &fault));
}

static const char *put(const char *folder, const char *name, const char *text)
{
    const char *path = arena_printf(&arena, "%s/%s", folder, name);
    assert_true(file_replace(folder, path, text, strlen(text)));
    return path;
}

static void the_local_gateway_takes_its_own_key_alone(void **state)
{
    char folder[SCRATCH_SIZE];
    (void)state;
    scratch_make(folder);
    assert_true(read_with("ORDERMILL_HOME", folder));
    assert_null(settings.stripe_key);
    /* Before there is one no other is good either. */
    assert_false(read_with("ORDERMILL_STRIPE_KEY", "sk_test_local"));
    put(folder, "gateway-key", "sk_test_own\n");
    assert_false(read_with("ORDERMILL_STRIPE_KEY", "sk_test_local"));
    assert_non_null(strstr(fault, "ORDERMILL_STRIPE_KEY"));
    assert_non_null(strstr(fault, "ORDERMILL_STRIPE_URL"));
    assert_true(read_with("ORDERMILL_STRIPE_KEY", "sk_test_own"));
    assert_true(read_with("ORDERMILL_STRIPE_URL", "https://api.stripe.com"));
    assert_true(read_with("ORDERMILL_STRIPE_KEY", "sk_live_x"));
    assert_string_equal(settings.stripe_key, "sk_live_x");
    /* Nor is it told to another. */
    assert_true(read_with("ORDERMILL_STRIPE_KEY", ""));
    assert_null(settings.stripe_key);
    unsetenv("ORDERMILL_STRIPE_URL");
    unsetenv("ORDERMILL_STRIPE_KEY");
    put(folder, "gateway-key", "\n");
    assert_false(settings_read(&arena, &settings, &fault));
    assert_non_null(strstr(fault, "gateway-key"));
    scratch_remove(folder);
}

static void secrets_come_from_files_too(void **state)
{
    char folder[SCRATCH_SIZE];
    (void)state;
    scratch_make(folder);
    put(folder, "webhook-secret", "whsec_home\n");
    put(folder, "gateway-key", "sk_test_file\n");
    assert_true(read_with("ORDERMILL_HOME", folder));
    assert_string_equal(settings.stripe_key, "sk_test_file");
    assert_true(read_with("ORDERMILL_STRIPE_KEY_FILE",
                          put(folder, "key", "sk_test_file\n")));
    assert_string_equal(settings.stripe_key, "sk_test_file");
    assert_string_equal(settings.webhook_secrets[0], "whsec_home");
    assert_null(settings.webhook_secrets[1]);
    const char *name = "ORDERMILL_STRIPE_WEBHOOK_SECRET";
    assert_true(read_with(name, "whsec_a,whsec_b"));
    assert_string_equal(settings.webhook_secrets[0], "whsec_a");
    assert_string_equal(settings.webhook_secrets[1], "whsec_b");
    static const char *const spoilt[] = {"a,b,c", "a, b", "a ",
                                         ",b",    "a\r",  "\xc3\xa9"};
    for (size_t i = 0; i < sizeof spoilt / sizeof spoilt[0]; i++) {
        if (read_with(name, spoilt[i]))
            fail_msg("%s", spoilt[i]);
        assert_non_null(strstr(fault, name));
    }
    unsetenv(name);
    assert_false(
        read_with("ORDERMILL_STRIPE_KEY_FILE", put(folder, "key", "\n")));
    assert_false(
        read_with("ORDERMILL_STRIPE_KEY_FILE", put(folder, "key", "sk_ x")));
    assert_non_null(strstr(fault, "ORDERMILL_STRIPE_KEY"));
    read_with("ORDERMILL_STRIPE_KEY_FILE", put(folder, "key", "sk_test_x"));
    /* HOME's secret is the local gateway's alone. */
    assert_true(read_with("ORDERMILL_STRIPE_URL", "https://api.stripe.com"));
    assert_null(settings.webhook_secrets[0]);
    assert_false(read_with("ORDERMILL_STRIPE_KEY_FILE", "/nowhere/key"));
    assert_non_null(strstr(fault, "ORDERMILL_STRIPE_KEY_FILE"));
    scratch_remove(folder);
}

static void values_that_cannot_be_meant_are_named(void **state)
{
    (void)state;
    static const char *const cases[][2] = {
        {"ORDERMILL_STRIPE_TIMEOUT_S", "0"},
        {"ORDERMILL_STRIPE_TIMEOUT_S", "61"},
        {"ORDERMILL_PAYMENT_METHODS", "card"},
        {"ORDERMILL_PAYMENT_METHODS", "hosted,,manual"},
        {"ORDERMILL_MANUAL_TITLE", "a\nb"},
        {"ORDERMILL_MANUAL_TITLE", "\xff"},
        {"ORDERMILL_PAYMENT_WINDOW_S", "0"},
        {"ORDERMILL_PAYMENT_WINDOW_S", "86401"},
        {"ORDERMILL_PAYMENT_UNKNOWN_S", "x"},
        {"ORDERMILL_LATE_PAYMENT", "keep"},
        {"ORDERMILL_RECONCILE_S", "-1"},
        {"ORDERMILL_WEBHOOK_DAYS", "0"},
        {"ORDERMILL_DECLINES_PER_ADDRESS", "-1"},
        {"ORDERMILL_DECLINES_PER_EMAIL", "many"},
        {"ORDERMILL_MAILS_PER_RECIPIENT", "-1"},
        {"ORDERMILL_MAILS_PER_ADDRESS", "few"},
        {"ORDERMILL_BREAKER_PERCENT", "101"},
        {"ORDERMILL_BREAKER_CHARGES", "0"},
        {"ORDERMILL_FORM_TOKEN", "yes"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        clearenv();
        if (read_with(cases[i][0], cases[i][1]))
            fail_msg("%s=%s", cases[i][0], cases[i][1]);
        assert_non_null(strstr(fault, cases[i][0]));
    }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(defaults_are_the_documented_ones),
        TEST(no_rate_limit_means_no_other_limit),
        TEST(a_payment_by_hand_may_take_a_year),
        TEST(ways_to_pay_are_chosen),
        TEST(the_stand_in_runs_only_where_it_charges),
        TEST(keys_are_kept_safe),
        TEST(the_local_gateway_takes_its_own_key_alone),
        TEST(secrets_come_from_files_too),
        TEST(values_that_cannot_be_meant_are_named),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
