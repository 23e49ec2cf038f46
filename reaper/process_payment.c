/* ProcessPayment: charges through the gateway. The attempt's row is committed
 * before the call, its id is the idempotency key, and an answer that does not
 * come is unknown, never failed: the same attempt is asked again. */
#include "lib/shop/alarm.h"
#include "lib/shop/payment.h"
#include "lib/shop/stock.h"
#include "lib/shop/undo.h"
#include "reaper/task.h"

enum {
    PAYMENT_AGAIN_MS = 500, /* first wait after an unknown outcome */
    PAYMENT_AGAIN_MAX_MS = 60000,
    PAYMENT_LOOK_MS = 3600 * 1000, /* for what only staff can settle */
    PAYMENT_ALARM_MS = 15 * 60 * 1000
};

struct payment {
    struct payment_attempt attempt;
    enum stripe_outcome outcome;
    const char *intent_id;
    const char *code;
    const char *message;
};

static void answered(void *context, const struct stripe_answer *answer)
{
    struct job *job = context;
    struct payment *payment = job->own;
    payment->outcome = answer->outcome;
    payment->intent_id =
        answer->id == NULL ? NULL : arena_string(&job->arena, answer->id);
    payment->code =
        arena_string(&job->arena, answer->code == NULL ? "" : answer->code);
    payment->message = arena_string(
        &job->arena, answer->message == NULL ? "" : answer->message);
    job_finish(job);
}

static void start(struct job *job)
{
    const struct payment *payment = job->own;
    struct arena *arena = &job->arena;
    stripe_charge(
        &job->reaper->stripe,
        &(struct stripe_charge){
            .idempotency_key = payment->attempt.attempt_id,
            .order_id = job->order.order_id,
            .attempt = arena_printf(arena, "%lld",
                                    (long long)payment->attempt.attempt_no),
            .payment_method = job->order.payment_method,
            .currency = job->reaper->settings->currency,
            .amount_minor = job->order.total_minor,
            .description = arena_printf(arena, "Order %lld",
                                        (long long)job->order.number)},
        answered, job);
}

static struct task_result outcome_unknown(struct job *job, int64_t now_ms)
{
    struct db *db = job->reaper->db;
    const struct payment *payment = job->own;
    const struct payment_attempt *attempt = &payment->attempt;
    payment_unknown(db, attempt->attempt_id, payment->message, now_ms);
    if (attempt->unknown_since_ms != 0 &&
        now_ms - attempt->unknown_since_ms > PAYMENT_ALARM_MS)
        alarm_raise(db, "payment_unknown", job->order.order_id,
                    "The gateway does not say whether it charged.", now_ms);
    return (struct task_result){.verdict = TASK_LATER,
                                .delay_ms = job_backoff_ms(PAYMENT_AGAIN_MS,
                                                           PAYMENT_AGAIN_MAX_MS,
                                                           attempt->calls)};
}

/* Carries out a cancellation that waited for this outcome. */
static bool cancelled_meanwhile(struct job *job, int64_t now_ms)
{
    struct db *db = job->reaper->db;
    struct order order;
    if (!order_find(db, job->order.order_id, &order, &job->arena) ||
        order.cancel_reason == NULL)
        return false;
    undo_cancel(db, &order, order.cancel_reason, "as requested", now_ms,
                &job->arena);
    return true;
}

static struct task_result outcome_known(struct job *job, int64_t now_ms)
{
    struct db *db = job->reaper->db;
    const struct payment *payment = job->own;
    struct task_result result;
    if (payment->outcome == STRIPE_SUCCEEDED) {
        payment_succeeded(db, payment->attempt.attempt_id, payment->intent_id,
                          job->order.total_minor, now_ms);
        result = task_done(arena_printf(
            &job->arena, "{\"payment_intent\":\"%s\"}", payment->intent_id));
    } else {
        payment_failed(db, payment->attempt.attempt_id, payment->code,
                       payment->message, payment->intent_id, now_ms);
        result = task_failed("Payment.Declined", payment->message);
    }
    if (cancelled_meanwhile(job, now_ms))
        result.verdict = TASK_ABORTED;
    return result;
}

static void settle(struct job *job, int64_t now_ms)
{
    const struct payment *payment = job->own;
    struct task_result result = payment->outcome == STRIPE_UNKNOWN
                                    ? outcome_unknown(job, now_ms)
                                    : outcome_known(job, now_ms);
    task_settle(job, result, now_ms);
}

struct task_result process_payment(struct step *step)
{
    static const struct job_kind kind = {.start = start, .settle = settle};
    struct reaper *reaper = step->reaper;
    const char *order_id = step->order.order_id;
    if (step->order.total_minor == 0 ||
        payment_is_charged(reaper->db, order_id))
        return task_done(NULL);
    int64_t since_ms = payment_open_since_ms(reaper->db, order_id);
    if (since_ms != 0 && step->now_ms - since_ms > REAPER_KEY_MS) {
        /* The gateway may have forgotten the key: asking again could charge
         * again. */
        alarm_raise(reaper->db, "payment_unknown", order_id,
                    "The gateway never said whether it charged; look there.",
                    step->now_ms);
        return (struct task_result){.verdict = TASK_LATER,
                                    .delay_ms = PAYMENT_LOOK_MS};
    }
    if (reaper->payments == REAPER_PAYMENTS || reaper->free_count == 0)
        return (struct task_result){.verdict = TASK_QUEUED};
    /* A new attempt needs its goods; an open one keeps them. */
    if (since_ms == 0 &&
        stock_reserve(reaper->db, order_id, step->now_ms, step->arena) != NULL)
        return task_failed("Order.OutOfStock",
                           "There is not enough of the goods in stock.");
    struct job *job = job_begin(reaper, &kind, &reaper->payments);
    order_find(reaper->db, order_id, &job->order, &job->arena);
    struct payment *payment = arena_alloc(&job->arena, sizeof *payment);
    payment->attempt =
        payment_begin(reaper->db, order_id, step->now_ms, &job->arena);
    payment->outcome = STRIPE_UNKNOWN;
    job->own = payment;
    step->job = job;
    return (struct task_result){.verdict = TASK_WAITING};
}
