/* Charges to a payment method token: asking, and the bank's page that some of
 * them need. Called by charge.c. */
#include "lib/shop/order/link.h"
#include "lib/workflow/payment/outcome.h"
#include "reaper/kind/charge.h"

#include <string.h>

enum {
    TOKEN_AGAIN_MS = 500, /* first wait after no answer */
    TOKEN_AGAIN_MAX_MS = 60000,
    TOKEN_MISSES = 2,      /* then it is looked up before it is asked again */
    TOKEN_WAIT_MS = 30000, /* for the customer at the bank */
    TOKEN_WAIT_MAX_MS = 300000,
    TOKEN_CLOSE_MS = 1000
};

void charge_ask(struct job *job)
{
    const struct charge *charge = job->own;
    const struct payment_attempt *attempt = &charge->attempt;
    const struct settings *settings = job->reaper->settings;
    struct arena *arena = &job->arena;
    if (charge->too_late) {
        job_finish(job);
        return;
    }
    /* The same parameters under the same key: one from before there were
     * windows was asked for without a return_url. */
    bool windowed = attempt->closes_work_ms != INT64_MAX;
    stripe_charge(
        &job->reaper->stripe,
        &(struct stripe_charge){
            .idempotency_key = attempt->attempt_id,
            .order_id = job->order.order_id,
            .attempt =
                arena_printf(arena, "%lld", (long long)attempt->attempt_no),
            .payment_method = job->order.payment_method,
            .currency = settings->currency,
            .amount_minor = job->order.total_minor,
            .description =
                arena_printf(arena, "Order %lld", (long long)job->order.number),
            .return_url =
                windowed ? link_track(settings, arena, &job->order) : ""},
        charge_answered, job);
}

void charge_ask_settle(struct job *job, struct charge *charge, int64_t now_ms)
{
    const struct payment_attempt *attempt = &charge->attempt;
    const struct stripe_answer *answer = &charge->answer;
    int64_t delay_ms =
        work_backoff_ms(TOKEN_AGAIN_MS, TOKEN_AGAIN_MAX_MS, job->work.tries);
    if (charge->too_late) {
        outcome_closed(job->reaper->db, attempt, now_ms, &job->arena);
        return;
    }
    switch (answer->outcome) {
    case STRIPE_SUCCEEDED: /* stripe_charge saw to amount and currency */
        charge_take_money(job, answer->id, job->order.total_minor,
                          job->reaper->settings->currency, now_ms);
        break;
    case STRIPE_FAILED:
        outcome_failed(
            job->reaper->db, job->reaper->settings, attempt,
            &(struct refusal){answer->code, answer->message, answer->id},
            now_ms, &job->arena);
        break;
    case STRIPE_ACTION:
        if (answer->id == NULL) {
            charge_unknown(job, PAYMENT_LOOK, delay_ms, true, now_ms);
            break;
        }
        charge_wait(job,
                    &(struct payment_place){.intent_id = answer->id,
                                            .payment_url = answer->url},
                    TOKEN_WAIT_MS, now_ms);
        break;
    case STRIPE_UNSENT:
        if (attempt->unknown_since_ms != 0) {
            charge_unknown(job, PAYMENT_ASK, delay_ms, false, now_ms);
            break;
        }
        charge_go_on(job, PAYMENT_ASK, delay_ms, now_ms);
        charge_alarm(job, now_ms - attempt->created_at_ms, now_ms);
        break;
    case STRIPE_UNKNOWN:
        charge_unknown(job,
                       answer->replayed || attempt->misses + 1 >= TOKEN_MISSES
                           ? PAYMENT_LOOK
                           : PAYMENT_ASK,
                       delay_ms, true, now_ms);
        break;
    }
}

/* The window is over and it is not paid: nobody is to pay it any more. */
static void cancel_or_end(void *context, const struct stripe_answer *answer)
{
    struct job *job = context;
    const struct stripe_intent *intent = &answer->intent;
    if (answer->outcome != STRIPE_SUCCEEDED || intent->status == NULL ||
        strncmp(intent->status, "requires_", sizeof "requires_" - 1) != 0) {
        charge_answered(context, answer);
        return;
    }
    stripe_intent_cancel(&job->reaper->stripe,
                         ((struct charge *)job->own)->attempt.intent_id,
                         charge_answered, job);
}

void charge_bank(struct job *job)
{
    const struct payment_attempt *attempt =
        &((struct charge *)job->own)->attempt;
    if (attempt->stage == PAYMENT_CLOSE)
        stripe_intent_retrieve(&job->reaper->stripe, attempt->intent_id,
                               cancel_or_end, job);
    else
        stripe_intent_retrieve(&job->reaper->stripe, attempt->intent_id,
                               charge_answered, job);
}

void charge_bank_settle(struct job *job, struct charge *charge, int64_t now_ms)
{
    const struct payment_attempt *attempt = &charge->attempt;
    const struct stripe_answer *answer = &charge->answer;
    bool closing = attempt->stage == PAYMENT_CLOSE;
    if (answer->outcome == STRIPE_SUCCEEDED) {
        if (!charge_take_intent(job, &answer->intent, now_ms))
            charge_look_later(job,
                              closing ? TOKEN_AGAIN_MAX_MS
                                      : work_backoff_ms(TOKEN_WAIT_MS,
                                                        TOKEN_WAIT_MAX_MS,
                                                        job->work.tries + 1),
                              now_ms);
        return;
    }
    if (charge_is_gone(job, now_ms))
        return;
    charge_look_later(
        job,
        work_backoff_ms(TOKEN_CLOSE_MS, TOKEN_AGAIN_MAX_MS, job->work.tries),
        now_ms);
}
