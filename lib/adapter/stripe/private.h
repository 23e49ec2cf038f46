/* What the files of this folder share. A call begins in stripe.c; judge.c (of a
 * list: list.c) judges its answer by what read.c reads of it. */
#ifndef ADAPTER_STRIPE_PRIVATE_H
#define ADAPTER_STRIPE_PRIVATE_H

#include "lib/adapter/stripe/stripe.h"
#include "lib/base/text/text.h"

enum {
    STRIPE_DEPTH = 32, /* of what the gateway sends; its own is below 12 */
    STRIPE_ANSWER_MAX = 64 * 1024,
    STRIPE_EVENT_MAX = 512 * 1024,
    STRIPE_EVENT_VALUES = 65536,
    STRIPE_LIST_MAX = 4 * 1024 * 1024
};

struct stripe_call;

/* Says what an answer of 200 means; the outcome is STRIPE_UNKNOWN before. */
#define STRIPE_JUDGE(name)                                                     \
    void name(struct stripe_call *call, const struct json *object,             \
              struct stripe_answer *answer)

/* Lives in its own arena until it is answered. */
struct stripe_call {
    struct arena arena;
    STRIPE_DONE(done);
    void *context;
    STRIPE_JUDGE((*judge));
    size_t max_answer;
    struct text form;     /* application/x-www-form-urlencoded */
    const char *id;       /* of what is asked about */
    const char *order_id; /* of what is made, as the next */
    int64_t amount_minor;
    const char *refund;   /* metadata.refund of what is looked for */
    const char *currency; /* upper case; NULL: its intent's */
};

STRIPE_JUDGE(stripe_judge_charge);
STRIPE_JUDGE(stripe_judge_intent);
STRIPE_JUDGE(stripe_judge_page); /* a session made */
STRIPE_JUDGE(stripe_judge_session);
STRIPE_JUDGE(stripe_judge_expiry);
STRIPE_JUDGE(stripe_judge_refund);
STRIPE_JUDGE(stripe_judge_refunds);
STRIPE_JUDGE(stripe_judge_intents);
STRIPE_JUDGE(stripe_judge_events);

/* Says what a whole answer means. */
void stripe_judge_reply(struct stripe_call *call,
                        const struct transfer_answer *reply,
                        struct stripe_answer *answer);

/* The member if it is an id of the gateway's (stripe_is_id), else NULL. */
const char *stripe_read_id(const struct json *object, const char *name);

/* The member, or 0 where it is not there; false: it is no whole number from 0.
 */
bool stripe_read_number(const struct json *object, const char *name,
                        int64_t *out);

/* Reads an event from JSON, without its body; false: it is none. */
bool stripe_take_event(const struct json *event, struct stripe_event *out);

#endif
