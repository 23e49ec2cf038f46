/* lib/adapter/stripe/read.c: what is taken of the gateway's objects. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "lib/adapter/stripe/stripe.h"
#include "lib/base/text/text.h"

static const struct json *read(struct arena *arena, const char *text)
{
    struct json_fault fault;
    const struct json *value = json_read(arena, text, strlen(text), 32, &fault);
    assert_non_null(value);
    return value;
}

static void put(struct text *out, const char *value)
{
    text_printf(out, "%s ", value != NULL ? value : "-");
}

/* Every field in the header's order; "refused" for what cannot be read. */
static const char *intent_of(struct arena *arena, const char *text)
{
    struct stripe_intent intent;
    struct text out = text_create(arena, 256);
    if (!stripe_read_intent(read(arena, text), &intent, arena))
        return "refused";
    put(&out, intent.id);
    put(&out, intent.status);
    put(&out, intent.order_id);
    text_printf(&out, "%d %d %d %d ", (int)intent.attempt_no,
                (int)intent.amount_minor, (int)intent.received_minor,
                (int)intent.refunded_minor);
    put(&out, intent.currency);
    put(&out, intent.charge_id);
    put(&out, intent.action_url);
    put(&out, intent.code);
    put(&out, intent.message);
    text_printf(&out, "%d", (int)intent.created_s);
    return out.bytes;
}

static const char *session_of(struct arena *arena, const char *text)
{
    struct stripe_session session;
    struct text out = text_create(arena, 256);
    if (!stripe_read_session(read(arena, text), &session, arena))
        return "refused";
    put(&out, session.id);
    put(&out, session.status);
    put(&out, session.payment_status);
    put(&out, session.url);
    put(&out, session.intent_id);
    put(&out, session.order_id);
    text_printf(&out, "%d %d ", (int)session.attempt_no,
                (int)session.amount_minor);
    put(&out, session.currency);
    return out.bytes;
}

static const char *event_of(struct arena *arena, const char *text)
{
    struct stripe_event event;
    if (!stripe_read_event(text, strlen(text), &event, arena))
        return "refused";
    assert_null(event.body);
    return arena_printf(arena, "%s %s %d %s", event.id, event.type,
                        (int)event.created_s, json_print(arena, event.object));
}

struct row {
    const char *text, *expected;
};

static void check(const char *(*call)(struct arena *, const char *),
                  const struct row *rows, size_t count)
{
    struct arena arena = arena_create(1 << 20);
    for (size_t i = 0; i < count; i++) {
        const char *got = call(&arena, rows[i].text);
        if (strcmp(got, rows[i].expected) != 0)
            print_error("of %s\n", rows[i].text);
        assert_string_equal(got, rows[i].expected);
        arena_reset(&arena);
    }
    arena_destroy(&arena);
}

#define CHECK(call, rows) check(call, rows, sizeof rows / sizeof *rows)
#define PI(members) "{\"id\":\"pi_1\",\"status\":\"s\"" members "}"
#define BARE " - 0 0 0 0 - - - - - 0"
#define ATTEMPT(text) PI(",\"metadata\":{\"attempt\":" text "}")

static void intents_are_read(void **state)
{
    (void)state;
    static const struct row rows[] = {
        {PI(""), "pi_1 s" BARE},
        {PI(",\"object\":\"payment_intent\",\"amount\":4200,"
            "\"amount_received\":4100,\"currency\":\"eur\",\"created\":17,"
            "\"latest_charge\":{\"id\":\"ch_1\",\"amount_refunded\":7},"
            "\"metadata\":{\"order_id\":\"o-1\",\"attempt\":\"2\"},"
            "\"next_action\":{\"redirect_to_url\":{\"url\":\"http://b/\"}},"
            "\"last_payment_error\":{\"code\":\"c\",\"decline_code\":\"d\","
            "\"message\":\"No.\"}"),
         "pi_1 s o-1 2 4200 4100 7 EUR ch_1 http://b/ d No. 17"},
        {PI(",\"latest_charge\":\"ch_1\",\"last_payment_error\":"
            "{\"code\":\"c\"},\"amount\":null"),
         "pi_1 s - 0 0 0 0 - ch_1 - c - 0"},
        {PI(",\"latest_charge\":null,\"metadata\":[],\"next_action\":1,"
            "\"last_payment_error\":\"x\",\"currency\":3"),
         "pi_1 s" BARE},
        {PI(",\"latest_charge\":\"ch/1\",\"currency\":\"\303\274r\""),
         "pi_1 s" BARE},
        {PI(",\"latest_charge\":{\"id\":7}"), "pi_1 s" BARE},
        {ATTEMPT("2"), "pi_1 s" BARE},
        {ATTEMPT("\"-2\""), "pi_1 s" BARE},
        {ATTEMPT("\"2x\""), "pi_1 s" BARE},
        {ATTEMPT("\"\""), "pi_1 s" BARE},
        {ATTEMPT("\"9999999999\""), "pi_1 s" BARE},
        {ATTEMPT("\"999999999\""), "pi_1 s - 999999999 0 0 0 - - - - - 0"},
        {PI(",\"object\":\"charge\""), "refused"},
        {PI(",\"amount\":\"4200\""), "refused"},
        {PI(",\"amount\":4200.5"), "refused"},
        {PI(",\"amount\":-1"), "refused"},
        {PI(",\"amount\":9223372036854775808"), "refused"},
        {PI(",\"amount_received\":1000.5"), "refused"},
        {PI(",\"latest_charge\":{\"amount_refunded\":-1}"), "refused"},
        {PI(",\"created\":\"now\""), "refused"},
        {"{\"id\":\"pi_1\"}", "refused"},
        {"{\"id\":\"pi_1\",\"status\":null}", "refused"},
        {"{\"status\":\"s\"}", "refused"},
        {"{\"id\":\"\",\"status\":\"s\"}", "refused"},
        {"{\"id\":\"pi-1\",\"status\":\"s\"}", "refused"},
        {"[]", "refused"},
        {"\"pi_1\"", "refused"},
        {"null", "refused"},
    };
    CHECK(intent_of, rows);
    struct stripe_intent intent;
    assert_false(stripe_read_intent(NULL, &intent, NULL));
}

static void ids_are_short(void **state)
{
    (void)state;
    struct arena arena = arena_create(1 << 20);
    for (int length = 255; length <= 256; length++) {
        const char *text = arena_printf(
            &arena, "{\"id\":\"%0*d\",\"status\":\"s\"}", length, 0);
        struct stripe_intent intent;
        assert_int_equal(
            stripe_read_intent(read(&arena, text), &intent, &arena),
            length == 255);
    }
    arena_destroy(&arena);
}

#define CS(members) "{\"id\":\"cs_1\",\"status\":\"open\"" members "}"

static void sessions_are_read(void **state)
{
    (void)state;
    static const struct row rows[] = {
        {CS(""), "cs_1 open - - - - 0 0 - "},
        {CS(",\"object\":\"checkout.session\",\"payment_status\":\"paid\","
            "\"url\":\"HTTPS://pay/c#a\",\"payment_intent\":\"pi_1\","
            "\"amount_total\":4200,\"currency\":\"jpy\","
            "\"metadata\":{\"order_id\":\"o-1\",\"attempt\":\"12\"}"),
         "cs_1 open paid HTTPS://pay/c#a pi_1 o-1 12 4200 JPY "},
        {CS(",\"url\":null,\"payment_intent\":null"),
         "cs_1 open - - - - 0 0 - "},
        {CS(",\"url\":\"javascript://x\",\"payment_intent\":{\"id\":\"pi_2\"}"),
         "cs_1 open - - pi_2 - 0 0 - "},
        {CS(",\"object\":\"event\""), "refused"},
        {CS(",\"amount_total\":1.5"), "refused"},
        {"{\"id\":\"cs_1\"}", "refused"},
        {"7", "refused"},
    };
    CHECK(session_of, rows);
}

#define EVENT(id, type, data)                                                  \
    "{\"id\":" id ",\"type\":" type ",\"data\":" data "}"
#define TYPE "\"charge.dispute.created\""

static void events_are_read(void **state)
{
    (void)state;
    static const struct row rows[] = {
        {EVENT("\"evt_1\"", TYPE, "{\"object\":{\"id\":1}},\"created\":17"),
         "evt_1 charge.dispute.created 17 {\"id\":1}"},
        {EVENT("\"evt_1\"", TYPE, "{\"object\":{}},\"object\":\"event\""),
         "evt_1 charge.dispute.created 0 {}"},
        {EVENT("\"evt_1\"", TYPE, "{\"object\":{}},\"object\":\"list\""),
         "refused"},
        {EVENT("\"evt_1\"", TYPE, "{\"object\":[]}"), "refused"},
        {EVENT("\"evt_1\"", TYPE, "{\"object\":null}"), "refused"},
        {EVENT("\"evt_1\"", TYPE, "{}"), "refused"},
        {EVENT("\"evt_1\"", TYPE, "null"), "refused"},
        {EVENT("\"evt 1\"", TYPE, "{\"object\":{}}"), "refused"},
        {EVENT("1", TYPE, "{\"object\":{}}"), "refused"},
        {EVENT("\"evt_1\"", "\"a b\"", "{\"object\":{}}"), "refused"},
        {EVENT("\"evt_1\"", "\"\"", "{\"object\":{}}"), "refused"},
        {EVENT("\"evt_1\"", "null", "{\"object\":{}}"), "refused"},
        {EVENT("\"evt_1\",\"id\":\"evt_2\"", TYPE, "{\"object\":{}}"),
         "refused"},
        {"", "refused"},
        {"<html>", "refused"},
        {"[]", "refused"},
        {"{}", "refused"},
        {"{\"id\":\"evt_1\"", "refused"},
    };
    CHECK(event_of, rows);
}

/* At the cap of its size one is read, behind it not even looked at. */
static void events_are_capped(void **state)
{
    (void)state;
    enum { MAX = 512 * 1024 };
    static const char event[] = EVENT("\"evt_1\"", TYPE, "{\"object\":{}}");
    struct arena arena = arena_create(64 << 20);
    struct stripe_event out;
    char *text = arena_alloc(&arena, MAX + 1);
    memset(text, ' ', MAX + 1);
    memcpy(text, event, strlen(event));
    assert_true(stripe_read_event(text, MAX, &out, &arena));
    assert_false(stripe_read_event(text, MAX + 1, &out, &arena));
    arena_destroy(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(intents_are_read),  cmocka_unit_test(ids_are_short),
        cmocka_unit_test(sessions_are_read), cmocka_unit_test(events_are_read),
        cmocka_unit_test(events_are_capped),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
