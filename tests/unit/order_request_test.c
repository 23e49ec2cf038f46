/* The body of an ordering request (lib/shop/order/request.h): what its three
 * spellings come to, and the pointer every bad field is named by. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "lib/base/text/text.h"
#include "lib/shop/order/request.h"

static struct arena arena;
static struct order_request request;
static struct faults faults;
static const char *detail;

static int setup(void **state)
{
    (void)state;
    arena = arena_create(64 << 20);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    arena_destroy(&arena);
    return 0;
}

/* A copy without a NUL behind it, so that ASan sees a read past the end. */
static enum order_request_outcome read_body(const char *body)
{
    size_t length = strlen(body);
    char *exact = test_malloc(length > 0 ? length : 1);
    memcpy(exact, body, length);
    enum order_request_outcome outcome =
        order_request_read(&arena, exact, length, &request, &faults, &detail);
    test_free(exact);
    return outcome;
}

static void check_ok(const char *body)
{
    if (read_body(body) != ORDER_REQUEST_OK)
        fail_msg("refused: %s: %s", body,
                 faults.count > 0 ? faults.list[0].detail : detail);
}

static void same(const char *got, const char *wanted)
{
    if (wanted == NULL)
        assert_null(got);
    else
        assert_string_equal(got, wanted);
}

static void three_spellings_are_one(void **state)
{
    (void)state;
    static const struct {
        const char *body, *reference, *pointer, *name, *email, *method, *total;
    } cases[] = {
        {"{\"items\":[{\"sku\":\"laptop\",\"quantity\":2}],\"customer\":"
         "{\"name\":\"Ada\",\"email\":\"a@b.example\"},"
         "\"payment_method\":\"pm_card_visa\",\"total\":50.00}",
         "laptop", "/items/0/sku", "Ada", "a@b.example", "pm_card_visa",
         "50.00"},
        {"{\"item\":\"laptop\",\"quantity\":2,\"customer_name\":\"Ada\","
         "\"email\":\"a@b.example\"}",
         "laptop", "/item", "Ada", "a@b.example", NULL, NULL},
        {"{\"productId\":\"laptop\",\"quantity\":2,\"customerEmail\":"
         "\"a@b.example\",\"paymentMethod\":\"creditCard\",\"amount\":50}",
         "laptop", "/productId", NULL, "a@b.example", "creditCard", "50"},
        {"{\"items\":[{\"productId\":\"laptop\",\"quantity\":2}],"
         "\"customer_name\":\"Ada\",\"customer\":{\"email\":"
         "\"a@b.example\"},\"amount\":5e1}",
         "laptop", "/items/0/productId", "Ada", "a@b.example", NULL, "5e1"},
        {"{\"sku\":\" laptop \",\"quantity\":2,\"email\":null,"
         "\"customer\":null,\"customer_name\":null,\"total\":null,"
         "\"payment_method\":null,\"unknown\":{\"a\":[1,{}]}}",
         "laptop", "/sku", NULL, NULL, NULL, NULL},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        check_ok(cases[i].body);
        assert_int_equal(request.line_count, 1);
        assert_int_equal(request.lines[0].quantity, 2);
        same(request.lines[0].reference, cases[i].reference);
        same(request.lines[0].reference_pointer, cases[i].pointer);
        same(request.name, cases[i].name);
        same(request.email, cases[i].email);
        same(request.payment_method, cases[i].method);
        same(request.stated_total, cases[i].total);
    }
}

/* One fault each: the body, the field it is named by. */
static const char *const bad_fields[][2] = {
    {"[]", ""},
    {"\"order\"", ""},
    {"{}", "/items"},
    {"{\"items\":[]}", "/items"},
    {"{\"items\":{}}", "/items"},
    {"{\"items\":[7]}", "/items/0"},
    {"{\"items\":[{\"quantity\":1}]}", "/items/0/sku"},
    {"{\"items\":[{\"sku\":\"a\"}]}", "/items/0/quantity"},
    {"{\"items\":[{\"sku\":\"a\",\"quantity\":1},"
     "{\"sku\":\"\",\"quantity\":1}]}",
     "/items/1/sku"},
    {"{\"items\":[{\"sku\":7,\"quantity\":1}]}", "/items/0/sku"},
    {"{\"items\":[{\"sku\":\"a\",\"item\":\"b\",\"quantity\":1}]}",
     "/items/0/item"},
    {"{\"items\":[{\"sku\":\"a\",\"quantity\":1}],\"item\":\"a\"}", "/item"},
    {"{\"items\":[{\"sku\":\"a\",\"quantity\":1}],\"quantity\":1}",
     "/quantity"},
    {"{\"quantity\":1}", "/item"},
    {"{\"item\":\"a\"}", "/quantity"},
    {"{\"item\":\"a\",\"productId\":\"a\",\"quantity\":1}", "/productId"},
    {"{\"item\":\"   \",\"quantity\":1}", "/item"},
    {"{\"item\":\"a\\u0007\",\"quantity\":1}", "/item"},
};

/* Members of an order that is fine without them. */
static const char *const bad_members[][2] = {
    {"\"quantity\":0", "/quantity"},
    {"\"quantity\":-1", "/quantity"},
    {"\"quantity\":1.5", "/quantity"},
    {"\"quantity\":1e9", "/quantity"},
    {"\"quantity\":1e-1", "/quantity"},
    {"\"quantity\":10000", "/quantity"},
    {"\"quantity\":18446744073709551617", "/quantity"},
    {"\"quantity\":\"2\"", "/quantity"},
    {"\"quantity\":true", "/quantity"},
    {"\"quantity\":null", "/quantity"},
    {"\"quantity\":[1]", "/quantity"},
    {"\"quantity\":1,\"email\":\"\"", "/email"},
    {"\"quantity\":1,\"email\":7", "/email"},
    {"\"quantity\":1,\"email\":\"ada\"", "/email"},
    {"\"quantity\":1,\"email\":\"a@b.example\\r\\nBcc: x@y.example\"",
     "/email"},
    {"\"quantity\":1,\"email\":\"a@b.example\\n\"", "/email"},
    {"\"quantity\":1,\"customerEmail\":\"x\"", "/customerEmail"},
    {"\"quantity\":1,\"customer\":{\"email\":\"x\"}", "/customer/email"},
    {"\"quantity\":1,\"customer\":{\"name\":\"\"}", "/customer/name"},
    {"\"quantity\":1,\"customer\":[]", "/customer"},
    {"\"quantity\":1,\"customer\":\"Ada\"", "/customer"},
    {"\"quantity\":1,\"customer_name\":\"\"", "/customer_name"},
    {"\"quantity\":1,\"customer_name\":\"A\\tB\"", "/customer_name"},
    {"\"quantity\":1,\"customer_name\":\"A\\u2028B\"", "/customer_name"},
    {"\"quantity\":1,\"customer_name\":{}", "/customer_name"},
    {"\"quantity\":1,\"customer_name\":\"\\u200b\\u2060\"", "/customer_name"},
    {"\"quantity\":1,\"customer_name\":\" \\u3164\\u00a0\"", "/customer_name"},
    {"\"quantity\":1,\"customer_name\":\"\\u202e\"", "/customer_name"},
    {"\"quantity\":1,\"customer_name\":\"Ada 4242-4242-4242-4242\"",
     "/customer_name"},
    {"\"quantity\":1,\"customer_name\":\"4242424242424242 12/27\"",
     "/customer_name"},
    {"\"quantity\":1,\"customer_name\":\"A\",\"customer\":{\"name\":\"A\"}",
     "/customer_name"},
    {"\"quantity\":1,\"email\":\"a@b.example\",\"customerEmail\":"
     "\"a@b.example\"",
     "/customerEmail"},
    {"\"quantity\":1,\"payment_method\":7", "/payment_method"},
    {"\"quantity\":1,\"paymentMethod\":\"\"", "/paymentMethod"},
    {"\"quantity\":1,\"payment_method\":\"a\",\"paymentMethod\":\"a\"",
     "/paymentMethod"},
    {"\"quantity\":1,\"form_token\":7", "/form_token"},
    {"\"quantity\":1,\"total\":\"50\"", "/total"},
    {"\"quantity\":1,\"amount\":{}", "/amount"},
    {"\"quantity\":1,\"total\":50,\"amount\":50", "/amount"},
};

static void check_fault(const char *body, const char *pointer)
{
    if (read_body(body) != ORDER_REQUEST_FAULTY || faults.count != 1 ||
        strcmp(faults.list[0].pointer, pointer) != 0)
        fail_msg("%s: wanted one fault at %s, got %zu, first at %s", body,
                 pointer, faults.count,
                 faults.count > 0 ? faults.list[0].pointer : "-");
    assert_null(strstr(faults.list[0].detail, "4242"));
}

static void every_bad_field_is_named(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof bad_fields / sizeof bad_fields[0]; i++)
        check_fault(bad_fields[i][0], bad_fields[i][1]);
    for (size_t i = 0; i < sizeof bad_members / sizeof bad_members[0]; i++)
        check_fault(
            arena_printf(&arena, "{\"item\":\"laptop\",%s}", bad_members[i][0]),
            bad_members[i][1]);
}

static void what_is_not_json_is_malformed(void **state)
{
    (void)state;
    static const char *const bodies[] = {
        "",
        "{",
        "{\"item\":\"a\",}",
        "{\"item\":\"a\",\"item\":\"a\",\"quantity\":1}",
        "{\"item\":\"a\",\"quantity\":1} x",
        "{\"item\":\"\xff\",\"quantity\":1}",
        "{\"item\":\"a\\u0000\",\"quantity\":1}",
        "{\"item\":\"\\ud800\",\"quantity\":1}",
        "{\"item\":\"a\",\"quantity\":01}",
        "{\"item\":\"a\",\"quantity\":1,\"total\":1e999}",
        "\xef\xbb\xbf{\"item\":\"a\",\"quantity\":1}",
        "[[[[[[[[[[[]]]]]]]]]]]",
    };
    for (size_t i = 0; i < sizeof bodies / sizeof bodies[0]; i++) {
        if (read_body(bodies[i]) != ORDER_REQUEST_MALFORMED)
            fail_msg("not malformed: %s", bodies[i]);
        assert_non_null(strstr(detail, "at byte"));
    }
}

static const char *many_lines(size_t count)
{
    struct text body = text_create(&arena, 8192);
    text_puts(&body, "{\"items\":[");
    for (size_t i = 0; i < count; i++)
        text_printf(&body, "%s{\"sku\":\"s%zu\",\"quantity\":9999}",
                    i > 0 ? "," : "", i);
    text_puts(&body, "]}");
    return body.bytes;
}

static void up_to_200_lines_are_read(void **state)
{
    (void)state;
    check_ok(many_lines(200));
    assert_int_equal(request.line_count, 200);
    assert_string_equal(request.lines[199].reference_pointer, "/items/199/sku");
    check_fault(many_lines(201), "/items");
}

/* 200 lines of 40 values each are read, what stands in them unknown to us. */
static void values_are_capped(void **state)
{
    (void)state;
    struct text body = text_create(&arena, 65536);
    text_puts(&body, "{\"items\":[");
    for (size_t i = 0; i < 200; i++) {
        text_printf(&body, "%s{\"sku\":\"s%zu\",\"quantity\":1,\"x\":[0",
                    i > 0 ? "," : "", i);
        for (size_t n = 0; n < 35; n++)
            text_puts(&body, ",0");
        text_puts(&body, "]}");
    }
    char *rest = arena_string(&arena, body.bytes);
    check_ok(arena_printf(&arena, "%s]}", rest));
    text_puts(&body, "],\"x\":[0");
    for (size_t n = 0; n < 200; n++)
        text_puts(&body, ",0");
    text_puts(&body, "]}");
    assert_int_equal(read_body(body.bytes), ORDER_REQUEST_TOO_LONG);
    assert_string_equal(detail, "The body holds more than 8192 values.");
}

static void names_have_at_most_200_characters(void **state)
{
    (void)state;
    struct text name = text_create(&arena, 1024);
    for (int i = 0; i < 200; i++)
        text_puts(&name, "\xd0\xb6");
    check_ok(
        arena_printf(&arena, "{\"item\":\"%s\",\"quantity\":1}", name.bytes));
    check_fault(
        arena_printf(&arena, "{\"item\":\"%sx\",\"quantity\":1}", name.bytes),
        "/item");
}

static void names_keep_all_but_the_controls_of_direction(void **state)
{
    (void)state;
    check_ok("{\"item\":\"laptop\",\"quantity\":1,"
             "\"customer_name\":\"\\u202eecalevoL adA\\u202c\"}");
    assert_string_equal(request.name, "ecalevoL adA");
    check_ok("{\"item\":\"laptop\",\"quantity\":1,"
             "\"customer_name\":\"\\u0639\\u200c\\u0631\"}");
    assert_string_equal(request.name, "ع\xe2\x80\x8c"
                                      "ر");
    check_ok("{\"item\":\"laptop\",\"quantity\":1,"
             "\"customer_name\":\"Booking.com B.V.\"}");
    assert_string_equal(request.name, "Booking.com B.V.");
}

static void all_faults_are_named_up_to_the_limit(void **state)
{
    (void)state;
    assert_int_equal(read_body("{\"item\":\"\",\"quantity\":0,"
                               "\"customer_name\":\"\",\"email\":\"\","
                               "\"total\":\"x\"}"),
                     ORDER_REQUEST_FAULTY);
    assert_int_equal(faults.count, 5);
    struct text body = text_create(&arena, 1024);
    text_puts(&body, "{\"items\":[1");
    for (int i = 0; i < 60; i++)
        text_puts(&body, ",1");
    text_puts(&body, "]}");
    assert_int_equal(read_body(body.bytes), ORDER_REQUEST_FAULTY);
    assert_int_equal(faults.count, FAULT_MAX);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(three_spellings_are_one),
        TEST(every_bad_field_is_named),
        TEST(what_is_not_json_is_malformed),
        TEST(up_to_200_lines_are_read),
        TEST(values_are_capped),
        TEST(names_have_at_most_200_characters),
        TEST(names_keep_all_but_the_controls_of_direction),
        TEST(all_faults_are_named_up_to_the_limit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
