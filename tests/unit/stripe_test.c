/* lib/adapter/stripe.h against a loopback gateway that says what it is told:
 * what is sent, and what each answer is taken for. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "lib/adapter/stripe.h"
#include "lib/base/clock.h"

struct gateway {
    int listener;
    pthread_t thread;
    int status;          /* of every answer; 0: hangs up instead */
    const char *body;    /* of every answer */
    char request[16384]; /* the last one */
    char base_url[64];
};

/* A whole request: the head, then as much as its Content-Length says. */
static bool hear(struct gateway *gateway, int fd)
{
    size_t length = 0, wanted = sizeof gateway->request - 1;
    while (length < wanted) {
        ssize_t got = read(fd, gateway->request + length, wanted - length);
        if (got <= 0)
            return false;
        length += (size_t)got;
        gateway->request[length] = '\0';
        const char *end = strstr(gateway->request, "\r\n\r\n");
        const char *size = strstr(gateway->request, "Content-Length: ");
        if (end != NULL && size != NULL)
            wanted = (size_t)(end + 4 - gateway->request) +
                     strtoul(size + 16, NULL, 10);
    }
    return true;
}

static void *serve(void *context)
{
    struct gateway *gateway = context;
    int fd;
    while ((fd = accept(gateway->listener, NULL, NULL)) >= 0) {
        struct timeval limit = {.tv_sec = 10};
        setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
        while (hear(gateway, fd) && gateway->status != 0) {
            dprintf(fd, "HTTP/1.1 %d X\r\n%sContent-Length: %zu\r\n\r\n%s",
                    gateway->status,
                    gateway->status == 402 ? "Idempotent-Replayed: true\r\n"
                                           : "",
                    strlen(gateway->body), gateway->body);
        }
        close(fd);
    }
    return NULL;
}

static void start(struct gateway *gateway)
{
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    struct sockaddr *any = (struct sockaddr *)&address;
    socklen_t length = sizeof address;
    *gateway = (struct gateway){.status = 0};
    gateway->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_int_equal(bind(gateway->listener, any, length), 0);
    assert_int_equal(listen(gateway->listener, 8), 0);
    assert_int_equal(getsockname(gateway->listener, any, &length), 0);
    snprintf(gateway->base_url, sizeof gateway->base_url, "http://127.0.0.1:%d",
             ntohs(address.sin_port));
    assert_int_equal(pthread_create(&gateway->thread, NULL, serve, gateway), 0);
}

static void stop(struct gateway *gateway)
{
    shutdown(gateway->listener, SHUT_RDWR);
    pthread_join(gateway->thread, NULL);
    close(gateway->listener);
}

struct result {
    int done;
    enum stripe_outcome outcome;
    bool replayed;
    char id[64], charge_id[64], code[64], message[128]; /* "-": NULL */
};

static void put(char *out, size_t size, const char *value)
{
    snprintf(out, size, "%s", value != NULL ? value : "-");
}

static void keep(void *context, const struct stripe_answer *answer)
{
    struct result *result = context;
    result->done++;
    result->outcome = answer->outcome;
    result->replayed = answer->replayed;
    put(result->id, sizeof result->id, answer->id);
    put(result->charge_id, sizeof result->charge_id, answer->charge_id);
    put(result->code, sizeof result->code, answer->code);
    put(result->message, sizeof result->message, answer->message);
}

static void run(struct transfer_pool *pool, const struct result *result)
{
    int64_t limit = clock_boot_ms() + 20000;
    while (transfer_pending(pool) > 0) {
        assert_true(clock_boot_ms() < limit);
        transfer_wait(pool, NULL, 0, 1000);
    }
    assert_int_equal(result->done, 1);
}

static struct result charge(const struct stripe *stripe)
{
    struct result result = {0};
    struct stripe_charge charge = {.idempotency_key = "key-1",
                                   .order_id = "o-1",
                                   .attempt = "a-1",
                                   .payment_method = "pm_card_visa",
                                   .currency = "EUR",
                                   .amount_minor = 4200,
                                   .description = "Order 7 & Söhne+100%"};
    stripe_charge(stripe, &charge, keep, &result);
    run(stripe->pool, &result);
    return result;
}

static struct result refund(const struct stripe *stripe)
{
    struct result result = {0};
    struct stripe_refund refund = {.idempotency_key = "key-2",
                                   .intent_id = "pi_1",
                                   .order_id = "o-1",
                                   .amount_minor = 4200};
    stripe_refund(stripe, &refund, keep, &result);
    run(stripe->pool, &result);
    return result;
}

struct expected {
    int status;
    const char *body;
    enum stripe_outcome outcome;
    const char *id, *charge_id, *code;
};

static void check(struct result (*call)(const struct stripe *),
                  const struct expected *cases, size_t count)
{
    struct gateway gateway;
    start(&gateway);
    struct stripe stripe = {.pool = transfer_pool_create(2),
                            .base_url = gateway.base_url,
                            .key = "sk_test_secret"};
    for (size_t i = 0; i < count; i++) {
        gateway.body = cases[i].body;
        gateway.status = cases[i].status;
        struct result result = call(&stripe);
        if (result.outcome != cases[i].outcome)
            print_error("answered %s\n", cases[i].body);
        assert_int_equal(result.outcome, cases[i].outcome);
        assert_string_equal(result.id, cases[i].id);
        assert_string_equal(result.charge_id, cases[i].charge_id);
        assert_string_equal(result.code, cases[i].code);
        assert_int_equal(result.replayed, cases[i].status == 402);
        if (result.outcome != STRIPE_SUCCEEDED)
            assert_string_not_equal(result.message, "-");
        assert_null(strstr(result.message, "secret_"));
    }
    transfer_pool_destroy(stripe.pool);
    stop(&gateway);
}

#define CHECK(call, cases) check(call, cases, sizeof cases / sizeof *cases)
#define OBJECT(id, status, amount, currency, order)                            \
    "{\"id\":\"" id "\",\"status\":\"" status "\",\"amount\":" amount          \
    ",\"currency\":\"" currency "\",\"metadata\":{\"order_id\":\"" order       \
    "\"},\"latest_charge\":\"ch_1\"}"
#define INTENT(status) OBJECT("pi_1", status, "4200", "eur", "o-1")
#define REFUND(status) OBJECT("re_1", status, "4200", "eur", "o-1")
#define ERROR(members) "{\"error\":{" members ",\"message\":\"No.\"}}"

static void intents_are_judged(void **state)
{
    (void)state;
    static const struct expected cases[] = {
        {200, INTENT("succeeded"), STRIPE_SUCCEEDED, "pi_1", "ch_1", "-"},
        {200, OBJECT("pi_1", "succeeded", "4201", "eur", "o-1"), STRIPE_UNKNOWN,
         "pi_1", "ch_1", "-"},
        {200, OBJECT("pi_1", "succeeded", "4200.0", "eur", "o-1"),
         STRIPE_UNKNOWN, "pi_1", "ch_1", "-"},
        {200, OBJECT("pi_1", "succeeded", "4200", "usd", "o-1"), STRIPE_UNKNOWN,
         "pi_1", "ch_1", "-"},
        {200, OBJECT("pi_1", "succeeded", "4200", "eur", "o-2"), STRIPE_UNKNOWN,
         "pi_1", "ch_1", "-"},
        {200, "{\"id\":\"pi_1\",\"status\":\"succeeded\"}", STRIPE_UNKNOWN,
         "pi_1", "-", "-"},
        {200, INTENT("processing"), STRIPE_UNKNOWN, "pi_1", "ch_1",
         "processing"},
        {200, INTENT("brand_new"), STRIPE_UNKNOWN, "pi_1", "ch_1", "brand_new"},
        {200, INTENT("requires_action"), STRIPE_FAILED, "pi_1", "ch_1",
         "requires_action"},
        {200, INTENT("requires_payment_method"), STRIPE_FAILED, "pi_1", "ch_1",
         "requires_payment_method"},
        {200, INTENT("canceled"), STRIPE_FAILED, "pi_1", "ch_1", "canceled"},
        {200, "{}", STRIPE_UNKNOWN, "-", "-", "-"},
        {200, "[1]", STRIPE_UNKNOWN, "-", "-", "-"},
        {200, "", STRIPE_UNKNOWN, "-", "-", "-"},
        {200, "{\"id\":\"pi_1\"", STRIPE_UNKNOWN, "-", "-", "-"},
        {200, "<html>", STRIPE_UNKNOWN, "-", "-", "-"},
        {302, INTENT("succeeded"), STRIPE_UNKNOWN, "-", "-", "-"},
        {0, "", STRIPE_UNKNOWN, "-", "-", "-"},
    };
    CHECK(charge, cases);
}

static void errors_are_judged(void **state)
{
    (void)state;
    static const struct expected cases[] = {
        {402,
         ERROR("\"type\":\"card_error\",\"code\":\"card_declined\","
               "\"decline_code\":\"insufficient_funds\",\"charge\":\"ch_9\","
               "\"payment_intent\":{\"id\":\"pi_9\"}"),
         STRIPE_FAILED, "pi_9", "ch_9", "insufficient_funds"},
        {402, ERROR("\"type\":\"card_error\",\"code\":\"expired_card\""),
         STRIPE_FAILED, "-", "-", "expired_card"},
        {400, "{\"error\":{\"type\":\"invalid_request_error\"}}", STRIPE_FAILED,
         "-", "-", "invalid_request_error"},
        {404,
         ERROR("\"type\":\"invalid_request_error\","
               "\"code\":\"resource_missing\""),
         STRIPE_FAILED, "-", "-", "resource_missing"},
        {400, ERROR("\"type\":\"idempotency_error\""), STRIPE_UNKNOWN, "-", "-",
         "idempotency_error"},
        {409, ERROR("\"type\":\"idempotency_error\""), STRIPE_UNKNOWN, "-", "-",
         "idempotency_error"},
        {429,
         ERROR("\"type\":\"invalid_request_error\",\"code\":\"rate_limit\""),
         STRIPE_UNKNOWN, "-", "-", "rate_limit"},
        {500, ERROR("\"type\":\"api_error\""), STRIPE_UNKNOWN, "-", "-",
         "api_error"},
        {503, "busy", STRIPE_UNKNOWN, "-", "-", "-"},
        {404, "<html>", STRIPE_UNKNOWN, "-", "-", "-"},
        {404, "{}", STRIPE_UNKNOWN, "-", "-", "-"},
        {401,
         "{\"error\":{\"type\":\"invalid_request_error\","
         "\"message\":\"Invalid API Key: secret_\"}}",
         STRIPE_UNKNOWN, "-", "-", "-"},
        {403, ERROR("\"type\":\"invalid_request_error\""), STRIPE_UNKNOWN, "-",
         "-", "-"},
    };
    CHECK(charge, cases);
}

static void refunds_are_judged(void **state)
{
    (void)state;
    static const struct expected cases[] = {
        {200, REFUND("succeeded"), STRIPE_SUCCEEDED, "re_1", "-", "-"},
        {200, REFUND("pending"), STRIPE_SUCCEEDED, "re_1", "-", "-"},
        {200, REFUND("failed"), STRIPE_FAILED, "re_1", "-", "failed"},
        {200, REFUND("canceled"), STRIPE_FAILED, "re_1", "-", "canceled"},
        {200, REFUND("requires_action"), STRIPE_UNKNOWN, "re_1", "-",
         "requires_action"},
        {200, OBJECT("re_1", "succeeded", "1", "eur", "o-1"), STRIPE_UNKNOWN,
         "re_1", "-", "-"},
        {400,
         ERROR("\"type\":\"invalid_request_error\","
               "\"code\":\"charge_already_refunded\","
               "\"payment_intent\":{\"id\":\"pi_1\"}"),
         STRIPE_FAILED, "-", "-", "charge_already_refunded"},
        {500, "", STRIPE_UNKNOWN, "-", "-", "-"},
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
        {200, zeros, STRIPE_UNKNOWN, "-", "-", "-"},
        {200, strings, STRIPE_UNKNOWN, "-", "-", "-"},
        {200, deep, STRIPE_UNKNOWN, "-", "-", "-"},
        {200, spaces, STRIPE_UNKNOWN, "-", "-", "-"},
    };
    CHECK(charge, cases);
}

static void what_is_sent(void **state)
{
    (void)state;
    struct gateway gateway;
    start(&gateway);
    struct stripe stripe = {.pool = transfer_pool_create(2),
                            .base_url = gateway.base_url,
                            .key = "sk_test_secret"};
    gateway.body = INTENT("succeeded");
    gateway.status = 200;
    charge(&stripe);
    static const char *const heads[] = {
        "Idempotency-Key: key-1\r\n", "Stripe-Version: " STRIPE_VERSION "\r\n",
        "Authorization: Basic c2tfdGVzdF9zZWNyZXQ6\r\n",
        "Content-Type: application/x-www-form-urlencoded\r\n"};
    assert_memory_equal(gateway.request,
                        "POST /v1/payment_intents HTTP/1.1\r\n", 35);
    for (size_t i = 0; i < sizeof heads / sizeof *heads; i++)
        assert_non_null(strstr(gateway.request, heads[i]));
    assert_string_equal(strstr(gateway.request, "\r\n\r\n") + 4,
                        "amount=4200&currency=eur"
                        "&payment_method=pm_card_visa"
                        "&payment_method_types[]=card&confirm=true"
                        "&description=Order%207%20%26%20S%C3%B6hne%2B100%25"
                        "&metadata[order_id]=o-1&metadata[attempt]=a-1");
    refund(&stripe);
    assert_memory_equal(gateway.request, "POST /v1/refunds HTTP/1.1\r\n", 27);
    assert_non_null(strstr(gateway.request, "Idempotency-Key: key-2\r\n"));
    assert_string_equal(
        strstr(gateway.request, "\r\n\r\n") + 4,
        "amount=4200&payment_intent=pi_1&metadata[order_id]=o-1");
    transfer_pool_destroy(stripe.pool);
    stop(&gateway);
}

static void not_sent_is_unknown(void **state)
{
    (void)state;
    struct stripe stripe = {.pool = transfer_pool_create(1),
                            .base_url = "http://127.0.0.1:1",
                            .key = "sk_test_secret"};
    assert_int_equal(charge(&stripe).outcome, STRIPE_UNKNOWN);
    assert_string_not_equal(charge(&stripe).message, "-");
    transfer_pool_destroy(stripe.pool);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(intents_are_judged),
        cmocka_unit_test(errors_are_judged),
        cmocka_unit_test(refunds_are_judged),
        cmocka_unit_test(hostile_answers_are_unknown),
        cmocka_unit_test(what_is_sent),
        cmocka_unit_test(not_sent_is_unknown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
