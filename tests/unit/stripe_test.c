/* lib/adapter/stripe/stripe.h: what each answer to what moves money is taken
 * for. */
#include "tests/unit/stripe_fixture.h"

static void charge(const struct stripe *stripe, struct result *result)
{
    struct stripe_charge charge = {.idempotency_key = "key-1",
                                   .order_id = "o-1",
                                   .attempt = "1",
                                   .payment_method = "pm_card_visa",
                                   .currency = "EUR",
                                   .amount_minor = 4200,
                                   .description = "Order 7",
                                   .return_url = ""};
    stripe_charge(stripe, &charge, result_keep, result);
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

#define OBJECT(id, status, amount, currency, order, more)                      \
    "{\"id\":\"" id "\",\"status\":\"" status "\",\"amount\":" amount          \
    ",\"currency\":\"" currency "\",\"metadata\":{\"order_id\":\"" order       \
    "\"},\"latest_charge\":\"ch_1\"" more "}"
#define INTENT(status) OBJECT("pi_1", status, "4200", "eur", "o-1", "")
#define PAID(amount, currency, order)                                          \
    OBJECT("pi_1", "succeeded", amount, currency, order, "")
#define ACTION(url)                                                            \
    OBJECT("pi_1", "requires_action", "4200", "eur", "o-1",                    \
           ",\"next_action\":{\"redirect_to_url\":{\"url\":\"" url "\"}}")
#define DECLINED(id, status)                                                   \
    ERROR("\"type\":\"card_error\",\"code\":\"card_declined\","                \
          "\"decline_code\":\"insufficient_funds\",\"charge\":\"ch_9\","       \
          "\"payment_intent\":{\"id\":\"" id "\",\"status\":\"" status "\"}")
#define REFUND(status) OBJECT("re_1", status, "4200", "eur", "o-1", "")

static void intents_are_judged(void **state)
{
    (void)state;
    static const struct expected cases[] = {
        {200, PAID("4200", "eur", "o-1"), "succeeded pi_1 charge=ch_1"},
        {200, PAID("4201", "eur", "o-1"), "unknown pi_1 charge=ch_1"},
        {200, PAID("4200", "usd", "o-1"), "unknown pi_1 charge=ch_1"},
        {200, PAID("4200", "euro", "o-1"), "unknown pi_1 charge=ch_1"},
        {200, PAID("4200", "eur", "o-2"), "unknown pi_1 charge=ch_1"},
        {200, PAID("4200.5", "eur", "o-1"), "unknown charge=ch_1"},
        {200, PAID("-4200", "eur", "o-1"), "unknown charge=ch_1"},
        {200, OBJECT("pi/1", "succeeded", "4200", "eur", "o-1", ""),
         "unknown charge=ch_1"},
        {200, "{\"id\":\"pi_1\",\"status\":\"succeeded\"}", "unknown pi_1"},
        {200, INTENT("processing"), "unknown pi_1 charge=ch_1 code=processing"},
        {200, INTENT("requires_capture"),
         "unknown pi_1 charge=ch_1 code=requires_capture"},
        {200, ACTION("https://bank.test/a?b"),
         "action pi_1 charge=ch_1 url=https://bank.test/a?b"},
        {200, ACTION("javascript:a"),
         "failed pi_1 charge=ch_1 code=requires_action"},
        {200, INTENT("requires_action"),
         "failed pi_1 charge=ch_1 code=requires_action"},
        {200, INTENT("requires_payment_method"),
         "failed pi_1 charge=ch_1 code=requires_payment_method"},
        {200,
         OBJECT("pi_1", "requires_payment_method", "4200", "eur", "o-1",
                ",\"last_payment_error\":{\"code\":\"card_declined\"}"),
         "failed pi_1 charge=ch_1 code=card_declined"},
        {200, INTENT("canceled"), "failed pi_1 charge=ch_1 code=canceled"},
        {200, "{}", "unknown"},
        {200, "[1]", "unknown"},
        {200, "", "unknown"},
        {200, "{\"id\":\"pi_1\"", "unknown"},
        {200, "<html>", "unknown"},
        {302, INTENT("succeeded"), "unknown"},
        {HANGS_UP, "", "unknown"},
        {SAYS_NOTHING, "", "unknown"},
        {CUT, INTENT("succeeded"), "unknown"},
    };
    CHECK(charge, cases);
}

static void errors_are_judged(void **state)
{
    (void)state;
    static const struct expected cases[] = {
        {402, DECLINED("pi_9", "requires_payment_method"),
         "failed pi_9 code=insufficient_funds"},
        {402, DECLINED("../9", "requires_payment_method"),
         "failed code=insufficient_funds"},
        {402, ERROR("\"type\":\"card_error\",\"code\":\"expired_card\""),
         "failed code=expired_card"},
        {400, "{\"error\":{\"type\":\"invalid_request_error\"}}",
         "failed code=invalid_request_error"},
        {404, INVALID("resource_missing"), "failed code=resource_missing"},
        {400, DECLINED("pi_9", "succeeded"),
         "unknown pi_9 code=insufficient_funds"},
        {400, DECLINED("pi_9", "processing"),
         "unknown pi_9 code=insufficient_funds"},
        {400, ERROR("\"type\":\"idempotency_error\""),
         "unknown code=idempotency_error"},
        {400, ERROR("\"type\":\"api_error\""), "unknown code=api_error"},
        {409, INVALID("idempotency_key_in_use"),
         "unknown code=idempotency_key_in_use"},
        {424, INVALID("bank_is_down"), "unknown code=bank_is_down"},
        {500, ERROR("\"type\":\"api_error\""), "unknown code=api_error"},
        {500, INVALID("none"), "unknown code=none"},
        {503, "busy", "unknown"},
        {404, "<html>", "unknown"},
        {404, "{}", "unknown"},
        {404, "{\"error\":\"no\"}", "unknown"},
        {429, INVALID("rate_limit"), "unsent code=rate_limit"},
        {429, "<html>", "unsent"},
        {401,
         "{\"error\":{\"type\":\"invalid_request_error\","
         "\"message\":\"Invalid API Key: secret_\"}}",
         "unsent"},
        {403, INVALID("none"), "unsent"},
    };
    CHECK(charge, cases);
}

static void refunds_are_judged(void **state)
{
    (void)state;
    static const struct expected cases[] = {
        {200, REFUND("succeeded"), "succeeded re_1 status=succeeded"},
        {200, REFUND("pending"), "succeeded re_1 status=pending"},
        {200, REFUND("failed"), "failed re_1 code=failed status=failed"},
        {200,
         OBJECT("re_1", "failed", "4200", "eur", "o-1",
                ",\"failure_reason\":\"lost_or_stolen_card\""),
         "failed re_1 code=lost_or_stolen_card status=failed"},
        {200, REFUND("canceled"), "failed re_1 code=canceled status=canceled"},
        {200, REFUND("requires_action"),
         "unknown re_1 code=requires_action status=requires_action"},
        {200, OBJECT("re_1", "succeeded", "1", "eur", "o-1", ""), "unknown"},
        {200, OBJECT("re_1", "succeeded", "4200", "eur", "o-2", ""), "unknown"},
        {200, OBJECT("re 1", "succeeded", "4200", "eur", "o-1", ""), "unknown"},
        {200, "{\"id\":\"re_1\"}", "unknown"},
        {400,
         ERROR("\"type\":\"invalid_request_error\","
               "\"code\":\"charge_already_refunded\",\"payment_intent\":"
               "{\"id\":\"pi_1\",\"status\":\"succeeded\"}"),
         "failed code=charge_already_refunded"},
        {404, INVALID("resource_missing"), "failed code=resource_missing"},
        {500, "", "unknown"},
    };
    CHECK(refund, cases);
}

/* The answers that make the largest trees, and one over the limit. */
static void hostile_answers_are_unknown(void **state)
{
    (void)state;
    enum { SIZE = 64 * 1024 };
    static char zeros[SIZE + 1], strings[SIZE + 1], deep[SIZE + 1];
    static char spaces[SIZE + 2];
    zeros[0] = strings[0] = '[';
    for (size_t i = 1; i + 4 < SIZE; i += 3)
        memcpy(strings + i, "\"\",", 3);
    for (size_t i = 1; i + 4 < SIZE; i += 2)
        memcpy(zeros + i, "0,", 2);
    strcpy(zeros + strlen(zeros), "0]");
    strcpy(strings + strlen(strings), "0]");
    memset(deep, '[', SIZE);
    memset(spaces, ' ', SIZE + 1);
    const struct expected cases[] = {
        {200, zeros, "unknown"},
        {200, strings, "unknown"},
        {200, deep, "unknown"},
        {200, spaces, "unknown"},
    };
    CHECK(charge, cases);
}

static void without_a_connection_nothing_is_sent(void **state)
{
    (void)state;
    struct gateway gateway = {.stripe = {.pool = transfer_pool_create(1),
                                         .base_url = "http://127.0.0.1:1",
                                         .key = "sk_test_secret"}};
    struct result result = {0};
    charge(&gateway.stripe, &result);
    gateway_run(&gateway, &result);
    assert_string_equal(result.text, "unsent");
    assert_string_not_equal(result.message, "-");
    transfer_pool_destroy(gateway.stripe.pool);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(intents_are_judged),
        cmocka_unit_test(errors_are_judged),
        cmocka_unit_test(refunds_are_judged),
        cmocka_unit_test(hostile_answers_are_unknown),
        cmocka_unit_test(without_a_connection_nothing_is_sent),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
