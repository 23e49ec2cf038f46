/* Makes the refunds that are due; the refund's id is the idempotency key, so
 * one whose answer never came is asked again without harm. An error that the
 * gateway keeps under the key is looked behind: what it did not make is made
 * under another. One that is refused is tried three times more. */
#include <string.h>

#include "lib/shop/health/alarm.h"
#include "lib/shop/refund/refund.h"
#include "reaper/kinds.h"

enum {
    REPAY_AGAIN_MS = 1000,
    REPAY_AGAIN_MAX_MS = 3600 * 1000,
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
    job_in_hand(job);
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
    job_in_hand(job);
    struct stripe_refund refund = refund_of(job);
    stripe_refund_find(&job->reaper->stripe, &refund, found, job);
    in_hand_clear(&job->reaper->hand);
}

static void start(struct job *job)
{
    struct stripe_refund refund = refund_of(job);
    stripe_refund(&job->reaper->stripe, &refund, answered, job);
}

/* Nothing moved: tried again under another key. */
static void try_again(struct job *job, int64_t now_ms)
{
    const struct repayment *own = job->own;
    const struct refund *refund = &own->refund;
    static const int64_t delays_ms[] = {60 * 1000, 10 * 60 * 1000,
                                        60 * 60 * 1000};
    int64_t delay_ms =
        delays_ms[refund->refusals < REPAY_REFUSALS ? refund->refusals
                                                    : REPAY_REFUSALS - 1];
    refund_refused(job->reaper->db, refund->refund_id, own->message, now_ms);
    work_again(job->reaper->db, &job->work, delay_ms, WORK_ANEW);
}

/* Not made in all this time it is not made any more. */
static void unanswered(struct job *job, int64_t now_ms)
{
    const struct repayment *own = job->own;
    const struct refund *refund = &own->refund;
    struct db *db = job->reaper->db;
    bool long_ago = now_ms - refund->created_at_ms >=
                    job->reaper->settings->payment_unknown_ms;
    if (own->absent && long_ago) {
        try_again(job, now_ms);
    } else {
        refund_unknown(db, refund->refund_id, own->message, now_ms);
        work_again(db, &job->work,
                   work_backoff_ms(REPAY_AGAIN_MS, REPAY_AGAIN_MAX_MS,
                                   job->work.tries),
                   WORK_TRIED);
    }
    if (long_ago)
        alarm_raise_about(
            db, ALARM_REFUND_UNKNOWN, refund->order_id, refund->refund_id,
            "The gateway does not say whether it refunded.", now_ms);
}

static void refused(struct job *job, int64_t now_ms)
{
    const struct repayment *own = job->own;
    const struct refund *refund = &own->refund;
    if (is_final(own->code) || refund->refusals >= REPAY_REFUSALS)
        refund_failed(job->reaper->db, refund->refund_id, own->message, now_ms);
    else
        try_again(job, now_ms);
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
        refused(job, now_ms);
        break;
    case STRIPE_ACTION:
    case STRIPE_UNSENT:
    case STRIPE_UNKNOWN:
        unanswered(job, now_ms);
        break;
    }
}

void repay_begin(struct reaper *reaper, const struct work *work, int64_t now_ms)
{
    static const struct job_kind kind = {.start = start, .settle = settle};
    struct refund refund;
    arena_reset(&reaper->step_arena);
    if (!refund_find_due(reaper->db, work->subject, &refund,
                         &reaper->step_arena)) {
        work_done(reaper->db, work);
        return;
    }
    if (work->tries > 1 && now_ms - refund.created_at_ms > REAPER_KEY_MS) {
        /* Asking again with a forgotten key could refund again. */
        refund_failed(reaper->db, refund.refund_id,
                      "The gateway never said whether it refunded; look "
                      "there.",
                      now_ms);
        return;
    }
    struct job *job = job_begin_work(reaper, &kind, work);
    struct repayment *own = arena_alloc(&job->arena, sizeof *own);
    own->refund = refund;
    own->refund.refund_id = arena_string(&job->arena, refund.refund_id);
    own->refund.order_id = arena_string(&job->arena, refund.order_id);
    own->refund.intent_id = arena_string(&job->arena, refund.intent_id);
    job->order.order_id = own->refund.order_id;
    own->outcome = STRIPE_UNKNOWN;
    job->own = own;
}
