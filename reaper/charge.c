/* Asks the gateway for what is due of payment attempts, until each outcome is
 * known: the attempt's id is the idempotency key, and an answer that does not
 * come is unknown, never failed. An attempt lives on when nobody waits for it
 * any more; what it turns out to have charged is then refunded. */
#include "lib/shop/alarm.h"
#include "lib/shop/payment.h"
#include "lib/shop/undo.h"
#include "reaper/engine.h"

enum {
    CHARGE_CLAIM_MS = 60000, /* a call that is lost is made again */
    CHARGE_AGAIN_MS = 500,   /* first wait after an unknown outcome */
    CHARGE_AGAIN_MAX_MS = 60000,
    CHARGE_LOOK_MS = 3600 * 1000, /* for what only staff can settle */
    CHARGE_ALARM_MS = 15 * 60 * 1000,
    CHARGE_AT_ONCE = 64
};

struct charge {
    struct payment_attempt attempt;
    enum stripe_outcome outcome;
    const char *intent_id;
    const char *code;
    const char *message;
};

static void answered(void *context, const struct stripe_answer *answer)
{
    struct job *job = context;
    struct charge *charge = job->own;
    in_hand_take(&job->reaper->hand, job->order.order_id);
    charge->outcome = answer->outcome;
    charge->intent_id =
        answer->id == NULL ? NULL : arena_string(&job->arena, answer->id);
    charge->code =
        arena_string(&job->arena, answer->code == NULL ? "" : answer->code);
    charge->message = arena_string(
        &job->arena, answer->message == NULL ? "" : answer->message);
    job_finish(job);
}

static void start(struct job *job)
{
    const struct charge *charge = job->own;
    struct arena *arena = &job->arena;
    stripe_charge(&job->reaper->stripe,
                  &(struct stripe_charge){
                      .idempotency_key = charge->attempt.attempt_id,
                      .order_id = job->order.order_id,
                      .attempt = arena_printf(
                          arena, "%lld", (long long)charge->attempt.attempt_no),
                      .payment_method = job->order.payment_method,
                      .currency = job->reaper->settings->currency,
                      .amount_minor = job->order.total_minor,
                      .description = arena_printf(
                          arena, "Order %lld", (long long)job->order.number),
                      .return_url = ""},
                  answered, job);
}

static void outcome_unknown(struct job *job, int64_t now_ms)
{
    struct db *db = job->reaper->db;
    const struct charge *charge = job->own;
    const struct payment_attempt *attempt = &charge->attempt;
    payment_unknown(
        db, attempt->attempt_id, PAYMENT_ASK,
        job_backoff_ms(CHARGE_AGAIN_MS, CHARGE_AGAIN_MAX_MS, attempt->calls),
        true, charge->message, now_ms);
    execution_hold(db, job->order.order_id, 0);
    if (attempt->unknown_since_ms != 0 &&
        now_ms - attempt->unknown_since_ms > CHARGE_ALARM_MS)
        alarm_raise(db, "payment_unknown", job->order.order_id,
                    "The gateway does not say whether it charged.", now_ms);
}

static void outcome_known(struct job *job, int64_t now_ms)
{
    struct db *db = job->reaper->db;
    const struct charge *charge = job->own;
    const char *order_id = job->order.order_id;
    struct task_result result;
    if (charge->outcome == STRIPE_SUCCEEDED) {
        if (!payment_succeeded(db, charge->attempt.attempt_id,
                               charge->intent_id, job->order.total_minor,
                               now_ms))
            return; /* known before */
        struct json *own = json_make_object(&job->arena);
        json_add(&job->arena, own, "payment_intent",
                 json_make_string(&job->arena, charge->intent_id));
        result = (struct task_result){.verdict = TASK_DONE, .output = own};
    } else {
        if (!payment_failed(db, charge->attempt.attempt_id, charge->code,
                            charge->message, charge->intent_id, now_ms))
            return;
        result = task_failed("Payment.Declined", charge->message);
    }
    /* A cancellation, or an end without success, that waited for this. */
    if (!undo_after_payment(db, order_id, now_ms, &job->arena) &&
        !task_answer(job->reaper, order_id, TASK_PROCESS_PAYMENT, result,
                     now_ms))
        engine_paid_late(job->reaper, order_id, now_ms);
}

static void settle(struct job *job, int64_t now_ms)
{
    const struct charge *charge = job->own;
    if (charge->outcome != STRIPE_SUCCEEDED && charge->outcome != STRIPE_FAILED)
        outcome_unknown(job, now_ms);
    else
        outcome_known(job, now_ms);
}

static void begin(struct reaper *reaper, const struct payment_attempt *attempt,
                  int64_t now_ms)
{
    static const struct job_kind kind = {.start = start, .settle = settle};
    if (attempt->calls > 1 && now_ms - attempt->created_at_ms > REAPER_KEY_MS) {
        /* The gateway may have forgotten the key: asking again could charge
         * again. */
        alarm_raise(reaper->db, "payment_unknown", attempt->order_id,
                    "The gateway never said whether it charged; look there.",
                    now_ms);
        payment_unknown(reaper->db, attempt->attempt_id, PAYMENT_ASK,
                        CHARGE_LOOK_MS, false, "not asked again", now_ms);
        return;
    }
    struct job *job = job_begin(reaper, &kind, &reaper->payments);
    struct arena *arena = &job->arena;
    struct charge *charge = arena_alloc(arena, sizeof *charge);
    order_find(reaper->db, attempt->order_id, &job->order, arena);
    charge->attempt = *attempt;
    charge->attempt.attempt_id = arena_string(arena, attempt->attempt_id);
    charge->attempt.order_id = job->order.order_id;
    charge->outcome = STRIPE_UNKNOWN;
    job->own = charge;
    execution_hold(reaper->db, job->order.order_id, reaper->fence);
}

void charge_due_attempts(struct reaper *reaper, int64_t now_ms)
{
    struct payment_attempt due[CHARGE_AT_ONCE];
    int limit = reaper_free_calls(reaper);
    if (limit > CHARGE_AT_ONCE)
        limit = CHARGE_AT_ONCE;
    if (reaper->careful) /* one order at a time */
        limit = reaper_may_begin(reaper) ? 1 : 0;
    if (limit <= 0)
        return;
    arena_reset(&reaper->step_arena);
    size_t count = payment_claim(reaper->db, CHARGE_CLAIM_MS, limit, due,
                                 &reaper->step_arena);
    for (size_t i = 0; i < count; i++)
        begin(reaper, &due[i], now_ms);
}
