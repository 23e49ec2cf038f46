/* Asks the gateway for what is due of payment attempts, until each outcome is
 * known: the attempt's id is the idempotency key, and an answer that does not
 * come is unknown, never failed. An attempt lives on when nobody waits for it
 * any more; what it turns out to have charged is then refunded. Tokens are
 * charged in charge_token.c, looked up in charge_look.c; hosted pages stand in
 * charge_hosted.c. A payment by hand is due when its window closes. */
#include "reaper/kind/charge.h"

#include <assert.h>
#include <string.h>

#include "lib/base/time/clock.h"
#include "lib/shop/health/alarm.h"
#include "lib/workflow/payment/outcome.h"
#include "reaper/kinds.h"

enum { CHARGE_ODD_MS = 3600 * 1000 /* for what only staff can settle */ };

static const char *kept(struct arena *arena, const char *text)
{
    return text == NULL ? NULL : arena_string(arena, text);
}

void charge_keep(struct job *job, const struct stripe_answer *answer)
{
    struct arena *arena = &job->arena;
    struct stripe_answer *own = &((struct charge *)job->own)->answer;
    *own = *answer;
    own->id = kept(arena, answer->id);
    own->url = kept(arena, answer->url);
    own->code = kept(arena, answer->code);
    own->message = kept(arena, answer->message);
    own->status = kept(arena, answer->status);
    struct stripe_intent *intent = &own->intent;
    intent->id = kept(arena, intent->id);
    intent->status = kept(arena, intent->status);
    intent->order_id = kept(arena, intent->order_id);
    intent->currency = kept(arena, intent->currency);
    intent->charge_id = kept(arena, intent->charge_id);
    intent->action_url = kept(arena, intent->action_url);
    intent->code = kept(arena, intent->code);
    intent->message = kept(arena, intent->message);
    struct stripe_session *session = &own->session;
    session->id = kept(arena, session->id);
    session->status = kept(arena, session->status);
    session->payment_status = kept(arena, session->payment_status);
    session->url = kept(arena, session->url);
    session->intent_id = kept(arena, session->intent_id);
    session->order_id = kept(arena, session->order_id);
    session->currency = kept(arena, session->currency);
    own->intents = NULL;
    own->events = NULL;
    own->count = 0;
}

void charge_answered(void *context, const struct stripe_answer *answer)
{
    struct job *job = context;
    job_in_hand(job);
    charge_keep(job, answer);
    job_finish(job);
}

int64_t charge_closed_ms(const struct reaper *reaper,
                         const struct payment_attempt *attempt)
{
    int64_t now_work_ms = db_clock_ms(reaper->db);
    return attempt->closes_work_ms < now_work_ms
               ? now_work_ms - attempt->closes_work_ms
               : 0;
}

void charge_alarm(struct job *job, int64_t lasted_ms, int64_t now_ms)
{
    const struct charge *charge = job->own;
    if (charge->open && lasted_ms >= job->reaper->settings->payment_unknown_ms)
        alarm_raise(job->reaper->db, ALARM_PAYMENT_UNKNOWN, job->order.order_id,
                    "The gateway does not say what became of the payment.",
                    now_ms);
}

void charge_again(struct job *job, enum payment_stage stage, int64_t delay_ms)
{
    assert(job->work.kind == WORK_CHARGE);
    const struct charge *charge = job->own;
    work_again(job->reaper->db, &job->work, delay_ms,
               stage == charge->attempt.stage ? WORK_TRIED : WORK_ANEW);
}

void charge_go_on(struct job *job, enum payment_stage stage, int64_t delay_ms,
                  int64_t now_ms)
{
    const struct charge *charge = job->own;
    payment_go_on(job->reaper->db, charge->attempt.attempt_id, stage, now_ms);
    charge_again(job, stage, delay_ms);
}

void charge_wait(struct job *job, const struct payment_place *place,
                 int64_t look_ms, int64_t now_ms)
{
    const struct charge *charge = job->own;
    charge_again(job, PAYMENT_WAIT,
                 payment_wait(job->reaper->db, charge->attempt.attempt_id,
                              place, look_ms, now_ms));
}

void charge_unknown(struct job *job, enum payment_stage stage, int64_t delay_ms,
                    bool missed, int64_t now_ms)
{
    const struct charge *charge = job->own;
    const struct payment_attempt *attempt = &charge->attempt;
    payment_unknown(job->reaper->db, attempt->attempt_id, stage, missed,
                    charge->answer.message, now_ms);
    charge_again(job, stage, delay_ms);
    if (attempt->unknown_since_ms != 0)
        charge_alarm(job, now_ms - attempt->unknown_since_ms, now_ms);
}

void charge_look_later(struct job *job, int64_t delay_ms, int64_t now_ms)
{
    const struct charge *charge = job->own;
    const struct payment_attempt *attempt = &charge->attempt;
    const struct stripe_answer *answer = &charge->answer;
    const struct payment_place place = {.intent_id = answer->session.intent_id,
                                        .payment_url =
                                            answer->intent.action_url};
    if (attempt->stage == PAYMENT_WAIT)
        charge_wait(job, &place, delay_ms, now_ms);
    else
        charge_go_on(job, attempt->stage, delay_ms, now_ms);
    charge_alarm(job, charge_closed_ms(job->reaper, attempt), now_ms);
}

bool charge_is_gone(struct job *job, int64_t now_ms)
{
    const struct charge *charge = job->own;
    const char *code = charge->answer.code;
    if (charge->answer.outcome != STRIPE_FAILED || code == NULL ||
        strcmp(code, "resource_missing") != 0 ||
        charge_closed_ms(job->reaper, &charge->attempt) <
            job->reaper->settings->payment_unknown_ms)
        return false;
    outcome_closed(job->reaper->db, &charge->attempt, now_ms, &job->arena);
    return true;
}

void charge_take_money(struct job *job, const char *intent_id,
                       int64_t amount_minor, const char *currency,
                       int64_t now_ms)
{
    const struct payment_attempt *attempt =
        &((struct charge *)job->own)->attempt;
    if (outcome_paid(job->reaper->db, job->reaper->settings, attempt,
                     &(struct money_taken){intent_id, amount_minor, currency},
                     now_ms, &job->arena) == OUTCOME_ODD) {
        payment_unknown(job->reaper->db, attempt->attempt_id, attempt->stage,
                        false, "the amount is not the order's", now_ms);
        charge_again(job, attempt->stage, CHARGE_ODD_MS);
    }
}

bool charge_take_intent(struct job *job, const struct stripe_intent *intent,
                        int64_t now_ms)
{
    const struct payment_attempt *attempt =
        &((struct charge *)job->own)->attempt;
    if (strcmp(intent->status, "succeeded") == 0) {
        charge_take_money(job, intent->id, intent->received_minor,
                          intent->currency, now_ms);
        return true;
    }
    bool canceled = strcmp(intent->status, "canceled") == 0;
    /* Without an error it may be one that is being confirmed just now. */
    if (!canceled && (strcmp(intent->status, "requires_payment_method") != 0 ||
                      intent->code == NULL))
        return false;
    if (canceled && attempt->stage == PAYMENT_CLOSE)
        outcome_closed(job->reaper->db, attempt, now_ms, &job->arena);
    else
        outcome_failed(job->reaper->db, job->reaper->settings, attempt,
                       &(struct refusal){intent->code == NULL ? intent->status
                                                              : intent->code,
                                         intent->message, intent->id},
                       now_ms, &job->arena);
    return true;
}

static void settle(struct job *job, int64_t now_ms)
{
    struct db *db = job->reaper->db;
    struct charge *charge = job->own;
    struct payment_attempt now;
    /* An event may have been faster: what this answer says of money counts. */
    charge->open =
        payment_find(db, charge->attempt.attempt_id, &now, &job->arena) &&
        now.status == ATTEMPT_OPEN;
    charge->settle(job, charge, now_ms);
}

/* From now on its outcome is only looked for: the gateway may have forgotten
 * the key, and asking again could charge again; or its order is to be undone,
 * or the gateway not knowing of it is what it takes to give it up. */
static bool is_past_asking(const struct reaper *reaper,
                           const struct payment_attempt *attempt,
                           int64_t now_ms)
{
    int64_t since_ms = attempt->unknown_since_ms;
    bool asked = attempt->asked || attempt->misses > 0 || since_ms != 0;
    return asked &&
           (now_ms - attempt->created_at_ms > REAPER_KEY_MS ||
            charge_closed_ms(reaper, attempt) > 0 ||
            (since_ms != 0 &&
             now_ms - since_ms >= reaper->settings->payment_unknown_ms));
}

static const struct job_kind *choose(struct reaper *reaper,
                                     struct charge *charge, int64_t now_ms)
{
    static const struct job_kind ask = {.start = charge_ask, .settle = settle};
    static const struct job_kind look = {.start = charge_look,
                                         .settle = settle};
    static const struct job_kind bank = {.start = charge_bank,
                                         .settle = settle};
    static const struct job_kind page = {.start = charge_hosted_page,
                                         .settle = settle};
    static const struct job_kind make_page = {.start = charge_hosted_ask,
                                              .settle = settle};
    struct payment_attempt *attempt = &charge->attempt;
    bool hosted = attempt->kind == PAYMENT_HOSTED;
    bool known =
        hosted ? attempt->session_id != NULL : attempt->intent_id != NULL;
    if (attempt->stage == PAYMENT_WAIT && charge_closed_ms(reaper, attempt) > 0)
        attempt->stage = PAYMENT_CLOSE;
    if (known &&
        (attempt->stage == PAYMENT_WAIT || attempt->stage == PAYMENT_CLOSE)) {
        charge->settle =
            hosted ? charge_hosted_page_settle : charge_bank_settle;
        return hosted ? &page : &bank;
    }
    if (hosted) {
        charge->settle = charge_hosted_ask_settle;
        return &make_page;
    }
    if (attempt->stage != PAYMENT_ASK ||
        is_past_asking(reaper, attempt, now_ms))
        attempt->stage = PAYMENT_LOOK;
    bool asks = attempt->stage == PAYMENT_ASK;
    charge->too_late = asks && charge_closed_ms(reaper, attempt) > 0;
    charge->settle = asks ? charge_ask_settle : charge_look_settle;
    return asks ? &ask : &look;
}

/* Nobody is to be asked about a payment by hand: it is due when its window
 * closes. */
static void close_manual(struct reaper *reaper, const struct work *work,
                         const struct payment_attempt *attempt, int64_t now_ms)
{
    int64_t left_ms = attempt->closes_work_ms - db_clock_ms(reaper->db);
    if (left_ms > 0)
        work_again(reaper->db, work, left_ms, WORK_SEEN);
    else
        outcome_closed(reaper->db, attempt, now_ms, &reaper->step_arena);
}

void charge_begin(struct reaper *reaper, const struct work *work,
                  int64_t now_ms)
{
    struct payment_attempt attempt;
    arena_reset(&reaper->step_arena);
    if (!payment_find(reaper->db, work->subject, &attempt,
                      &reaper->step_arena) ||
        attempt.status != ATTEMPT_OPEN) {
        work_done(reaper->db, work);
        return;
    }
    if (attempt.kind == PAYMENT_MANUAL) {
        close_manual(reaper, work, &attempt, now_ms);
        return;
    }
    struct charge charge = {.attempt = attempt,
                            .answer = {.outcome = STRIPE_UNKNOWN}};
    const struct job_kind *kind = choose(reaper, &charge, now_ms);
    struct job *job = job_begin_work(reaper, kind, work);
    struct arena *arena = &job->arena;
    payment_ask(reaper->db, attempt.attempt_id);
    if (!order_find(reaper->db, attempt.order_id, &job->order, arena))
        /* refused: the job will never run */
        job->order.order_id = arena_string(arena, attempt.order_id);
    charge.attempt.order_id = job->order.order_id;
    charge.attempt.attempt_id = arena_string(arena, attempt.attempt_id);
    charge.attempt.session_id = kept(arena, attempt.session_id);
    charge.attempt.intent_id = kept(arena, attempt.intent_id);
    job->own = arena_alloc(arena, sizeof charge);
    memcpy(job->own, &charge, sizeof charge);
}
