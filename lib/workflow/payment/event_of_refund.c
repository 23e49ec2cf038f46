/* Events of Charges, Refunds and Disputes: what they say of money that was
 * booked. See gateway_event_private.h. */
#include <string.h>

#include "lib/shop/refund/refund.h"
#include "lib/workflow/payment/dispute.h"
#include "lib/workflow/payment/gateway_event_private.h"
#include "lib/workflow/payment/outcome.h"

/* No charge is larger: sums of amounts stay exact. */
#define AMOUNT_MAX INT64_C(1000000000000000)

static const char elsewhere[] = "Not of a payment here.";
static const char other_currency[] = "Not this order's currency: not booked.";
static const char known[] = "Known already.";

static const char *string_of(const struct arrival *arrival, const char *name)
{
    return json_string(json_member(arrival->object, name));
}

/* NULL: it cannot be one of the gateway's, such as the id of a payment by
 * hand. */
static const char *intent_of(const struct arrival *arrival)
{
    const char *id = string_of(arrival, "payment_intent");
    return id != NULL && stripe_is_id(id) ? id : NULL;
}

/* -1: it is none. */
static int64_t amount_of(const struct arrival *arrival, const char *name)
{
    int64_t amount_minor;
    bool whole =
        json_integer(json_member(arrival->object, name), &amount_minor);
    return whole && amount_minor >= 0 && amount_minor <= AMOUNT_MAX
               ? amount_minor
               : -1;
}

static bool names_an_order(const struct arrival *arrival)
{
    const struct json *metadata = json_member(arrival->object, "metadata");
    return json_string(json_member(metadata, "order_id")) != NULL;
}

/* The order whose charge this intent is; NULL: it is not booked. */
static const char *order_of(const struct arrival *arrival,
                            const char *intent_id)
{
    const char *order_id = NULL;
    if (intent_id != NULL)
        payment_intent_left_minor(arrival->db, intent_id, &order_id,
                                  arrival->arena);
    return order_id;
}

/* The total that was given back only grows, but for a refund that failed: what
 * an event from before that says is out of date. */
struct verdict apply_charge_refunded(const struct arrival *arrival)
{
    struct db *db = arrival->db;
    const char *intent_id = intent_of(arrival);
    const char *charge_id = string_of(arrival, "id");
    int64_t total_minor = amount_of(arrival, "amount_refunded");
    const char *order_id = order_of(arrival, intent_id);
    if (intent_id == NULL || total_minor < 0)
        return verdict_ignored(elsewhere);
    if (order_id == NULL)
        return names_an_order(arrival)
                   ? verdict_early("Its charge is not booked here (yet).")
                   : verdict_ignored(elsewhere);
    struct arrived arrived = {
        .what = "A refund",
        .gateway_id = charge_id == NULL ? intent_id : charge_id,
        .currency = stripe_read_currency(arrival->object, arrival->arena)};
    if (outcome_odd_currency(db, arrival->settings, order_id, &arrived,
                             arrival->now_ms, arrival->arena))
        return verdict_applied(order_id, other_currency);
    if (arrival->event->created_at_ms <= payment_reversed_at_ms(db, intent_id))
        return verdict_applied(order_id, "Out of date: a refund failed since.");
    int64_t extra_minor = refund_take_total(
        db, intent_id, total_minor, arrival->event->event_id, arrival->now_ms);
    return verdict_applied(order_id, extra_minor > 0
                                         ? "A refund made at the gateway: "
                                           "booked."
                                         : known);
}

/* The gateway's reason_in_one_word. */
static const char *in_words(const char *reason, struct arena *arena)
{
    if (reason == NULL)
        return "no reason given";
    char *words = arena_string(arena, reason);
    for (char *c = words; *c != '\0'; c++)
        if (*c == '_')
            *c = ' ';
    return words;
}

/* Only that one failed says something new: the rest is the refunding call's
 * own answer. */
struct verdict apply_refund(const struct arrival *arrival)
{
    struct db *db = arrival->db;
    const char *refund_id = string_of(arrival, "id");
    const char *status = string_of(arrival, "status");
    const char *reason = string_of(arrival, "failure_reason");
    const char *order_id = order_of(arrival, intent_of(arrival));
    if (refund_id == NULL || status == NULL || strcmp(status, "failed") != 0)
        return verdict_ignored("Says nothing new of a refund.");
    if (refund_reversed(db, refund_id,
                        arena_printf(arrival->arena,
                                     "The refund failed at the gateway: %s",
                                     in_words(reason, arrival->arena)),
                        arrival->now_ms))
        return verdict_applied(order_id, "The refund failed: taken back.");
    if (payment_is_booked(db, refund_id))
        return verdict_applied(order_id, known);
    return order_id != NULL || names_an_order(arrival)
               ? verdict_early("The refund it names is not booked here (yet).")
               : verdict_ignored(elsewhere);
}

struct verdict apply_dispute(const struct arrival *arrival)
{
    struct dispute_news news = {
        .intent_id = intent_of(arrival),
        .dispute_id = string_of(arrival, "id"),
        .status = string_of(arrival, "status"),
        .amount_minor = amount_of(arrival, "amount"),
        .currency = stripe_read_currency(arrival->object, arrival->arena),
        .withdrawn =
            strcmp(arrival->event->type, "charge.dispute.funds_withdrawn") == 0,
        .told_at_ms = arrival->event->created_at_ms};
    const char *order_id = NULL;
    if (news.dispute_id == NULL || !stripe_is_id(news.dispute_id) ||
        news.intent_id == NULL || news.status == NULL || news.amount_minor < 0)
        return verdict_ignored(elsewhere);
    if (!outcome_disputed(arrival->db, arrival->settings, &news, &order_id,
                          arrival->now_ms, arrival->arena))
        return verdict_early("Its charge is not booked here (yet).");
    return verdict_applied(
        order_id,
        arena_printf(arrival->arena, "A dispute, status %s.", news.status));
}
