/* Judges what the gateway's list shows against our books: see reconcile.h. */
#include "lib/workflow/payment/reconcile.h"

#include <assert.h>
#include <string.h>

#include "lib/base/text/money.h"
#include "lib/shop/books/reconciliation.h"
#include "lib/shop/refund/refund.h"
#include "lib/workflow/payment/outcome.h"

enum { RECONCILE_FINDINGS = 100 /* of a kind that no list shows */ };

/* What is judged, and where. */
struct judge {
    struct db *db;
    const struct settings *settings;
    const struct reconcile_run *run;
    const struct stripe_intent *intent;
    int64_t now_ms;
    struct arena *arena;
};

static const char *amount(const struct judge *judge, int64_t amount_minor,
                          const char *currency)
{
    if (currency == NULL || money_exponent(currency) < 0)
        return arena_printf(judge->arena,
                            "%lld in a currency that cannot be read",
                            (long long)amount_minor);
    return money_format(judge->arena, amount_minor, currency);
}

static const char *taken(const struct judge *judge)
{
    return amount(judge, judge->intent->received_minor,
                  judge->intent->currency);
}

/* A finding about the intent. */
static void find(const struct judge *judge, enum finding_kind kind,
                 const char *order_id, int64_t amount_minor, const char *detail)
{
    finding_enter(judge->db,
                  &(struct finding){.kind = kind,
                                    .reference = judge->intent->id,
                                    .order_id = order_id,
                                    .amount_minor = amount_minor,
                                    .detail = detail,
                                    .at_ms = judge->intent->created_s * 1000},
                  judge->run->run, judge->now_ms);
}

static bool find_attempt(const struct judge *judge, struct payment_attempt *out)
{
    const struct stripe_intent *intent = judge->intent;
    return payment_find_intent(judge->db, intent->id, out, judge->arena) ||
           (intent->order_id != NULL &&
            payment_find_numbered(judge->db, intent->order_id,
                                  intent->attempt_no, out, judge->arena));
}

/* The charge is asked about at once rather than judged here. */
static void hurry(const struct judge *judge,
                  const struct payment_attempt *attempt)
{
    const char *status = judge->intent->status;
    if (attempt->status == ATTEMPT_OPEN && attempt->kind == PAYMENT_TOKEN &&
        (strcmp(status, "canceled") == 0 ||
         strcmp(status, "requires_payment_method") == 0))
        payment_hurry(judge->db, attempt->order_id);
}

static void find_stranger(const struct judge *judge)
{
    if (judge->intent->created_s * 1000 <=
        judge->run->began_ms - RECONCILE_FRESH_MS)
        find(judge, FINDING_GATEWAY_ONLY, NULL, judge->intent->received_minor,
             arena_printf(judge->arena,
                          "The gateway took %s for nothing that is known "
                          "here.",
                          taken(judge)));
}

/* Money that the gateway took and that is not booked. True: it is now. */
static bool book(const struct judge *judge,
                 const struct payment_attempt *attempt)
{
    const struct stripe_intent *intent = judge->intent;
    switch (
        outcome_paid(judge->db, judge->settings, attempt,
                     &(struct money_taken){intent->id, intent->received_minor,
                                           intent->currency},
                     judge->now_ms, judge->arena)) {
    case OUTCOME_TAKEN:
    case OUTCOME_REOPENED:
    case OUTCOME_EXTRA:
        return true;
    case OUTCOME_KNOWN:
        return false;
    case OUTCOME_FOREIGN:
        find_stranger(judge);
        return false;
    case OUTCOME_ODD:
        break;
    }
    find(judge, FINDING_AMOUNT, attempt->order_id, intent->received_minor,
         arena_printf(judge->arena,
                      "The gateway took %s, which is not the order's total. It "
                      "is not booked.",
                      taken(judge)));
    return false;
}

/* False: the amounts are not of the same money. */
static bool compare_amounts(const struct judge *judge,
                            const struct booked_charge *charge)
{
    const struct stripe_intent *intent = judge->intent;
    const char *ours = judge->settings->currency;
    bool same = intent->currency != NULL && strcmp(intent->currency, ours) == 0;
    if (same && charge->amount_minor == intent->received_minor)
        return true;
    find(judge, FINDING_AMOUNT, charge->order_id, intent->received_minor,
         arena_printf(judge->arena, "The gateway took %s; booked are %s.",
                      taken(judge), amount(judge, charge->amount_minor, ours)));
    return same;
}

/* More given back there than here is booked; less is a finding, unless one of
 * our own is on the way. True: something was booked. */
static bool compare_refunds(const struct judge *judge,
                            const struct booked_charge *charge)
{
    const struct stripe_intent *intent = judge->intent;
    const char *ours = judge->settings->currency;
    if (intent->refunded_minor == charge->refunded_minor)
        return false;
    if (intent->refunded_minor > charge->refunded_minor)
        return refund_take_total(judge->db, intent->id, intent->refunded_minor,
                                 arena_printf(judge->arena, "%s-run-%lld",
                                              intent->id,
                                              (long long)judge->run->run),
                                 judge->now_ms) > 0;
    if (charge->changed_at_ms < judge->run->began_ms - RECONCILE_FRESH_MS)
        find(judge, FINDING_REFUNDS, charge->order_id,
             charge->refunded_minor - intent->refunded_minor,
             arena_printf(judge->arena,
                          "Refunds of %s are booked; the gateway made %s.",
                          amount(judge, charge->refunded_minor, ours),
                          amount(judge, intent->refunded_minor, ours)));
    return false;
}

bool reconcile_intent(struct db *db, const struct settings *settings,
                      const struct reconcile_run *run,
                      const struct stripe_intent *intent, int64_t now_ms,
                      struct arena *arena)
{
    assert(db_in_transaction(db));
    const struct judge judge = {db, settings, run, intent, now_ms, arena};
    struct payment_attempt attempt;
    struct booked_charge charge;
    bool known = find_attempt(&judge, &attempt);
    bool settled = false;
    if (strcmp(intent->status, "succeeded") != 0) {
        if (known)
            hurry(&judge, &attempt);
        return false;
    }
    if (!reconciliation_charge(db, intent->id, &charge, arena)) {
        if (intent->refunded_minor >= intent->received_minor)
            return false; /* whatever it was for, the money is back */
        if (known)
            settled = book(&judge, &attempt);
        else
            find_stranger(&judge);
        if (!reconciliation_charge(db, intent->id, &charge, arena))
            return settled;
        find_attempt(&judge, &attempt);
    }
    if (known && attempt.intent_id != NULL &&
        strcmp(attempt.intent_id, intent->id) == 0)
        reconciliation_saw(db, attempt.attempt_id, run->run);
    if (compare_amounts(&judge, &charge) && compare_refunds(&judge, &charge))
        settled = true;
    return settled;
}

static void find_missing(struct db *db, const struct reconcile_run *run,
                         int64_t now_ms, struct arena *arena)
{
    struct payment_attempt list[RECONCILE_FINDINGS];
    size_t count = reconciliation_unseen(
        db, run->run, run->since_ms + RECONCILE_SKEW_MS,
        run->began_ms - RECONCILE_FRESH_MS, RECONCILE_FINDINGS, list, arena);
    for (size_t i = 0; i < count; i++) {
        struct booked_charge charge = {.order_id = list[i].order_id};
        reconciliation_charge(db, list[i].intent_id, &charge, arena);
        finding_enter(db,
                      &(struct finding){
                          .kind = FINDING_NOT_AT_GATEWAY,
                          .reference = list[i].intent_id,
                          .order_id = charge.order_id,
                          .amount_minor = charge.amount_minor,
                          .detail = "A payment is booked that the "
                                    "gateway does not list.",
                          .at_ms = list[i].created_at_ms - RECONCILE_SKEW_MS},
                      run->run, now_ms);
    }
}

static void find_unknown(struct db *db, const struct settings *settings,
                         const struct reconcile_run *run, int64_t now_ms,
                         struct arena *arena)
{
    struct payment_attempt list[RECONCILE_FINDINGS];
    size_t count =
        reconciliation_unknown(db, now_ms - settings->payment_unknown_ms,
                               RECONCILE_FINDINGS, list, arena);
    for (size_t i = 0; i < count; i++)
        finding_enter(db,
                      &(struct finding){.kind = FINDING_UNKNOWN,
                                        .reference = list[i].attempt_id,
                                        .order_id = list[i].order_id,
                                        .detail = "The gateway does not say "
                                                  "whether it charged.",
                                        .at_ms = now_ms},
                      run->run, now_ms);
}

void reconcile_rest(struct db *db, const struct settings *settings,
                    const struct reconcile_run *run, int64_t now_ms,
                    struct arena *arena)
{
    assert(db_in_transaction(db));
    find_missing(db, run, now_ms, arena);
    find_unknown(db, settings, run, now_ms, arena);
}
