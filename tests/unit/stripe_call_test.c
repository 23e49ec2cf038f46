/* lib/adapter/stripe/stripe.h: what each call sends, and what is taken of
 * answers about sessions, of single intents and of lists. */
#include "tests/unit/stripe_fixture.h"

static void charge(const struct stripe *stripe, struct result *result)
{
    struct stripe_charge charge = {.idempotency_key = "key-1",
                                   .order_id = "o-1",
                                   .attempt = "2",
                                   .payment_method = "pm_card_visa",
                                   .currency = "JPY",
                                   .amount_minor = 4200,
                                   .description = "Order 7 & S\303\266hne+100%",
                                   .return_url = "http://shop.test/t?a=b"};
    stripe_charge(stripe, &charge, result_keep, result);
}

static void page(const struct stripe *stripe, struct result *result)
{
    struct stripe_page page = {.idempotency_key = "key-3",
                               .order_id = "o-1",
                               .attempt = "2",
                               .currency = "EUR",
                               .amount_minor = 4200,
                               .description = "Order 7",
                               .customer_email = "a+b@c.test",
                               .success_url = "http://shop.test/yes",
                               .cancel_url = "http://shop.test/no"};
    stripe_session_create(stripe, &page, result_keep, result);
}

static void guest_page(const struct stripe *stripe, struct result *result)
{
    struct stripe_page page = {.idempotency_key = "key-3",
                               .order_id = "o",
                               .attempt = "1",
                               .currency = "KWD",
                               .amount_minor = 12500,
                               .description = "Order",
                               .success_url = "y",
                               .cancel_url = "n"};
    stripe_session_create(stripe, &page, result_keep, result);
}

static void refund(const struct stripe *stripe, struct result *result)
{
    struct stripe_refund refund = {.idempotency_key = "key-2",
                                   .intent_id = "pi_1",
                                   .order_id = "o-1",
                                   .refund = "r-1",
                                   .amount_minor = 4200};
    stripe_refund(stripe, &refund, result_keep, result);
}

static void session_retrieve(const struct stripe *stripe, struct result *result)
{
    stripe_session_retrieve(stripe, "cs_1", result_keep, result);
}

static void session_expire(const struct stripe *stripe, struct result *result)
{
    stripe_session_expire(stripe, "cs_1", result_keep, result);
}

static void intent_retrieve(const struct stripe *stripe, struct result *result)
{
    stripe_intent_retrieve(stripe, "pi_1", result_keep, result);
}

static void intent_cancel(const struct stripe *stripe, struct result *result)
{
    stripe_intent_cancel(stripe, "pi_1", result_keep, result);
}

static void refund_find(const struct stripe *stripe, struct result *result)
{
    stripe_refund_find(stripe,
                       &(struct stripe_refund){.intent_id = "pi_1",
                                               .order_id = "o-1",
                                               .refund = "r-1",
                                               .amount_minor = 4200},
                       result_keep, result);
}

static void intents_list(const struct stripe *stripe, struct result *result)
{
    stripe_intents_list(stripe, 1700000000, NULL, result_keep, result);
}

static void intents_after(const struct stripe *stripe, struct result *result)
{
    stripe_intents_list(stripe, 0, "pi_9", result_keep, result);
}

static void events_list(const struct stripe *stripe, struct result *result)
{
    static const char *const types[] = {"charge.refunded", "a.b", NULL};
    stripe_events_list(stripe, 1700000000, "evt_9", types, result_keep, result);
}

#define INTENTS "/v1/payment_intents"
#define SESSIONS "/v1/checkout/sessions"

static const struct {
    void (*call)(const struct stripe *, struct result *);
    const char *line, *key, *body;
} requests[] = {
    {charge, "POST " INTENTS, "key-1",
     "amount=4200&currency=jpy&payment_method=pm_card_visa"
     "&payment_method_types[]=card&confirm=true"
     "&return_url=http%3A%2F%2Fshop.test%2Ft%3Fa%3Db"
     "&description=Order%207%20%26%20S%C3%B6hne%2B100%25"
     "&metadata[order_id]=o-1&metadata[attempt]=2"},
    {page, "POST " SESSIONS, "key-3",
     "mode=payment&payment_method_types[]=card&client_reference_id=o-1"
     "&line_items[0][quantity]=1&line_items[0][price_data][currency]=eur"
     "&line_items[0][price_data][unit_amount]=4200"
     "&line_items[0][price_data][product_data][name]=Order%207"
     "&success_url=http%3A%2F%2Fshop.test%2Fyes"
     "&cancel_url=http%3A%2F%2Fshop.test%2Fno"
     "&customer_email=a%2Bb%40c.test"
     "&metadata[order_id]=o-1&metadata[attempt]=2"
     "&payment_intent_data[metadata][order_id]=o-1"
     "&payment_intent_data[metadata][attempt]=2"
     "&payment_intent_data[description]=Order%207"},
    {guest_page, "POST " SESSIONS, "key-3",
     "mode=payment&payment_method_types[]=card&client_reference_id=o"
     "&line_items[0][quantity]=1&line_items[0][price_data][currency]=kwd"
     "&line_items[0][price_data][unit_amount]=12500"
     "&line_items[0][price_data][product_data][name]=Order"
     "&success_url=y&cancel_url=n"
     "&metadata[order_id]=o&metadata[attempt]=1"
     "&payment_intent_data[metadata][order_id]=o"
     "&payment_intent_data[metadata][attempt]=1"
     "&payment_intent_data[description]=Order"},
    {refund, "POST /v1/refunds", "key-2",
     "amount=4200&payment_intent=pi_1&metadata[order_id]=o-1"
     "&metadata[refund]=r-1"},
    {session_retrieve, "GET " SESSIONS "/cs_1", NULL, ""},
    {session_expire, "POST " SESSIONS "/cs_1/expire", NULL, ""},
    {intent_retrieve, "GET " INTENTS "/pi_1", NULL, ""},
    {intent_cancel, "POST " INTENTS "/pi_1/cancel", NULL, ""},
    {refund_find,
     "GET /v1/refunds?limit=100&created[gte]=0&payment_intent=pi_1", NULL, ""},
    {intents_list,
     "GET " INTENTS "?limit=100&created[gte]=1700000000"
     "&expand[]=data.latest_charge",
     NULL, ""},
    {intents_after,
     "GET " INTENTS "?limit=100&created[gte]=0&starting_after=pi_9"
     "&expand[]=data.latest_charge",
     NULL, ""},
    {events_list,
     "GET /v1/events?limit=100&created[gte]=1700000000"
     "&starting_after=evt_9&types[]=charge.refunded&types[]=a.b",
     NULL, ""},
};

static void what_is_sent(void **state)
{
    (void)state;
    struct gateway gateway;
    gateway_start(&gateway);
    gateway.status = 200;
    for (size_t i = 0; i < sizeof requests / sizeof *requests; i++) {
        struct result result = {0};
        char wanted[512];
        requests[i].call(&gateway.stripe, &result);
        gateway_run(&gateway, &result);
        const char *request = gateway.request;
        snprintf(wanted, sizeof wanted, "%s HTTP/1.1\r\n", requests[i].line);
        assert_memory_equal(request, wanted, strlen(wanted));
        assert_non_null(
            strstr(request, "\r\nStripe-Version: " STRIPE_VERSION "\r\n"));
        assert_non_null(strstr(
            request, "\r\nAuthorization: Basic c2tfdGVzdF9zZWNyZXQ6\r\n"));
        const char *key = strstr(request, "\r\nIdempotency-Key: ");
        if (requests[i].key == NULL)
            assert_null(key);
        else
            assert_memory_equal(key + 19, requests[i].key,
                                strlen(requests[i].key));
        assert_string_equal(strstr(request, "\r\n\r\n") + 4, requests[i].body);
    }
    gateway_stop(&gateway);
}

#define SESSION(id, status, amount, order, more)                               \
    "{\"id\":\"" id "\",\"object\":\"checkout.session\",\"status\":\"" status  \
    "\",\"amount_total\":" amount                                              \
    ",\"currency\":\"eur\",\"metadata\":{\"order_id\":\"" order "\"}" more "}"
#define PAGE ",\"url\":\"https://pay.test/c\""

static void sessions_are_judged(void **state)
{
    (void)state;
    static const struct expected made[] = {
        {200, SESSION("cs_1", "open", "4200", "o-1", PAGE),
         "succeeded cs_1 url=https://pay.test/c"},
        {200, SESSION("cs_1", "complete", "4200", "o-1", ",\"url\":null"),
         "succeeded cs_1"},
        {200, SESSION("cs_1", "open", "4200", "o-1", ""),
         "unknown cs_1 code=open"},
        {200, SESSION("cs_1", "open", "4200", "o-1", ",\"url\":\"data:,x\""),
         "unknown cs_1 code=open"},
        {200, SESSION("cs_1", "expired", "4200", "o-1", PAGE),
         "unknown cs_1 url=https://pay.test/c code=expired"},
        {200, SESSION("cs_1", "open", "4201", "o-1", PAGE),
         "unknown cs_1 url=https://pay.test/c"},
        {200, SESSION("cs_1", "open", "4200", "o-2", PAGE),
         "unknown cs_1 url=https://pay.test/c"},
        {200, SESSION("cs.1", "open", "4200", "o-1", PAGE), "unknown"},
        {200, "{\"id\":\"pi_1\",\"object\":\"payment_intent\"}", "unknown"},
        {400, INVALID("url_invalid"), "failed code=url_invalid"},
        {500, INVALID("none"), "unknown code=none"},
    };
    static const struct expected retrieved[] = {
        {200, SESSION("cs_1", "expired", "1", "o-2", ""), "succeeded cs_1"},
        {200, SESSION("cs_2", "open", "4200", "o-1", PAGE), "unknown"},
        {404, INVALID("resource_missing"), "failed code=resource_missing"},
    };
    static const struct expected expired[] = {
        {200, SESSION("cs_1", "expired", "4200", "o-1", ""), "succeeded cs_1"},
        {200, SESSION("cs_1", "complete", "4200", "o-1", ""),
         "unknown cs_1 code=complete"},
        {400, ERROR("\"type\":\"invalid_request_error\""),
         "failed code=invalid_request_error"},
        {HANGS_UP, "", "unknown"},
    };
    CHECK(page, made);
    CHECK(session_retrieve, retrieved);
    CHECK(session_expire, expired);
}

static void single_intents_are_judged(void **state)
{
    (void)state;
    static const struct expected cases[] = {
        {200, "{\"id\":\"pi_1\",\"status\":\"canceled\"}", "succeeded pi_1"},
        {200, "{\"id\":\"pi_1\",\"status\":\"succeeded\"}", "succeeded pi_1"},
        {200, "{\"id\":\"pi_2\",\"status\":\"canceled\"}", "unknown pi_2"},
        {200, "{\"id\":\"pi_1\"}", "unknown"},
        {400,
         ERROR("\"type\":\"invalid_request_error\",\"code\":"
               "\"payment_intent_unexpected_state\",\"payment_intent\":"
               "{\"id\":\"pi_1\",\"status\":\"succeeded\"}"),
         "failed code=payment_intent_unexpected_state"},
        {404, "{}", "unknown"},
        {502, "", "unknown"},
    };
    CHECK(intent_retrieve, cases);
    CHECK(intent_cancel, cases);
}

#define LIST(data, more)                                                       \
    "{\"object\":\"list\",\"data\":[" data "],\"has_more\":" more "}"
#define ONE(id) "{\"id\":\"" id "\",\"status\":\"canceled\"}"
#define EVENT "{\"id\":\"evt_1\",\"type\":\"a.b\",\"data\":{\"object\":{}}}"

static void lists_are_judged(void **state)
{
    (void)state;
    static const struct expected intents[] = {
        {200, LIST("", "false"), "succeeded"},
        {200, LIST(ONE("pi_1") "," ONE("pi_2"), "false"),
         "succeeded pi_1 pi_2"},
        {200, LIST(ONE("pi_1"), "true"), "succeeded pi_1 more"},
        {200, LIST("", "true"), "unknown"},
        {200, LIST(ONE("pi_1") "," ONE("pi/2"), "false"), "unknown"},
        {200, LIST("1", "false"), "unknown"},
        {200, "{\"data\":[]}", "unknown"},
        {200, "{\"has_more\":false}", "unknown"},
        {200, "{\"data\":{},\"has_more\":false}", "unknown"},
        {200, "{\"data\":[],\"has_more\":0}", "unknown"},
        {400, INVALID("resource_missing"), "failed code=resource_missing"},
        {500, LIST("", "false"), "unknown"},
        {CUT, LIST("", "false"), "unknown"},
    };
    static const struct expected events[] = {
        {200, LIST("", "false"), "succeeded"},
        {200, LIST(EVENT, "true"), "succeeded " EVENT " more"},
        {200, LIST(EVENT "," ONE("evt_2"), "true"), "unknown"},
    };
    CHECK(intents_list, intents);
    CHECK(events_list, events);
}

static void bad_ids_are_not_sent(void **state)
{
    (void)state;
    static const char *const ids[] = {"", "../refunds", "pi_1?a", "pi_1/x",
                                      "p\303\244_1"};
    struct gateway gateway;
    gateway_start(&gateway);
    for (size_t i = 0; i < sizeof ids / sizeof *ids; i++) {
        struct result result = {0};
        stripe_intent_cancel(&gateway.stripe, ids[i], result_keep, &result);
        gateway_run(&gateway, &result);
        assert_string_equal(result.text, "unsent");
        assert_string_not_equal(result.message, "-");
    }
    assert_string_equal(gateway.request, "");
    gateway_stop(&gateway);
}

/* Fills the place between a start and an end with as many parts as fit. */
static void fill(char *out, size_t size, const char *start, const char *part,
                 const char *end)
{
    size_t at = strlen(start), step = strlen(part);
    memcpy(out, start, at);
    for (; at + step + strlen(end) < size; at += step)
        memcpy(out + at, part, step);
    strcpy(out + at, end);
}

/* Of as many elements as asked for, one more, and what makes the largest
 * tree, printed as well. */
static void long_lists_are_judged(void **state)
{
    (void)state;
    enum { SIZE = 4 * 1024 * 1024 };
    static const char one[] = ONE("pi_1") ",";
    static const char empty[] = "{\"has_more\":false,\"data\":[";
    static char hundred[8192], more[8192], event[SIZE + 1], long_list[SIZE + 2];
    size_t rest = strlen(empty) + strlen(ONE("pi_1") "]}") + 1;
    fill(hundred, rest + 99 * strlen(one), empty, one, ONE("pi_1") "]}");
    fill(more, rest + 100 * strlen(one), empty, one, ONE("pi_1") "]}");
    fill(event, sizeof event,
         "{\"has_more\":false,\"data\":[{\"id\":\"evt_1\",\"type\":\"a\","
         "\"data\":{\"object\":{\"a\":[",
         "0,", "0]}}}]}");
    fill(long_list, sizeof long_list, empty, " ", "]}");
    struct expected intents[] = {
        {200, hundred, NULL},
        {200, more, "unknown"},
        {200, long_list, "unknown"},
    };
    char ids[16 + 100 * 5] = "succeeded";
    for (size_t i = 0; i < STRIPE_LIST; i++)
        strcat(ids, " pi_1");
    intents[0].text = ids;
    char brief[sizeof((struct result *)0)->text];
    snprintf(brief, sizeof brief, "succeeded %s", strstr(event, "{\"id\""));
    const struct expected events[] = {{200, event, brief}};
    CHECK(intents_list, intents);
    CHECK(events_list, events);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_sent),
        cmocka_unit_test(sessions_are_judged),
        cmocka_unit_test(single_intents_are_judged),
        cmocka_unit_test(lists_are_judged),
        cmocka_unit_test(bad_ids_are_not_sent),
        cmocka_unit_test(long_lists_are_judged),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
