/* PaymentIntents, each with its latest charge: their rows in the
 * journal, how they look as JSON, and what happens to them. */
#ifndef CGI_BIN_GATEWAY_INTENT_INTENT_H
#define CGI_BIN_GATEWAY_INTENT_INTENT_H

#include "cgi-bin/gateway/base/listing.h"
#include "cgi-bin/gateway/base/test_card.h"
#include "cgi-bin/gateway/event/event.h"

enum intent_status {
    INTENT_REQUIRES_PAYMENT_METHOD,
    INTENT_REQUIRES_CONFIRMATION,
    INTENT_REQUIRES_ACTION,
    INTENT_SUCCEEDED,
    INTENT_CANCELED
};
extern const struct names intent_status_names;

struct intent {
    const char *id; /* "pi_..." */
    const char *client_secret;
    int64_t amount_minor;
    int64_t refunded_minor;
    const char *currency;
    enum intent_status status;
    const char *payment_method; /* NULL: none, or the last was declined */
    const char *failed_method;  /* the one declined last; NULL: none was */
    const char *charge_id;      /* of the last try, "ch_..."; NULL: no try */
    const char *order_id;       /* metadata.order_id; NULL: none given */
    const char *metadata;       /* a JSON object of strings */
    const char *description;    /* or NULL, like the two below */
    const char *receipt_email;
    const char *statement_descriptor_suffix;
    const char *allow_redirects; /* NULL: only payment_method_types counts */
    const char *capture_method;
    int64_t created_ms;
    int64_t charged_ms;             /* of the last try */
    const char *charge_metadata;    /* what the intent had then; NULL: no try */
    const char *charge_description; /* likewise */
    const char *return_url; /* where the bank's page leads back to; or NULL */
    const char *action_url; /* the bank's page, while requires_action and there
                               is a return_url */
    int64_t canceled_ms;    /* 0: it is not canceled */
    const char *cancellation_reason; /* or NULL */
    const char *dispute_id;          /* of its charge; NULL: not disputed */
};

/* Rows. What is read lives in the arena; find is false when there is none. */

/* Stores what changes in an intent's life: status, metadata, methods, charge,
 * URLs, cancellation. */
void intent_store(struct db *db, const struct intent *intent);
bool intent_find(struct db *db, struct arena *arena, const char *id,
                 struct intent *out);
bool intent_find_by_charge(struct db *db, struct arena *arena,
                           const char *charge_id, struct intent *out);

/* At most page->limit; returns how many. */
int intent_find_page(struct db *db, struct arena *arena,
                     const struct listing_page *page, struct intent *out);

/* Write JSON: one value each, but put_ids writes two members, "charge" and
 * "payment_intent". put_charge and put_ids want an intent with a charge_id. */
void intent_put(struct json_writer *w, const struct intent *intent,
                unsigned expand);
void intent_put_charge(struct json_writer *w, const struct intent *intent,
                       unsigned expand);
void intent_put_ids(struct json_writer *w, const struct intent *intent,
                    unsigned expand);

/* What of put_ids may be expanded, in one object and in a list of them. */
extern const struct parameter_expand intent_ids_expandable[];
extern const struct parameter_expand intent_ids_expandable_in_list[];

/* Makes the error one that is about the intent and shows it. */
void intent_blame(struct arena *arena, const struct intent *intent,
                  struct stripe_error *error);

/* The error, 402, for an intent whose last try was declined. */
const struct stripe_error *intent_decline(struct arena *arena,
                                          const struct intent *intent);

/* What happens to an intent, with its charge and the events that tell of it.
 * Afterwards *intent is as it is stored. */

/* Begins a new intent, still unpaid; fills in its id, client_secret, status and
 * created_ms. */
void intent_begin(const struct cause *cause, struct intent *intent);

/* Succeeded or canceled: nothing happens to it any more. */
bool intent_is_over(const struct intent *intent);

/* Tries to charge the card for an intent that is not over. Its status is then
 * succeeded, requires_payment_method (declined, see failed_method) or
 * requires_action. */
void intent_try(const struct cause *cause, struct intent *intent,
                const struct test_card *card);

/* The customer answers at his bank for an intent that is requires_action: it
 * succeeds, or becomes requires_payment_method. */
enum bank_answer { BANK_REFUSES, BANK_APPROVES };
void intent_authenticate(const struct cause *cause, struct intent *intent,
                         enum bank_answer answer);

/* Cancels an intent that is not over; reason may be NULL. */
void intent_cancel(const struct cause *cause, struct intent *intent,
                   const char *reason);

/* Tells of its charge, as the event's type says. */
void intent_tell_charge(const struct cause *cause, const struct intent *intent,
                        const char *type);

#endif
