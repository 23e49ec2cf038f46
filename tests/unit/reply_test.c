/* Filling a reply (lib/web/reply.c). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "lib/adapter/page.h"
#include "lib/web/web.h"

static struct arena arena;
static struct reply reply;

static int setup(void **state)
{
    (void)state;
    arena = arena_create(1 << 20);
    reply = (struct reply){.headers = text_create(&arena, 64),
                           .body = text_create(&arena, 64)};
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    arena_destroy(&arena);
    return 0;
}

static void no_value_ends_its_header(void **state)
{
    (void)state;
    reply_header(&reply, "Link", "a\r\nSet-Cookie: b\n\tc");
    assert_string_equal(reply.headers.bytes, "Link: aSet-Cookie: bc\r\n");
}

static void a_redirect_leads_on_by_get(void **state)
{
    (void)state;
    assert_int_equal(reply_redirect(&reply, "/orders\r\nX: y"), 303);
    assert_string_equal(reply.headers.bytes, "Location: /ordersX: y\r\n");
    assert_string_equal(reply.body.bytes, "");
}

static void a_page_is_html_with_the_status_it_is_given(void **state)
{
    (void)state;
    static const char *const templates[] = {"gateway-missing.html", NULL};
    page_load("templates", templates);
    struct page *page = page_create();
    page_set(page, "SHOP_NAME", "Tom & Son");
    assert_int_equal(reply_page(&reply, 404, page, templates[0]), 404);
    assert_string_equal(reply.content_type, "text/html; charset=utf-8");
    assert_non_null(strstr(reply.body.bytes, "Tom &amp; Son"));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(no_value_ends_its_header), TEST(a_redirect_leads_on_by_get),
        TEST(a_page_is_html_with_the_status_it_is_given)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
