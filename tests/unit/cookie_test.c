/* Cookies (lib/web/cookie.h) and the device's among them
 * (lib/view/staff/device.h). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "lib/view/staff/device.h"
#include "lib/web/cookie.h"

static struct arena arena;
static struct settings settings;
static struct web web = {.settings = &settings};
static struct reply reply;

static int setup(void **state)
{
    (void)state;
    crypto_open();
    arena = arena_create(1 << 20);
    settings = (struct settings){.listen = "127.0.0.1:8080",
                                 .base_url = "http://127.0.0.1:8080"};
    memset(web.signing_key, 1, sizeof web.signing_key);
    reply = (struct reply){.headers = text_create(&arena, 256)};
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    arena_destroy(&arena);
    return 0;
}

/* A request that carries these cookies; NULL: none. */
static struct request asking(const char *cookies)
{
    static char *variables[2];
    variables[0] = cookies == NULL
                       ? NULL
                       : arena_printf(&arena, "HTTP_COOKIE=%s", cookies);
    return (struct request){.arena = &arena, .variables = variables};
}

static const char *value_in(const char *cookies)
{
    struct request request = asking(cookies);
    return cookie_value(&web, &request, "staff");
}

static void a_name_holds_the_shop_s_port(void **state)
{
    (void)state;
    assert_string_equal(cookie_name(&settings, "staff", &arena), "staff_8080");
    settings.listen = "[::1]:80";
    assert_string_equal(cookie_name(&settings, "staff", &arena), "staff_80");
    settings.base_url = "https://shop.example";
    assert_string_equal(cookie_name(&settings, "staff", &arena),
                        "__Host-staff_80");
}

static void only_a_cookie_of_that_name_counts(void **state)
{
    (void)state;
    static const char *const none[] = {NULL,
                                       "",
                                       "staff_8080",
                                       "staff_808=x",
                                       "staff_80=x",
                                       "xstaff_8080=x",
                                       "staff_8080x=y",
                                       "x=staff_8080=y",
                                       "a=b,staff_8080=x",
                                       "STAFF_8080=x",
                                       ";;; ;",
                                       "__Host-staff_8080=x"};
    for (size_t i = 0; i < sizeof none / sizeof none[0]; i++)
        if (value_in(none[i]) != NULL)
            fail_msg("found one in %s", none[i]);
    static const char *const some[] = {"staff_8080=v",
                                       "a=b; staff_8080=v",
                                       "staff_8080=v; staff_8080=w",
                                       "a=b;staff_8080=v;c",
                                       " \tstaff_8080=v \t; x=y",
                                       ";;staff_8080=v;;"};
    for (size_t i = 0; i < sizeof some / sizeof some[0]; i++)
        assert_string_equal(value_in(some[i]), "v");
    assert_string_equal(value_in("staff_8080="), "");
    assert_string_equal(value_in("staff_8080=a=b"), "a=b");
}

static void a_cookie_says_how_it_may_be_used(void **state)
{
    (void)state;
    struct request request = asking(NULL);
    cookie_set(&web, &request, &reply,
               &(struct cookie){.what = "staff", .value = "v"});
    settings.base_url = "https://shop.example";
    cookie_set(&web, &request, &reply,
               &(struct cookie){.what = "d", .value = "v", .max_age_s = 9});
    cookie_set(&web, &request, &reply, &(struct cookie){.what = "staff"});
    assert_string_equal(
        reply.headers.bytes,
        "Set-Cookie: staff_8080=v; Path=/; HttpOnly; SameSite=Lax\r\n"
        "Set-Cookie: __Host-d_8080=v; Path=/; HttpOnly; SameSite=Lax; Secure; "
        "Max-Age=9\r\n"
        "Set-Cookie: __Host-staff_8080=; Path=/; HttpOnly; SameSite=Lax; "
        "Secure; Max-Age=0\r\n");
}

/* The cookies that a browser sends after device_remember. */
static const char *remembered(int64_t staff_id, int64_t now_ms)
{
    struct request request = asking(NULL);
    reply.headers = text_create(&arena, 256);
    device_remember(&web, &request, &reply, staff_id, now_ms);
    const char *from = reply.headers.bytes + strlen("Set-Cookie: ");
    return arena_copy(&arena, from, strcspn(from, ";"));
}

static const char *device_in(const char *cookies, int64_t staff_id,
                             int64_t now_ms)
{
    struct request request = asking(cookies);
    return device_of(&web, &request, staff_id, now_ms);
}

static void a_device_is_known_to_its_account_for_a_year(void **state)
{
    (void)state;
    const int64_t end_ms = 1000 + (int64_t)DEVICE_S * 1000;
    const char *cookies = remembered(7, 1000);
    const char *name = device_in(cookies, 7, 1000);
    assert_int_equal(strlen(name), CRYPTO_TOKEN_SIZE - 1);
    assert_string_equal(device_in(cookies, 7, end_ms), name);
    assert_string_equal(device_in(cookies, 7, end_ms + 1), "");
    assert_string_equal(device_in(cookies, 8, 1000), "");
    assert_string_equal(device_in(NULL, 7, 1000), "");
    /* Under another account's name it is nobody's. */
    char *other = arena_string(&arena, cookies);
    other[strlen("device")] = '8';
    assert_string_equal(device_in(other, 8, 1000), "");
    /* Another shop did not sign it. */
    web.signing_key[0]++;
    assert_string_equal(device_in(cookies, 7, 1000), "");
}

static void a_device_keeps_its_name(void **state)
{
    (void)state;
    const char *cookies = remembered(7, 1000);
    const char *name = device_in(cookies, 7, 1000);
    struct request request = asking(cookies);
    reply.headers = text_create(&arena, 256);
    device_remember(&web, &request, &reply, 7, 2000);
    assert_non_null(strstr(reply.headers.bytes, name));
}

static void a_device_is_not_made_up(void **state)
{
    (void)state;
    const char *cookies = remembered(7, 1000);
    size_t head = strlen("device7_8080=");
    for (size_t i = head; cookies[i] != '\0'; i++) {
        char *bent = arena_string(&arena, cookies);
        bent[i] = bent[i] == 'A' ? 'B' : 'A';
        assert_string_equal(device_in(bent, 7, 1000), "");
    }
    static const char *const forged[] = {
        "", ".", "..", "a.b", "a.9999999999.", "a.9999999999.b"};
    for (size_t i = 0; i < sizeof forged / sizeof forged[0]; i++)
        assert_string_equal(
            device_in(arena_printf(&arena, "device7_8080=%s", forged[i]), 7,
                      1000),
            "");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_name_holds_the_shop_s_port),
        TEST(only_a_cookie_of_that_name_counts),
        TEST(a_cookie_says_how_it_may_be_used),
        TEST(a_device_is_known_to_its_account_for_a_year),
        TEST(a_device_keeps_its_name),
        TEST(a_device_is_not_made_up),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
