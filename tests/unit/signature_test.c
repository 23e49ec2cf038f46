/* Standard Webhooks (lib/shop/signature.h). */
#define _GNU_SOURCE
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "lib/adapter/crypto.h"
#include "lib/shop/signature.h"

#define SECRET "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
#define BODY "{\"test\": 2432232314}"

static struct arena arena;

static int setup(void **state)
{
    (void)state;
    crypto_open();
    arena = arena_create(1 << 20);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    arena_destroy(&arena);
    return 0;
}

static const char *sign(const char *secret, const char *id, int64_t unix_s,
                        const char *body, size_t length)
{
    static const char *lines[SIGNATURE_LINES];
    lines[2] = "untouched";
    assert_true(
        signature_make(&arena, secret, id, unix_s, body, length, lines));
    assert_true(strlen(lines[2]) == strlen("webhook-signature: v1,") + 44);
    return lines[2];
}

/* The test vector of the reference libraries of standardwebhooks.com. */
static void the_reference_vector_holds(void **state)
{
    (void)state;
    const char *lines[SIGNATURE_LINES];
    assert_true(signature_make(&arena, SECRET, "msg_p5jXN8AQM9LWM0D4loKWxJek",
                               1614265330, BODY, strlen(BODY), lines));
    assert_string_equal(lines[0], "webhook-id: msg_p5jXN8AQM9LWM0D4loKWxJek");
    assert_string_equal(lines[1], "webhook-timestamp: 1614265330");
    assert_string_equal(lines[2],
                        "webhook-signature: "
                        "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
}

static void everything_is_signed(void **state)
{
    (void)state;
    const char *secret = signature_secret(&arena);
    const char *first = sign(secret, "a", 1, "x\0y", 3);
    assert_string_equal(first, sign(secret, "a", 1, "x\0y", 3));
    assert_string_not_equal(first, sign(SECRET, "a", 1, "x\0y", 3));
    assert_string_not_equal(first, sign(secret, "b", 1, "x\0y", 3));
    assert_string_not_equal(first, sign(secret, "a", 2, "x\0y", 3));
    assert_string_not_equal(first, sign(secret, "a", 1, "x\0z", 3));
    assert_string_not_equal(first, sign(secret, "a", 1, "", 0));
}

static void new_secrets_are_good_and_unlike(void **state)
{
    (void)state;
    const char *one = signature_secret(&arena);
    const char *other = signature_secret(&arena);
    assert_int_equal(strlen(one), 6 + 44);
    const char *lines[SIGNATURE_LINES];
    assert_true(signature_make(&arena, one, "a", 1, "x", 1, lines));
    assert_string_not_equal(one, other);
}

static void malformed_ones_are_refused(void **state)
{
    (void)state;
    char key[100] = "0123456789abcdef";
    static const struct {
        size_t bytes;
        bool ok;
    } sizes[] = {{0, false}, {23, false}, {24, true},
                 {64, true}, {65, false}, {99, false}};
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        const char *secret = arena_printf(
            &arena, "whsec_%s", crypto_base64(&arena, key, sizes[i].bytes));
        const char *made[SIGNATURE_LINES];
        assert_int_equal(signature_make(&arena, secret, "a", 1, "x", 1, made),
                         sizes[i].ok);
    }
    static const char *const secrets[] = {
        "",
        "whsec_",
        "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
        "whsk_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
        "WHSEC_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
        SECRET " ",
        SECRET "=",
        SECRET "YQ",
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLa-_"};
    const char *lines[SIGNATURE_LINES] = {"untouched"};
    for (size_t i = 0; i < sizeof secrets / sizeof secrets[0]; i++)
        assert_false(signature_make(&arena, secrets[i], "a", 1, "x", 1, lines));
    char long_id[257] = {0};
    memset(long_id, 'a', sizeof long_id - 1);
    const char *const ids[] = {"",          "a.b",      "a b",
                               "a\r\nX: y", "\xc3\xa4", long_id};
    for (size_t i = 0; i < sizeof ids / sizeof ids[0]; i++)
        assert_false(signature_make(&arena, SECRET, ids[i], 1, "x", 1, lines));
    assert_string_equal(lines[0], "untouched");
    assert_true(signature_make(&arena, SECRET, long_id + 1, 1, "x", 1, lines));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(the_reference_vector_holds),
        TEST(everything_is_signed),
        TEST(new_secrets_are_good_and_unlike),
        TEST(malformed_ones_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
