/* What the local payment gateway (cgi-bin/gateway) refuses: parameters and
 * keys, with Stripe's words. */
#define _GNU_SOURCE
#include "tests/unit/gateway_call.h"

static void without_confirm_nothing_is_charged(void **state)
{
    struct gateway *g = *state;
    struct answer a = post(g, &intents_post, "", "amount=50&currency=eur");
    assert_string_equal(text_of(a.json, "status"), "requires_payment_method");
    a = post(g, &intents_post, "",
             "amount=50&currency=eur&payment_method=pm_local_error_500");
    assert_string_equal(text_of(a.json, "status"), "requires_confirmation");
    assert_int_equal(int_of(a.json, "amount_received"), 0);
}

static void parameters_are_checked(void **state)
{
    static const struct {
        const char *body;
        const char *code;
        const char *param;
        const char *message;
    } cases[] = {
        {"currency=eur", "parameter_missing", "amount",
         "Missing required param: amount."},
        {"amount=5", "parameter_missing", "currency",
         "Missing required param: currency."},
        {PAID "&foo=1", "parameter_unknown", "foo",
         "Received unknown parameter: foo"},
        {PAID "&metadata[a][b]=1", "parameter_unknown", "metadata[a][b]",
         "Received unknown parameter: metadata[a][b]"},
        {"amount=1.5&currency=eur", "parameter_invalid_integer", "amount",
         "Invalid integer: 1.5"},
        {"amount=99999999999999999999&currency=eur",
         "parameter_invalid_integer", "amount",
         "Invalid integer: 99999999999999999999"},
        {"amount=0&currency=eur", "parameter_invalid_integer", "amount",
         "This value must be greater than or equal to 1."},
        {"amount=49&currency=usd", "amount_too_small", "amount",
         "Amount must be at least $0.50"},
        {"amount=100000000&currency=usd", "amount_too_large", "amount",
         "Amount must be no more than $999,999.99"},
        {"amount=50&currency=xyz", "", "currency",
         "Invalid currency: xyz. The active currencies of ISO 4217 are "
         "supported."},
        {"amount=50&currency=eur" CARD "pm_nope", "resource_missing",
         "payment_method", "No such PaymentMethod: 'pm_nope'"},
        {"amount=50&currency=eur&confirm=maybe", "", "confirm",
         "Invalid boolean: maybe"},
        {"amount=50&currency=eur&receipt_email=x", "email_invalid",
         "receipt_email", "Invalid email address: x"},
        {"amount=50&currency=eur&return_url=x", "url_invalid", "return_url",
         "Not a valid URL"},
        {"amount=50&currency=eur&return_url=http:///x", "url_invalid",
         "return_url", "Not a valid URL"},
        {"amount=50&currency=eur&return_url=http://x/%0a", "url_invalid",
         "return_url", "Not a valid URL"},
        {"amount=50&currency=eur&return_url=http://x+y/", "url_invalid",
         "return_url", "Not a valid URL"},
        {"amount=50&currency=eur&statement_descriptor_suffix="
         "12345678901234567890123",
         "", "statement_descriptor_suffix",
         "Invalid string: must be at most 22 characters"},
        {PAID "&metadata[12345678901234567890123456789012345678901]=1", "",
         "metadata[12345678901234567890123456789012345678901]",
         "Metadata keys can have up to 40 characters, but you passed in a key "
         "that is 41 characters."},
    };
    struct gateway *g = *state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        refused(post(g, &intents_post, "k", cases[i].body), 400, cases[i].code,
                cases[i].param, cases[i].message);
    assert_int_equal(post(g, &intents_post, "k", PAID "&amount=7").status, 400);
    /* None of them bound the key or booked anything. */
    assert_int_equal(post(g, &intents_post, "k", PAID).status, 200);
    struct answer list = get(g, intent_list, NULL, "");
    assert_int_equal(json_count(json_member(list.json, "data")), 1);
}

/* docs.stripe.com/currencies, "Minimum and maximum charge amounts". */
static void each_currency_has_its_least(void **state)
{
    static const struct {
        const char *currency;
        int least;
    } cases[] = {{"usd", 50},   {"EUR", 50},    {"gbp", 30},   {"jpy", 50},
                 {"czk", 1500}, {"huf", 17500}, {"mxn", 1000}, {"sek", 300},
                 {"kwd", 1},    {"isk", 1}};
    struct gateway *g = *state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        for (int under = 0; under < 2; under++) {
            const char *body =
                arena_printf(&g->arena, "amount=%d&currency=%s",
                             cases[i].least - under, cases[i].currency);
            struct answer a = post(g, &intents_post, "", body);
            if (a.status != (under == 0 ? 200 : 400))
                fail_msg("%s: %d", body, a.status);
            if (under == 1 && cases[i].least > 1)
                assert_string_equal(
                    text_of(json_member(a.json, "error"), "code"),
                    "amount_too_small");
        }
    }
}

static void a_confirm_with_redirects_needs_a_return_url(void **state)
{
    struct gateway *g = *state;
    const char *body =
        "amount=50&currency=eur&confirm=true&payment_method=pm_card_amex";
    assert_int_equal(post(g, &intents_post, "", body).status, 400);
    char *with_url =
        arena_printf(&g->arena, "%s&return_url=https://shop.test/", body);
    assert_int_equal(post(g, &intents_post, "", with_url).status, 200);
    char *never = arena_printf(&g->arena,
                               "%s&automatic_payment_methods[enabled]=true"
                               "&automatic_payment_methods[allow_redirects]="
                               "never",
                               body);
    struct answer a = post(g, &intents_post, "", never);
    assert_int_equal(a.status, 200);
    const struct json *automatic =
        json_member(a.json, "automatic_payment_methods");
    assert_string_equal(text_of(automatic, "allow_redirects"), "never");
}

static int unrecognized(struct web *web, struct request *request,
                        struct reply *reply)
{
    return api_loop_refusal(web, request, reply, 404);
}

static int status_for(struct gateway *g, const char *authorization)
{
    char *variables[] = {
        arena_printf(&g->arena, "HTTP_AUTHORIZATION=%s", authorization), NULL};
    struct request request = {
        .path = "/v1/foo", .query = "", .variables = variables};
    const struct route route = {"GET", "/v1/{}", unrecognized, NULL};
    return run(g, &route, &request).status;
}

static void only_its_own_key_opens(void **state)
{
    struct gateway *g = *state;
    assert_int_equal(status_for(g, ""), 401);
    assert_int_equal(status_for(g, "Bearer sk_test_"), 401);
    assert_int_equal(status_for(g, "Bearer sk_live_abc"), 401);
    assert_int_equal(status_for(g, "Bearer pk_test_abc"), 401);
    assert_int_equal(status_for(g, "Basic !!!"), 401);
    assert_int_equal(status_for(g, "Bearer sk_test_local"), 401);
    assert_int_equal(status_for(g, "Bearer " GATEWAY_KEY "b"), 401);
    /* sk_test_local: */
    assert_int_equal(status_for(g, "Basic c2tfdGVzdF9sb2NhbDo="), 401);
    assert_int_equal(status_for(g, "Bearer " GATEWAY_KEY), 404);
    /* sk_test_a: */
    assert_int_equal(status_for(g, "Basic c2tfdGVzdF9hOg=="), 404);
    /* Before init has made one there is none to guess. */
    g->settings.stripe_key = NULL;
    assert_int_equal(status_for(g, ""), 401);
    assert_int_equal(status_for(g, "Bearer " GATEWAY_KEY), 401);
}

static void the_loop_refuses_as_stripe_does(void **state)
{
    static const struct {
        int status;
        int answered;
        const char *type;
    } cases[] = {{400, 400, "invalid_request_error"},
                 {404, 404, "invalid_request_error"},
                 {405, 404, "invalid_request_error"},
                 {413, 413, "invalid_request_error"},
                 {503, 503, "api_error"}};
    struct gateway *g = *state;
    static char *const none[] = {NULL};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct request request = {.arena = &g->arena,
                                  .method = "PUT",
                                  .path = "/c/\xff",
                                  .id = "0123456789abcdef",
                                  .variables = none};
        struct reply reply = {.headers = text_create(&g->arena, 64)};
        struct json_fault fault;
        assert_int_equal(
            api_loop_refusal(&g->web, &request, &reply, cases[i].status),
            cases[i].answered);
        const struct json *json = json_read(&g->arena, reply.body.bytes,
                                            reply.body.length, 8, &fault);
        assert_string_equal(text_of(json_member(json, "error"), "type"),
                            cases[i].type);
        assert_string_equal(reply.headers.bytes,
                            "Request-Id: req_0123456789abcd\r\n");
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        GATEWAY_TEST(without_confirm_nothing_is_charged),
        GATEWAY_TEST(parameters_are_checked),
        GATEWAY_TEST(each_currency_has_its_least),
        GATEWAY_TEST(a_confirm_with_redirects_needs_a_return_url),
        GATEWAY_TEST(only_its_own_key_opens),
        GATEWAY_TEST(the_loop_refuses_as_stripe_does),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
