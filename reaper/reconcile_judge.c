/* Judges what the gateway's list shows against our books: see reconcile.h.
 * What the gateway took or gave back is taken over; the rest is a finding. */
#include <string.h>

#include "lib/base/money.h"
#include "lib/shop/books/reconciliation.h"
#include "lib/shop/refund/refund.h"
#include "reaper/outcome.h"
#include "reaper/reconcile.h"

enum { RECONCILE_FINDINGS = 100 /* of a kind that no list shows */ };

static void find(struct reaper *reaper, const struct reconcile_place *at,
                 const struct finding *finding, int64_t now_ms)
{
    finding_enter(reaper->db, finding, at->run, now_ms);
}

static const char *amount(int64_t amount_minor, const char *currency,
                          struct arena *arena)
{
    if (currency == NULL || money_exponent(currency) < 0)
        return arena_printf(arena, "%lld in a currency that cannot be read",
                            (long long)amount_minor);
    return money_format(arena, amount_minor, currency);
}

static bool find_attempt(struct db *db, const struct stripe_intent *intent,
                         struct payment_attempt *out, struct arena *arena)
{
    return payment_find_intent(db, intent->id, out, arena) ||
           (intent->order_id != NULL &&
            payment_find_numbered(db, intent->order_id, intent->attempt_no, out,
                                  arena));
}

/* The charge is asked about at once rather than judged here. */
static void hurry(struct reaper *reaper, const struct stripe_intent *intent,
                  const struct payment_attempt *attempt)
{
    if (attempt->status == ATTEMPT_OPEN && attempt->kind == PAYMENT_TOKEN &&
        (strcmp(intent->status, "canceled") == 0 ||
         strcmp(intent->status, "requires_payment_method") == 0) &&
        job_of_order(reaper, attempt->order_id) == NULL)
        payment_hurry(reaper->db, attempt->order_id);
}

static void find_stranger(struct reaper *reaper,
                          const struct reconcile_place *at,
                          const struct stripe_intent *intent, int64_t now_ms,
                          struct arena *arena)
{
    if (intent->created_s * 1000 > at->began_ms - RECONCILE_FRESH_MS)
        return;
    find(reaper, at,
         &(struct finding){
             .kind = "gateway_only",
             .reference = intent->id,
             .amount_minor = intent->received_minor,
             .detail = arena_printf(
                 arena,
                 "The gateway took %s for nothing that is known "
                 "here.",
                 amount(intent->received_minor, intent->currency, arena)),
             .at_ms = intent->created_s * 1000},
         now_ms);
}

/* Money that the gateway took and that is not booked. True: it is now. */
static bool book(struct reaper *reaper, const struct reconcile_place *at,
                 const struct stripe_intent *intent,
                 const struct payment_attempt *attempt, int64_t now_ms,
                 struct arena *arena)
{
    in_hand_take(&reaper->hand, attempt->order_id);
    switch (outcome_paid(reaper, attempt, intent->id, intent->received_minor,
                         intent->currency, now_ms, arena)) {
    case OUTCOME_TAKEN:
    case OUTCOME_REOPENED:
    case OUTCOME_EXTRA:
        return true;
    case OUTCOME_KNOWN:
        return false;
    case OUTCOME_FOREIGN:
        find_stranger(reaper, at, intent, now_ms, arena);
        return false;
    case OUTCOME_ODD:
        break;
    }
    find(reaper, at,
         &(struct finding){
             .kind = "amount",
             .reference = intent->id,
             .order_id = attempt->order_id,
             .amount_minor = intent->received_minor,
             .detail = arena_printf(
                 arena,
                 "The gateway took %s, which is not the order's "
                 "total. It is not booked.",
                 amount(intent->received_minor, intent->currency, arena)),
             .at_ms = intent->created_s * 1000},
         now_ms);
    return false;
}

/* False: the amounts are not of the same money. */
static bool compare_amounts(struct reaper *reaper,
                            const struct reconcile_place *at,
                            const struct stripe_intent *intent,
                            const struct booked_charge *charge, int64_t now_ms,
                            struct arena *arena)
{
    const char *currency = reaper->settings->currency;
    bool same =
        intent->currency != NULL && strcmp(intent->currency, currency) == 0;
    if (same && charge->amount_minor == intent->received_minor)
        return true;
    find(reaper, at,
         &(struct finding){
             .kind = "amount",
             .reference = intent->id,
             .order_id = charge->order_id,
             .amount_minor = intent->received_minor,
             .detail = arena_printf(
                 arena, "The gateway took %s; booked are %s.",
                 amount(intent->received_minor, intent->currency, arena),
                 amount(charge->amount_minor, currency, arena)),
             .at_ms = intent->created_s * 1000},
         now_ms);
    return same;
}

/* More given back there than here is booked; less is a finding, unless one of
 * our own is on the way. True: something was booked. */
static bool compare_refunds(struct reaper *reaper,
                            const struct reconcile_place *at,
                            const struct stripe_intent *intent,
                            const struct booked_charge *charge, int64_t now_ms,
                            struct arena *arena)
{
    if (intent->refunded_minor == charge->refunded_minor)
        return false;
    if (intent->refunded_minor > charge->refunded_minor)
        return refund_take_total(reaper->db, intent->id, intent->refunded_minor,
                                 arena_printf(arena, "%s-run-%lld", intent->id,
                                              (long long)at->run),
                                 now_ms) > 0;
    if (charge->changed_at_ms < at->began_ms - RECONCILE_FRESH_MS)
        find(
            reaper, at,
            &(struct finding){
                .kind = "refunds",
                .reference = intent->id,
                .order_id = charge->order_id,
                .amount_minor = charge->refunded_minor - intent->refunded_minor,
                .detail = arena_printf(
                    arena, "Refunds of %s are booked; the gateway made %s.",
                    amount(charge->refunded_minor, reaper->settings->currency,
                           arena),
                    amount(intent->refunded_minor, reaper->settings->currency,
                           arena)),
                .at_ms = intent->created_s * 1000},
            now_ms);
    return false;
}

bool reconcile_intent(struct reaper *reaper, const struct reconcile_place *at,
                      const struct stripe_intent *intent, int64_t now_ms,
                      struct arena *arena)
{
    struct db *db = reaper->db;
    struct payment_attempt attempt;
    struct booked_charge charge;
    bool known = find_attempt(db, intent, &attempt, arena);
    bool settled = false;
    if (strcmp(intent->status, "succeeded") != 0) {
        if (known)
            hurry(reaper, intent, &attempt);
        return false;
    }
    if (!reconciliation_charge(db, intent->id, &charge, arena)) {
        if (intent->refunded_minor >= intent->received_minor)
            return false; /* whatever it was for, the money is back */
        if (known)
            settled = book(reaper, at, intent, &attempt, now_ms, arena);
        else
            find_stranger(reaper, at, intent, now_ms, arena);
        if (!reconciliation_charge(db, intent->id, &charge, arena))
            return settled;
        find_attempt(db, intent, &attempt, arena);
    }
    if (known && attempt.intent_id != NULL &&
        strcmp(attempt.intent_id, intent->id) == 0)
        reconciliation_saw(db, attempt.attempt_id, at->run);
    if (compare_amounts(reaper, at, intent, &charge, now_ms, arena) &&
        compare_refunds(reaper, at, intent, &charge, now_ms, arena))
        settled = true;
    return settled;
}

void reconcile_rest(struct reaper *reaper, const struct reconcile_place *at,
                    int64_t now_ms, struct arena *arena)
{
    struct payment_attempt list[RECONCILE_FINDINGS];
    size_t count = reconciliation_unseen(
        reaper->db, at->run, at->since_ms + RECONCILE_SKEW_MS,
        at->began_ms - RECONCILE_FRESH_MS, RECONCILE_FINDINGS, list, arena);
    for (size_t i = 0; i < count; i++) {
        struct booked_charge charge = {.order_id = list[i].order_id};
        reconciliation_charge(reaper->db, list[i].intent_id, &charge, arena);
        find(reaper, at,
             &(struct finding){.kind = "not_at_gateway",
                               .reference = list[i].intent_id,
                               .order_id = charge.order_id,
                               .amount_minor = charge.amount_minor,
                               .detail = "A payment is booked that the gateway "
                                         "does not list.",
                               .at_ms =
                                   list[i].created_at_ms - RECONCILE_SKEW_MS},
             now_ms);
    }
    count = reconciliation_unknown(
        reaper->db, now_ms - reaper->settings->payment_unknown_ms,
        RECONCILE_FINDINGS, list, arena);
    for (size_t i = 0; i < count; i++)
        find(reaper, at,
             &(struct finding){.kind = "unknown",
                               .reference = list[i].attempt_id,
                               .order_id = list[i].order_id,
                               .detail = "The gateway does not say whether it "
                                         "charged.",
                               .at_ms = now_ms},
             now_ms);
}
