/* Makes the refunds that are due; the refund's id is the idempotency key, so
 * one whose answer never came is asked again without harm. An error that the
 * gateway keeps under the key is looked behind: what it did not make is made
 * under another. One that is refused is tried three times more. */
#include <string.h>

#include "lib/shop/health/alarm.h"
#include "lib/shop/refund/refund.h"
#include "reaper/reaper.h"

enum {
    REPAY_CLAIM_MS = 60000,
    REPAY_AGAIN_MS = 1000,
    REPAY_AGAIN_MAX_MS = 3600 * 1000,
    REPAY_AT_ONCE = 16,
    REPAY_REFUSALS = 3
};

struct repayment {
    struct refund refund;
    enum stripe_outcome outcome;
    bool absent; /* the gateway does not list it */
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

static struct stripe_refund refund_of(struct job *job)
{
    const struct refund *refund = &((struct repayment *)job->own)->refund;
    return (struct stripe_refund){.idempotency_key = key_of(job, refund),
                                  .intent_id = refund->intent_id,
                                  .order_id = refund->order_id,
                                  .refund = refund->refund_id,
                                  .amount_minor = refund->amount_minor};
}

static void take(void *context, const struct stripe_answer *answer)
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

static void found(void *context, const struct stripe_answer *answer)
{
    struct job *job = context;
    struct repayment *own = job->own;
    struct stripe_answer read = *answer;
    own->absent = read.outcome == STRIPE_SUCCEEDED && read.id == NULL;
    if (own->absent)
        read.outcome = STRIPE_UNKNOWN;
    take(context, &read);
}

static void answered(void *context, const struct stripe_answer *answer)
{
    struct job *job = context;
    if (answer->outcome != STRIPE_UNKNOWN || !answer->replayed) {
        take(context, answer);
        return;
    }
    in_hand_take(&job->reaper->hand, job->order.order_id);
    struct stripe_refund refund = refund_of(job);
    stripe_refund_find(&job->reaper->stripe, &refund, found, job);
    in_hand_clear(&job->reaper->hand);
}

static void start(struct job *job)
{
    struct stripe_refund refund = refund_of(job);
    stripe_refund(&job->reaper->stripe, &refund, answered, job);
}

static int64_t refused_ms(const struct refund *refund)
{
    static const int64_t delays_ms[] = {60 * 1000, 10 * 60 * 1000,
                                        60 * 60 * 1000};
    return delays_ms[refund->refusals < REPAY_REFUSALS ? refund->refusals
                                                       : REPAY_REFUSALS - 1];
}

/* Not made in all this time it is not made any more. */
static void unanswered(struct job *job, int64_t now_ms)
{
    const struct repayment *own = job->own;
    const struct refund *refund = &own->refund;
    struct db *db = job->reaper->db;
    bool long_ago = now_ms - refund->created_at_ms >=
                    job->reaper->settings->payment_unknown_ms;
    if (own->absent && long_ago)
        refund_refused(db, refund->refund_id, refused_ms(refund), own->message,
                       now_ms);
    else
        refund_unknown(
            db, refund->refund_id,
            job_backoff_ms(REPAY_AGAIN_MS, REPAY_AGAIN_MAX_MS, refund->calls),
            own->message, now_ms);
    if (long_ago)
        alarm_raise_about(
            db, ALARM_REFUND_UNKNOWN, refund->order_id, refund->refund_id,
            "The gateway does not say whether it refunded.", now_ms);
}

static void refused(struct db *db, const struct repayment *own, int64_t now_ms)
{
    const struct refund *refund = &own->refund;
    if (is_final(own->code) || refund->refusals >= REPAY_REFUSALS)
        refund_failed(db, refund->refund_id, own->message, now_ms);
    else
        refund_refused(db, refund->refund_id, refused_ms(refund), own->message,
                       now_ms);
}

static void settle(struct job *job, int64_t now_ms)
{
    const struct repayment *own = job->own;
    struct db *db = job->reaper->db;
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
        unanswered(job, now_ms);
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
