/* libsodium behind lib/adapter/crypto.h: known vectors, shapes, order. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "lib/adapter/crypto.h"

enum { MANY = 2000 };

static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
                               "abcdefghijklmnopqrstuvwxyz0123456789-_";

static int open_crypto(void **state)
{
    (void)state;
    crypto_open();
    return 0;
}

static void a_uuid_is_of_version_7(void **state)
{
    (void)state;
    char uuid[CRYPTO_UUID_SIZE];
    /* RFC 9562, appendix A.6: 22 February 2022, 19:22:22.00 GMT. */
    crypto_uuid(0x017F22E279B0LL, uuid);
    assert_int_equal(strlen(uuid), 36);
    assert_memory_equal(uuid, "017f22e2-79b0-7", 15);
    assert_int_equal(uuid[18], '-');
    assert_non_null(strchr("89ab", uuid[19]));
    assert_int_equal(uuid[23], '-');
    assert_int_equal(strspn(uuid, "0123456789abcdef-"), 36);
}

static void uuids_are_in_order_of_time_and_unlike(void **state)
{
    (void)state;
    char last[CRYPTO_UUID_SIZE] = "";
    char next[CRYPTO_UUID_SIZE];
    for (long long ms = 1777636800000; ms < 1777636800000 + MANY; ms++) {
        crypto_uuid(ms, next);
        assert_true(strcmp(last, next) < 0);
        memcpy(last, next, sizeof last);
    }
    crypto_uuid(1777636800000 + MANY - 1, next);
    assert_string_not_equal(last, next);
}

static void tokens_are_url_safe_and_unlike(void **state)
{
    (void)state;
    static char seen[MANY][CRYPTO_TOKEN_SIZE];
    for (int i = 0; i < MANY; i++) {
        crypto_token(seen[i]);
        assert_int_equal(strlen(seen[i]), 24);
        assert_int_equal(strspn(seen[i], alphabet), 24);
        if (i > 0)
            assert_string_not_equal(seen[i], seen[i - 1]);
    }
    unsigned char a[16];
    unsigned char b[16];
    crypto_random(a, sizeof a);
    crypto_random(b, sizeof b);
    assert_memory_not_equal(a, b, sizeof a);
}

static void sha256_is_fips_180(void **state)
{
    (void)state;
    char hex[CRYPTO_SHA256_HEX];
    crypto_sha256_hex("abc", 3, hex);
    assert_string_equal(hex, "ba7816bf8f01cfea414140de5dae2223"
                             "b00361a396177a9cb410ff61f20015ad");
    crypto_sha256_hex("", 0, hex);
    assert_string_equal(hex, "e3b0c44298fc1c149afbf4c8996fb924"
                             "27ae41e4649b934ca495991b7852b855");
}

/* RFC 4231, test case 2, its key filled up with zeros, which HMAC does too. */
static void hmac_is_rfc_4231(void **state)
{
    (void)state;
    unsigned char key[CRYPTO_KEY_SIZE] = "Jefe";
    struct arena arena = arena_create(1 << 16);
    char *mac = crypto_hmac(&arena, key, "what do ya want for nothing?");
    assert_string_equal(mac, "W9zBRr9gdU5qBCQmCJV1x1oAPwidJzmDnexYuWTsOEM");
    assert_string_not_equal(
        mac, crypto_hmac(&arena, key, "what do ya want for nothing!"));
    arena_destroy(&arena);
}

static void equal_is_equal(void **state)
{
    (void)state;
    assert_true(crypto_equal("", ""));
    assert_true(crypto_equal("abc", "abc"));
    assert_false(crypto_equal("abc", "abd"));
    assert_false(crypto_equal("abc", "ab"));
    assert_false(crypto_equal("", "a"));
}

static void passwords_are_argon2id(void **state)
{
    (void)state;
    char hash[CRYPTO_PASSWORD_HASH_SIZE];
    char again[CRYPTO_PASSWORD_HASH_SIZE];
    crypto_password_hash("pässword", hash);
    crypto_password_hash("pässword", again);
    assert_memory_equal(hash, "$argon2id$v=19$m=65536,t=2,p=1$", 31);
    assert_string_not_equal(hash, again);
    assert_true(crypto_password_ok(hash, "pässword"));
    assert_false(crypto_password_ok(hash, "pässwore"));
    assert_false(crypto_password_ok(hash, ""));
    assert_false(crypto_password_ok("", "pässword"));
    assert_false(crypto_password_ok("no hash at all", "pässword"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_uuid_is_of_version_7),
        cmocka_unit_test(uuids_are_in_order_of_time_and_unlike),
        cmocka_unit_test(tokens_are_url_safe_and_unlike),
        cmocka_unit_test(sha256_is_fips_180),
        cmocka_unit_test(hmac_is_rfc_4231),
        cmocka_unit_test(equal_is_equal),
        cmocka_unit_test(passwords_are_argon2id),
    };
    return cmocka_run_group_tests(tests, open_crypto, NULL);
}
