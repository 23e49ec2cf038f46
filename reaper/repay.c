/* Makes the refunds that are due; the refund's id is the idempotency key, so
 * one whose answer never came is asked again without harm. One that is refused
 * is tried three times more. */
#include <string.h>

#include "lib/shop/alarm.h"
#include "lib/shop/refund.h"
#include "reaper/reaper.h"

enum {
    REPAY_CLAIM_MS = 60000,
    REPAY_AGAIN_MS = 1000,
    REPAY_AGAIN_MAX_MS = 3600 * 1000,
    REPAY_AT_ONCE = 16
};

struct repayment {
    struct refund refund;
    enum stripe_outcome outcome;
    const char *gateway_id;
    const char *code; /* of a refusal; NULL: none */
    const char *message;
};

/* Refused so, the gateway refuses for ever. */
static bool is_final(const char *code)
{
    static const char *const codes[] = {
        "charge_already_refunded", "charge_disputed", "charge_not_refundable",
        "refund_disputed_payment", "resource_missing"};
    for (size_t i = 0; code != NULL && i < sizeof codes / sizeof codes[0]; i++)
        if (strcmp(code, codes[i]) == 0)
            return true;
    return false;
}

/* The gateway keeps its refusal under the key: the next try has another. */
static const char *key_of(struct job *job, const struct refund *refund)
{
    return refund->refusals == 0
               ? refund->refund_id
               : arena_printf(&job->arena, "%s-%lld", refund->refund_id,
                              (long long)refund->refusals);
}

static void answered(void *context, const struct stripe_answer *answer)
{
    struct job *job = context;
    struct repayment *own = job->own;
    in_hand_take(&job->reaper->hand, job->order.order_id);
    own->outcome = answer->outcome;
    own->gateway_id =
        answer->id == NULL ? NULL : arena_string(&job->arena, answer->id);
    own->code =
        answer->code == NULL ? NULL : arena_string(&job->arena, answer->code);
    own->message = arena_string(&job->arena,
                                answer->message == NULL ? "" : answer->message);
    job_finish(job);
}

static void start(struct job *job)
{
    const struct repayment *own = job->own;
    stripe_refund(
        &job->reaper->stripe,
        &(struct stripe_refund){.idempotency_key = key_of(job, &own->refund),
                                .intent_id = own->refund.intent_id,
                                .order_id = own->refund.order_id,
                                .refund = own->refund.refund_id,
                                .amount_minor = own->refund.amount_minor},
        answered, job);
}

static void refused(struct db *db, const struct repayment *own, int64_t now_ms)
{
    static const int64_t delays_ms[] = {60 * 1000, 10 * 60 * 1000,
                                        60 * 60 * 1000};
    const struct refund *refund = &own->refund;
    if (is_final(own->code) ||
        refund->refusals >= (int64_t)(sizeof delays_ms / sizeof delays_ms[0]))
        refund_failed(db, refund->refund_id, own->message, now_ms);
    else
        refund_refused(db, refund->refund_id, delays_ms[refund->refusals],
                       own->message, now_ms);
}

static void settle(struct job *job, int64_t now_ms)
{
    const struct repayment *own = job->own;
    struct db *db = job->reaper->db;
    int64_t delay_ms =
        job_backoff_ms(REPAY_AGAIN_MS, REPAY_AGAIN_MAX_MS, own->refund.calls);
    switch (own->outcome) {
    case STRIPE_SUCCEEDED:
        refund_succeeded(db, own->refund.refund_id, own->gateway_id, now_ms);
        break;
    case STRIPE_FAILED:
        refused(db, own, now_ms);
        break;
    case STRIPE_ACTION:
    case STRIPE_UNSENT:
    case STRIPE_UNKNOWN:
        refund_unknown(db, own->refund.refund_id, delay_ms, own->message,
                       now_ms);
        if (now_ms - own->refund.created_at_ms >=
            job->reaper->settings->payment_unknown_ms)
            alarm_raise_about(
                db, REFUND_UNKNOWN, own->refund.order_id, own->refund.refund_id,
                "The gateway does not say whether it refunded.", now_ms);
        break;
    }
}

void repay_due_refunds(struct reaper *reaper, int64_t now_ms)
{
    static const struct job_kind kind = {.start = start, .settle = settle};
    struct refund due[REPAY_AT_ONCE];
    int limit = reaper_free_calls(reaper);
    if (limit > REPAY_AT_ONCE)
        limit = REPAY_AT_ONCE;
    if (limit <= 0)
        return;
    arena_reset(&reaper->step_arena);
    size_t count = refund_claim(reaper->db, REPAY_CLAIM_MS, limit, due,
                                &reaper->step_arena);
    for (size_t i = 0; i < count; i++) {
        if (due[i].calls > 1 && now_ms - due[i].created_at_ms > REAPER_KEY_MS) {
            /* Asking again with a forgotten key could refund again. */
            refund_failed(reaper->db, due[i].refund_id,
                          "The gateway never said whether it refunded; look "
                          "there.",
                          now_ms);
            continue;
        }
        struct job *job = job_begin(reaper, &kind, &reaper->payments);
        struct repayment *own = arena_alloc(&job->arena, sizeof *own);
        own->refund = (struct refund){
            .refund_id = arena_string(&job->arena, due[i].refund_id),
            .order_id = arena_string(&job->arena, due[i].order_id),
            .intent_id = arena_string(&job->arena, due[i].intent_id),
            .amount_minor = due[i].amount_minor,
            .created_at_ms = due[i].created_at_ms,
            .calls = due[i].calls,
            .refusals = due[i].refusals};
        job->order.order_id = own->refund.order_id;
        own->outcome = STRIPE_UNKNOWN;
        job->own = own;
    }
}
