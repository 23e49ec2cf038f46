/* OpenSSL behind lib/adapter/digest.h, and Base64 of lib/adapter/crypto.h:
 * known vectors. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "lib/adapter/crypto.h"
#include "lib/adapter/digest.h"

/* RFC 1321 appendix A.5; FIPS 180-4's examples of "abc". */
static void digests_are_known(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        const char *hex;
    } examples[] = {
        {"MD5", "900150983cd24fb0d6963f7d28e17f72"},
        {"SHA-1", "a9993e364706816aba3e25717850c26c9cd0d89d"},
        {"SHA-256", "ba7816bf8f01cfea414140de5dae2223"
                    "b00361a396177a9cb410ff61f20015ad"},
        {"SHA-384", "cb00753f45a35e8bb5a03d699ac65007"
                    "272c32ab0eded1631a8b605a43ff5bed"
                    "8086072ba1e7cc2358baeca134c825a7"},
        {"SHA-512", "ddaf35a193617abacc417349ae204131"
                    "12e6fa4e89a97ea20a9eeee64b55d39a"
                    "2192992a274fc1a836ba3c23a3feebbd"
                    "454d4423643ce80e2a9ac94fa54ca49f"},
    };
    char hex[DIGEST_HEX];
    for (size_t i = 0; i < sizeof examples / sizeof *examples; i++) {
        assert_true(digest_hex(examples[i].name, "abc", 3, hex));
        assert_string_equal(hex, examples[i].hex);
    }
    assert_true(digest_hex("MD5", "", 0, hex));
    assert_string_equal(hex, "d41d8cd98f00b204e9800998ecf8427e");
}

static void other_names_are_refused(void **state)
{
    (void)state;
    static const char *const names[] = {"", "md5", "SHA1", "SHA-224",
                                        "SHA-2567"};
    char hex[DIGEST_HEX];
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        assert_false(digest_hex(names[i], "abc", 3, hex));
}

/* RFC 4648, section 10. */
static void base64_goes_there_and_back(void **state)
{
    (void)state;
    static const char *const examples[][2] = {{"", ""},
                                              {"f", "Zg=="},
                                              {"fo", "Zm8="},
                                              {"foo", "Zm9v"},
                                              {"foob", "Zm9vYg=="},
                                              {"fooba", "Zm9vYmE="},
                                              {"foobar", "Zm9vYmFy"},
                                              {"\xfb\xff\xbe", "+/++"}};
    struct arena arena = arena_create(1 << 20);
    for (size_t i = 0; i < sizeof examples / sizeof *examples; i++) {
        const char *plain = examples[i][0], *coded = examples[i][1];
        assert_string_equal(crypto_base64(&arena, plain, strlen(plain)), coded);
        size_t length = 99;
        char *back = crypto_base64_decode(&arena, coded, &length);
        assert_non_null(back);
        assert_int_equal(length, strlen(plain));
        assert_string_equal(back, plain);
    }
    arena_destroy(&arena);
}

static void other_base64_is_refused(void **state)
{
    (void)state;
    static const char *const examples[] = {
        "Z",    "Zg",    "Zg=",    "Zg===",  "Zg==Zg==",    "=",
        "====", "Zh==",  "Zm9",    "Zm9v\n", " Zm9v",       "Zm-_",
        "Zm9=", "Zm9vY", "Zm9vZ=", "Z=9v",   "Zm9v\xc3\xbc"};
    struct arena arena = arena_create(1 << 20);
    for (size_t i = 0; i < sizeof examples / sizeof *examples; i++) {
        size_t length;
        if (crypto_base64_decode(&arena, examples[i], &length) != NULL)
            fail_msg("taken: %s", examples[i]);
    }
    arena_destroy(&arena);
}

int main(void)
{
    crypto_open();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(digests_are_known),
        cmocka_unit_test(other_names_are_refused),
        cmocka_unit_test(base64_goes_there_and_back),
        cmocka_unit_test(other_base64_is_refused),
    };
    return cmocka_run_group_tests_name("digest", tests, NULL, NULL);
}
