/* lib/adapter/stripe/signature.c; the signatures below are those of the
 * official client's generateTestHeaderString. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "lib/adapter/crypto.h"
#include "lib/adapter/stripe/stripe.h"

#define BODY "{\"id\":\"evt_1\",\"name\":\"S\303\266hne\\n\"}"
#define FIRST                                                                  \
    "v1=e4fab014a8a4a46ae5d65ff4b4e4ee2385c330b61d2b515025ebba590f48af96"
#define SECOND                                                                 \
    "v1=7d429bf39281df4ecc9cbd7d0d43ceb3572f8bf771bcb3ebad4d76674f5b06fd"
#define OTHER                                                                  \
    "v1=0b4c80875992f1709a9e722e711020262fcb76808e21a0840ab15511384fc5a8"
/* of {"id":"evt_1"} under the empty key */
#define EMPTY_KEY                                                              \
    "v1=0544cee61c7f21c4f8ddaa03818d769214fe1cee99d6a47c009139d400184359"
#define TIME "t=1700000000"

enum { SENT_S = 1700000000 };

static enum stripe_signature check(const char *header, const char *first,
                                   const char *second, const char *body,
                                   int64_t now_s)
{
    struct arena arena = arena_create(1 << 20);
    enum stripe_signature result =
        stripe_check_signature(header, (const char *const[2]){first, second},
                               body, strlen(body), now_s, &arena);
    arena_destroy(&arena);
    return result;
}

static void headers_are_judged(void **state)
{
    (void)state;
    static const struct {
        const char *header;
        enum stripe_signature result;
    } cases[] = {
        {TIME "," FIRST, STRIPE_SIGNED},
        {FIRST "," TIME, STRIPE_SIGNED},
        {TIME "," OTHER "," FIRST, STRIPE_SIGNED},
        {TIME ",v0=00," OTHER "," FIRST ",v2=,x,=,", STRIPE_SIGNED},
        {TIME "," OTHER, STRIPE_FORGED},
        {"t=1700000001," FIRST, STRIPE_FORGED},
        {TIME ",v1=", STRIPE_FORGED},
        {TIME "," FIRST "0", STRIPE_FORGED},
        {TIME "," FIRST "=", STRIPE_FORGED},
        {NULL, STRIPE_UNSIGNED},
        {"", STRIPE_UNSIGNED},
        {",,=,", STRIPE_UNSIGNED},
        {TIME, STRIPE_UNSIGNED},
        {FIRST, STRIPE_UNSIGNED},
        {TIME ",v1", STRIPE_UNSIGNED},
        {TIME ",v0"
              "=e4fab014a8a4a46ae5d65ff4b4e4ee23",
         STRIPE_UNSIGNED},
        {"t=," FIRST, STRIPE_UNSIGNED},
        {"t," FIRST, STRIPE_UNSIGNED},
        {"t=-1700000000," FIRST, STRIPE_UNSIGNED},
        {"t= 1700000000," FIRST, STRIPE_UNSIGNED},
        {"t=1700000000x," FIRST, STRIPE_UNSIGNED},
        {"t=9999999999999999999," FIRST, STRIPE_UNSIGNED},
        {TIME "," TIME "," FIRST, STRIPE_UNSIGNED},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        enum stripe_signature result =
            check(cases[i].header, "whsec_first", NULL, BODY, SENT_S);
        if (result != cases[i].result)
            print_error("header %s\n", cases[i].header);
        assert_int_equal(result, cases[i].result);
    }
}

static void secrets_rotate(void **state)
{
    (void)state;
    static const struct {
        const char *signature, *first, *second;
        enum stripe_signature result;
    } cases[] = {
        {FIRST, "whsec_second", "whsec_first", STRIPE_SIGNED},
        {SECOND, "whsec_second", "whsec_first", STRIPE_SIGNED},
        {FIRST "," SECOND, "whsec_second", NULL, STRIPE_SIGNED},
        {FIRST, NULL, "whsec_first", STRIPE_SIGNED},
        {SECOND, "whsec_first", NULL, STRIPE_FORGED},
        {FIRST, "first", "whsec_", STRIPE_FORGED}, /* the whole is the key */
        {FIRST, NULL, NULL, STRIPE_FORGED},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char header[256];
        snprintf(header, sizeof header, TIME ",%s", cases[i].signature);
        assert_int_equal(
            check(header, cases[i].first, cases[i].second, BODY, SENT_S),
            cases[i].result);
    }
    assert_int_equal(
        check(TIME "," EMPTY_KEY, "", "", "{\"id\":\"evt_1\"}", SENT_S),
        STRIPE_FORGED);
}

static void bodies_and_times_are_judged(void **state)
{
    (void)state;
    static const struct {
        const char *body;
        int64_t now_s;
        enum stripe_signature result;
    } cases[] = {
        {BODY, SENT_S + 300, STRIPE_SIGNED},
        {BODY, SENT_S - 300, STRIPE_SIGNED},
        {BODY, SENT_S + 301, STRIPE_STALE},
        {BODY, SENT_S - 301, STRIPE_STALE},
        {BODY, INT64_MAX, STRIPE_STALE},
        {BODY " ", SENT_S, STRIPE_FORGED},
        {BODY " ", 0, STRIPE_FORGED},
        {"", SENT_S, STRIPE_FORGED},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_int_equal(check(TIME "," FIRST, "whsec_first", NULL,
                               cases[i].body, cases[i].now_s),
                         cases[i].result);
    assert_int_equal(check(TIME "," OTHER, "whsec_first", NULL, "", SENT_S),
                     STRIPE_SIGNED);
}

static int open_crypto(void **state)
{
    (void)state;
    crypto_open();
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(headers_are_judged),
        cmocka_unit_test(secrets_rotate),
        cmocka_unit_test(bodies_and_times_are_judged),
    };
    return cmocka_run_group_tests(tests, open_crypto, NULL);
}
