/* What the local payment gateway (cgi-bin/gateway) charges, declines, refunds,
 * lists and answers again; what it refuses is in gateway_parameter_test.c. */
#define _GNU_SOURCE
#include "tests/unit/gateway_call.h"

static void a_charge_succeeds(void **state)
{
    struct gateway *g = *state;
    struct answer a = post(g, &intents_post, "",
                           PAID "&metadata[order_id]=o-1&metadata[attempt]=2"
                                "&description=Z%C3%BCrich");
    assert_int_equal(a.status, 200);
    assert_string_equal(text_of(a.json, "object"), "payment_intent");
    assert_string_equal(text_of(a.json, "status"), "succeeded");
    assert_string_equal(text_of(a.json, "currency"), "eur");
    assert_string_equal(text_of(a.json, "description"), "Z\xc3\xbcrich");
    assert_int_equal(int_of(a.json, "amount"), 1050);
    assert_int_equal(int_of(a.json, "amount_received"), 1050);
    assert_int_equal(json_kind(json_member(a.json, "last_payment_error")),
                     JSON_NULL);
    const struct json *metadata = json_member(a.json, "metadata");
    assert_string_equal(text_of(metadata, "order_id"), "o-1");
    const char *id = text_of(a.json, "id");
    assert_int_equal(strlen(id), 27);
    assert_memory_equal(id, "pi_", 3);
    assert_memory_equal(text_of(a.json, "latest_charge"), "ch_", 3);
    assert_string_equal(a.reply.headers.bytes,
                        "Request-Id: req_0123456789abcd\r\n");
    struct answer shown = get(g, intent_show, id, "");
    assert_string_equal(shown.reply.body.bytes, a.reply.body.bytes);
    refused(get(g, intent_show, "pi_0", ""), 404, "resource_missing", "intent",
            "No such payment_intent: 'pi_0'");
}

static void a_decline_is_booked_as_well(void **state)
{
    struct gateway *g = *state;
    const char *body =
        "amount=50&currency=jpy" CARD "pm_card_chargeDeclinedLostCard";
    struct answer a = post(g, &intents_post, "d", body);
    refused(a, 402, "card_declined", "", "Your card was declined.");
    const struct json *error = json_member(a.json, "error");
    assert_string_equal(text_of(error, "type"), "card_error");
    assert_string_equal(text_of(error, "decline_code"), "lost_card");
    const struct json *intent = json_member(error, "payment_intent");
    assert_string_equal(text_of(intent, "status"), "requires_payment_method");
    assert_int_equal(int_of(intent, "amount_received"), 0);
    struct answer shown = get(g, intent_show, text_of(intent, "id"), "");
    const struct json *last = json_member(shown.json, "last_payment_error");
    assert_string_equal(text_of(last, "decline_code"), "lost_card");
    assert_string_equal(post(g, &intents_post, "d", body).reply.body.bytes,
                        a.reply.body.bytes);
    refused(post(g, &refunds_post, "",
                 arena_printf(&g->arena, "payment_intent=%s",
                              text_of(intent, "id"))),
            400, "", "",
            arena_printf(&g->arena,
                         "This PaymentIntent (%s) does not have a successful "
                         "charge to refund.",
                         text_of(intent, "id")));
}

static void a_key_is_answered_once(void **state)
{
    struct gateway *g = *state;
    struct answer first = post(g, &intents_post, "k", PAID "&description=a");
    struct answer again =
        post(g, &intents_post, "k", "description=a&" PAID); /* another order */
    assert_string_equal(again.reply.body.bytes, first.reply.body.bytes);
    assert_non_null(
        strstr(again.reply.headers.bytes, "Idempotent-Replayed: true\r\n"));
    struct answer other = post(g, &intents_post, "k", PAID "&description=b");
    refused(other, 400, "", "",
            "Keys for idempotent requests can only be used with the same "
            "parameters they were first used with. Try using a key other than "
            "'k' if you meant to execute a different request.");
    assert_string_equal(text_of(json_member(other.json, "error"), "type"),
                        "idempotency_error");
    refused(post(g, &refunds_post, "k", "charge=ch_1"), 400, "", "",
            "Keys for idempotent requests can only be used for the same "
            "endpoint they were first used for ('/v1/refunds' vs "
            "'/v1/payment_intents'). Try using a key other than 'k' if you "
            "meant to execute a different request.");
    db_script(g->writer, "UPDATE idempotency_keys SET created_ms = 0");
    struct answer later = post(g, &intents_post, "k", PAID "&description=b");
    assert_int_equal(later.status, 200);
    assert_string_not_equal(text_of(later.json, "id"),
                            text_of(first.json, "id"));
    char *long_key = arena_alloc(&g->arena, 257);
    memset(long_key, 'k', 256);
    assert_int_equal(post(g, &intents_post, long_key, PAID).status, 400);
}

static void local_cards_fail_as_named(void **state)
{
    struct gateway *g = *state;
    const char *after =
        "amount=50&currency=eur" CARD "pm_local_timeout_after_charge";
    struct answer a = post(g, &intents_post, "a", after);
    assert_int_equal(a.reply.hold_ms, 60000);
    struct answer b = post(g, &intents_post, "a", after);
    assert_int_equal(b.reply.hold_ms, 0);
    assert_int_equal(b.status, 200);
    assert_string_equal(b.reply.body.bytes, a.reply.body.bytes);

    const char *before =
        "amount=50&currency=eur" CARD "pm_local_timeout_before_charge";
    a = post(g, &intents_post, "b", before);
    assert_int_equal(a.status, 500);
    assert_int_equal(a.reply.hold_ms, 60000);
    b = post(g, &intents_post, "b", before);
    assert_int_equal(b.reply.hold_ms, 0);
    assert_string_equal(text_of(b.json, "status"), "succeeded");
    assert_null(strstr(b.reply.headers.bytes, "Replayed"));
    a = post(g, &intents_post, "b", before);
    assert_string_equal(a.reply.body.bytes, b.reply.body.bytes);

    const char *error = "amount=50&currency=eur" CARD "pm_local_error_500";
    a = post(g, &intents_post, "c", error);
    refused(a, 500, "", "", "An unknown error occurred");
    b = post(g, &intents_post, "c", error);
    assert_int_equal(b.status, 500);
    assert_non_null(strstr(b.reply.headers.bytes, "Replayed"));

    struct answer list = get(g, intent_list, NULL, "");
    assert_int_equal(json_count(json_member(list.json, "data")), 2);
}

static void refunds_stop_at_what_was_charged(void **state)
{
    struct gateway *g = *state;
    struct answer intent = post(g, &intents_post, "", PAID);
    const char *id = text_of(intent.json, "id");
    const char *charge = text_of(intent.json, "latest_charge");
    char *part = arena_printf(
        &g->arena, "payment_intent=%s&amount=50&reason=duplicate", id);
    struct answer a = post(g, &refunds_post, "r", part);
    assert_int_equal(a.status, 200);
    assert_string_equal(text_of(a.json, "charge"), charge);
    assert_string_equal(text_of(a.json, "status"), "succeeded");
    assert_int_equal(int_of(a.json, "amount"), 50);
    assert_string_equal(post(g, &refunds_post, "r", part).reply.body.bytes,
                        a.reply.body.bytes);
    struct answer shown = get(g, refund_show, text_of(a.json, "id"), "");
    assert_string_equal(shown.reply.body.bytes, a.reply.body.bytes);
    refused(post(g, &refunds_post, "",
                 arena_printf(&g->arena, "charge=%s&amount=1001", charge)),
            400, "", "amount",
            "Refund amount (\xe2\x82\xac"
            "10.01) is greater than unrefunded amount on charge "
            "(\xe2\x82\xac"
            "10.00)");
    char *rest = arena_printf(&g->arena, "charge=%s", charge);
    a = post(g, &refunds_post, "", rest);
    assert_int_equal(int_of(a.json, "amount"), 1000);
    refused(post(g, &refunds_post, "", rest), 400, "charge_already_refunded",
            "",
            arena_printf(&g->arena, "Charge %s has already been refunded.",
                         charge));
    refused(post(g, &refunds_post, "", "payment_intent=pi_0"), 404,
            "resource_missing", "payment_intent",
            "No such payment_intent: 'pi_0'");
    refused(post(g, &refunds_post, "", "charge=ch_0&reason=x"), 400, "",
            "reason",
            "Invalid reason: must be one of duplicate, fraudulent, or "
            "requested_by_customer");
    refused(get(g, refund_show, "re_0", ""), 404, "resource_missing", "refund",
            "No such refund: 're_0'");
}

static void lists_are_newest_first(void **state)
{
    struct gateway *g = *state;
    const char *ids[3];
    for (int i = 0; i < 3; i++)
        ids[i] = text_of(post(g, &intents_post, "", PAID).json, "id");
    struct answer a = get(g, intent_list, NULL, "limit=2");
    const struct json *first = json_first(json_member(a.json, "data"));
    assert_string_equal(text_of(first, "id"), ids[2]);
    assert_string_equal(text_of(json_next(first), "id"), ids[1]);
    assert_true(json_is_true(json_member(a.json, "has_more")));
    a = get(
        g, intent_list, NULL,
        arena_printf(&g->arena, "starting_after=%s&created[gte]=1", ids[1]));
    first = json_first(json_member(a.json, "data"));
    assert_string_equal(text_of(first, "id"), ids[0]);
    assert_null(json_next(first));
    assert_false(json_is_true(json_member(a.json, "has_more")));
    a = get(g, intent_list, NULL, "created[gte]=99999999999");
    assert_int_equal(json_count(json_member(a.json, "data")), 0);
    refused(get(g, intent_list, NULL, "limit=101"), 400,
            "parameter_invalid_integer", "limit",
            "This value must be less than or equal to 100.");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        GATEWAY_TEST(a_charge_succeeds),
        GATEWAY_TEST(a_decline_is_booked_as_well),
        GATEWAY_TEST(a_key_is_answered_once),
        GATEWAY_TEST(local_cards_fail_as_named),
        GATEWAY_TEST(refunds_stop_at_what_was_charged),
        GATEWAY_TEST(lists_are_newest_first),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
