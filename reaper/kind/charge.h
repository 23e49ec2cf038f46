/* What charge.c and charge_*.c share: a job that asks the gateway for the next
 * thing about one payment attempt. A job may make several calls, one after the
 * other; settle writes what came of the last. */
#ifndef REAPER_KIND_CHARGE_H
#define REAPER_KIND_CHARGE_H

#include "lib/shop/payment/payment.h"
#include "reaper/reaper.h"

struct charge {
    struct payment_attempt attempt; /* as it was claimed */
    bool open;                   /* when settle is called: it is open still */
    struct stripe_answer answer; /* of the last call; it lives with the job */
    void (*settle)(struct job *job, struct charge *charge, int64_t now_ms);
    bool too_late; /* to begin: it is over, and nobody was ever asked */
    int pages;     /* of the gateway's list that were read */
};

/* How each stage begins (the transaction is committed by then) and is settled.
 */
void charge_ask(struct job *job);
void charge_ask_settle(struct job *job, struct charge *charge, int64_t now_ms);
void charge_look(struct job *job);
void charge_look_settle(struct job *job, struct charge *charge, int64_t now_ms);
void charge_bank(struct job *job); /* wait and close */
void charge_bank_settle(struct job *job, struct charge *charge, int64_t now_ms);
void charge_hosted_ask(struct job *job);
void charge_hosted_ask_settle(struct job *job, struct charge *charge,
                              int64_t now_ms);
void charge_hosted_page(struct job *job); /* wait and close */
void charge_hosted_page_settle(struct job *job, struct charge *charge,
                               int64_t now_ms);

/* The done of the job's last call (stripe.h). */
void charge_answered(void *context, const struct stripe_answer *answer);

/* Copies the answer into the job, so that it outlives the callback. */
void charge_keep(struct job *job, const struct stripe_answer *answer);

/* The attempt, whose row says its stage, is due again after delay_ms. */
void charge_again(struct job *job, enum payment_stage stage, int64_t delay_ms);

/* Goes on with this stage after delay_ms. */
void charge_go_on(struct job *job, enum payment_stage stage, int64_t delay_ms,
                  int64_t now_ms);

/* Waits for the customer, and is looked at after look_ms. */
void charge_wait(struct job *job, const struct payment_place *place,
                 int64_t look_ms, int64_t now_ms);

/* The outcome is unknown: goes on with this stage after delay_ms; raises an
 * alarm once that lasts too long. */
void charge_unknown(struct job *job, enum payment_stage stage, int64_t delay_ms,
                    bool missed, int64_t now_ms);

/* An attempt that waits for its customer, or closes, is looked at again. */
void charge_look_later(struct job *job, int64_t delay_ms, int64_t now_ms);

/* What an intent says of its attempt; false: nothing final. */
bool charge_take_intent(struct job *job, const struct stripe_intent *intent,
                        int64_t now_ms);

/* Raises an alarm if this lasted too long. */
void charge_alarm(struct job *job, int64_t lasted_ms, int64_t now_ms);

/* The gateway has long not known of what was to be closed: so it is. */
bool charge_is_gone(struct job *job, int64_t now_ms);

/* The gateway took this much: books it, or looks again later where it is odd.
 */
void charge_take_money(struct job *job, const char *intent_id,
                       int64_t amount_minor, const char *currency,
                       int64_t now_ms);

/* For how long the window has been closed, in ms; 0: it is not. */
int64_t charge_closed_ms(const struct reaper *reaper,
                         const struct payment_attempt *attempt);

#endif
