/* Orders that are paid on the gateway's own page: it is made, looked at while
 * the customer has time, and expired when the window closes. Called by
 * charge.c. */
#include "lib/shop/order/link.h"
#include "lib/workflow/payment/outcome.h"
#include "reaper/kind/charge.h"

#include <string.h>

enum {
    HOSTED_AGAIN_MS = 500, /* first wait after no answer */
    HOSTED_AGAIN_MAX_MS = 60000,
    HOSTED_LOOK_MS = 30000, /* for a customer whose payment nobody told us */
    HOSTED_LOOK_MAX_MS = 300000
};

/* An answer that the gateway saved under a key it repeats for ever; a further
 * page, whose address nobody has, harms nothing. */
static const char *page_key(const struct payment_attempt *attempt,
                            struct arena *arena)
{
    return attempt->misses == 0
               ? attempt->attempt_id
               : arena_printf(arena, "%s-%lld", attempt->attempt_id,
                              (long long)attempt->misses);
}

void charge_hosted_ask(struct job *job)
{
    const struct payment_attempt *attempt =
        &((struct charge *)job->own)->attempt;
    const struct settings *settings = job->reaper->settings;
    struct arena *arena = &job->arena;
    if (charge_closed_ms(job->reaper, attempt) > 0) { /* too late to begin */
        job_finish(job);
        return;
    }
    const char *track_url = link_track(settings, arena, &job->order);
    stripe_session_create(
        &job->reaper->stripe,
        &(struct stripe_page){
            .idempotency_key = page_key(attempt, arena),
            .order_id = job->order.order_id,
            .attempt =
                arena_printf(arena, "%lld", (long long)attempt->attempt_no),
            .currency = settings->currency,
            .amount_minor = job->order.total_minor,
            .description =
                arena_printf(arena, "Order %lld", (long long)job->order.number),
            .customer_email = job->order.customer_email,
            .success_url =
                arena_printf(arena, "%s?paid={CHECKOUT_SESSION_ID}", track_url),
            .cancel_url = track_url},
        charge_answered, job);
}

void charge_hosted_ask_settle(struct job *job, struct charge *charge,
                              int64_t now_ms)
{
    const struct payment_attempt *attempt = &charge->attempt;
    const struct stripe_answer *answer = &charge->answer;
    int64_t delay_ms =
        work_backoff_ms(HOSTED_AGAIN_MS, HOSTED_AGAIN_MAX_MS, job->work.tries);
    switch (answer->outcome) {
    case STRIPE_SUCCEEDED:
        charge_wait(job,
                    &(struct payment_place){.session_id = answer->id,
                                            .payment_url = answer->url},
                    HOSTED_LOOK_MS, now_ms);
        break;
    case STRIPE_FAILED:
        outcome_failed(job->reaper->db, job->reaper->settings, attempt,
                       &(struct refusal){answer->code, answer->message, NULL},
                       now_ms, &job->arena);
        break;
    case STRIPE_ACTION:
    case STRIPE_UNSENT:
    case STRIPE_UNKNOWN: /* a page that was made has no customer */
        if (charge_closed_ms(job->reaper, attempt) > 0) {
            outcome_closed(job->reaper->db, attempt, now_ms, &job->arena);
            break;
        }
        payment_unknown(job->reaper->db, attempt->attempt_id, PAYMENT_ASK,
                        answer->replayed, answer->message, now_ms);
        charge_again(job, PAYMENT_ASK, delay_ms);
        break;
    }
}

static void expire_or_end(void *context, const struct stripe_answer *answer)
{
    struct job *job = context;
    const char *status = answer->session.status;
    if (answer->outcome == STRIPE_SUCCEEDED && status != NULL &&
        strcmp(status, "open") == 0)
        stripe_session_expire(&job->reaper->stripe,
                              ((struct charge *)job->own)->attempt.session_id,
                              charge_answered, job);
    else
        charge_answered(context, answer);
}

void charge_hosted_page(struct job *job)
{
    const struct payment_attempt *attempt =
        &((struct charge *)job->own)->attempt;
    if (attempt->stage == PAYMENT_CLOSE)
        stripe_session_retrieve(&job->reaper->stripe, attempt->session_id,
                                expire_or_end, job);
    else
        stripe_session_retrieve(&job->reaper->stripe, attempt->session_id,
                                charge_answered, job);
}

/* False: nothing final. */
static bool take_session(struct job *job, const struct stripe_session *session,
                         int64_t now_ms)
{
    const struct payment_attempt *attempt =
        &((struct charge *)job->own)->attempt;
    if (strcmp(session->status, "complete") == 0 &&
        session->payment_status != NULL &&
        strcmp(session->payment_status, "paid") == 0 &&
        session->intent_id != NULL) {
        charge_take_money(job, session->intent_id, session->amount_minor,
                          session->currency, now_ms);
        return true;
    }
    if (strcmp(session->status, "expired") != 0)
        return false;
    outcome_closed(job->reaper->db, attempt, now_ms, &job->arena);
    return true;
}

void charge_hosted_page_settle(struct job *job, struct charge *charge,
                               int64_t now_ms)
{
    const struct payment_attempt *attempt = &charge->attempt;
    const struct stripe_answer *answer = &charge->answer;
    int64_t calls = job->work.tries;
    if (answer->outcome != STRIPE_SUCCEEDED) {
        if (!charge_is_gone(job, now_ms))
            charge_look_later(
                job,
                work_backoff_ms(HOSTED_AGAIN_MS, HOSTED_AGAIN_MAX_MS, calls),
                now_ms);
        return;
    }
    if (take_session(job, &answer->session, now_ms))
        return;
    charge_look_later(
        job,
        attempt->stage == PAYMENT_CLOSE
            ? HOSTED_AGAIN_MAX_MS
            : work_backoff_ms(HOSTED_LOOK_MS, HOSTED_LOOK_MAX_MS, calls + 1),
        now_ms);
}
