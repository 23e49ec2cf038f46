/* What became of a charge whose answers were missed is looked up in the
 * gateway's list, by the order and the attempt in its metadata. Called by
 * charge.c. */
#include "lib/base/log/log.h"
#include "lib/workflow/payment/outcome.h"
#include "reaper/kind/charge.h"

#include <string.h>

enum {
    LOOK_BEFORE_MS = 300 * 1000, /* the gateway's clock is not ours */
    LOOK_PAGES = 100,
    LOOK_AGAIN_MS = 500,
    LOOK_AGAIN_MAX_MS = 60000
};

static const struct stripe_intent *
find_intent(const struct stripe_answer *answer,
            const struct payment_attempt *attempt)
{
    const struct stripe_intent *found = NULL;
    for (size_t i = 0; i < answer->count; i++) {
        const struct stripe_intent *intent = &answer->intents[i];
        if (intent->order_id == NULL ||
            strcmp(intent->order_id, attempt->order_id) != 0 ||
            intent->attempt_no != attempt->attempt_no)
            continue;
        if (strcmp(intent->status, "succeeded") == 0)
            return intent; /* there is one more: it must not hide this */
        if (found == NULL)
            found = intent;
    }
    return found;
}

static void read_page(void *context, const struct stripe_answer *answer);

static void ask_page(struct job *job, const char *after)
{
    struct charge *charge = job->own;
    charge->pages++;
    stripe_intents_list(&job->reaper->stripe,
                        (charge->attempt.created_at_ms - LOOK_BEFORE_MS) / 1000,
                        after, read_page, job);
}

static void read_page(void *context, const struct stripe_answer *answer)
{
    struct job *job = context;
    struct charge *charge = job->own;
    job_in_hand(job);
    const struct stripe_intent *found = NULL;
    if (answer->outcome == STRIPE_SUCCEEDED)
        found = find_intent(answer, &charge->attempt);
    bool more = found == NULL && answer->outcome == STRIPE_SUCCEEDED &&
                answer->more && answer->count > 0;
    if (more && charge->pages < LOOK_PAGES) {
        ask_page(job, answer->intents[answer->count - 1].id);
        in_hand_clear(&job->reaper->hand);
        return;
    }
    struct stripe_answer last = *answer;
    if (found != NULL)
        last.intent = *found;
    else
        last.intent = (struct stripe_intent){0};
    if (more) { /* what was not read to its end says nothing */
        last.outcome = STRIPE_UNKNOWN;
        last.message = "the gateway's list is too long";
        log_warning("order %s: %s", job->order.order_id, last.message);
    }
    charge_keep(job, &last);
    job_finish(job);
}

void charge_look(struct job *job)
{
    ask_page(job, NULL);
}

/* As long again as it has been unknown, but not beyond the time when it is
 * given up. */
static int64_t next_ms(const struct job *job, int64_t lasted_ms)
{
    int64_t left_ms = job->reaper->settings->payment_unknown_ms - lasted_ms;
    int64_t delay_ms = lasted_ms;
    if (delay_ms > LOOK_AGAIN_MAX_MS)
        delay_ms = LOOK_AGAIN_MAX_MS;
    if (left_ms > 0 && delay_ms > left_ms)
        delay_ms = left_ms;
    return delay_ms < LOOK_AGAIN_MS ? LOOK_AGAIN_MS : delay_ms;
}

void charge_look_settle(struct job *job, struct charge *charge, int64_t now_ms)
{
    const struct payment_attempt *attempt = &charge->attempt;
    const struct stripe_intent *intent = &charge->answer.intent;
    int64_t lasted_ms =
        attempt->unknown_since_ms == 0 ? 0 : now_ms - attempt->unknown_since_ms;
    bool overdue = lasted_ms >= job->reaper->settings->payment_unknown_ms;
    int64_t delay_ms = next_ms(job, lasted_ms);
    if (charge->answer.outcome != STRIPE_SUCCEEDED) {
        charge_unknown(job, PAYMENT_LOOK, delay_ms, false, now_ms);
    } else if (intent->id == NULL && overdue) {
        outcome_failed(
            job->reaper->db, job->reaper->settings, attempt,
            &(struct refusal){
                "not_found",
                "The payment did not get through; nothing was charged.", NULL},
            now_ms, &job->arena);
    } else if (intent->id == NULL) {
        charge_unknown(job, PAYMENT_ASK, delay_ms, false, now_ms);
    } else if (charge_take_intent(job, intent, now_ms)) {
        return;
    } else if (strcmp(intent->status, "requires_action") == 0) {
        charge_wait(job,
                    &(struct payment_place){.intent_id = intent->id,
                                            .payment_url = intent->action_url},
                    LOOK_AGAIN_MS, now_ms);
    } else {
        charge_unknown(job, PAYMENT_LOOK, delay_ms, false, now_ms);
    }
}
