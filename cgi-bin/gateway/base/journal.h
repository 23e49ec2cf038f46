/* The gateway's book: its intents, refunds, disputes and idempotency keys (and,
 * in session/session.h and event/journal.h, sessions and events), in a database
 * of its own ($ORDERMILL_HOME/gateway.db). Every SQL sentence of the gateway
 * stands here. `ordermill verify` opens the same file read-only, so columns
 * are added, never renamed. Amounts are in minor units; currencies are ISO
 * 4217 codes in lower case, as Stripe writes them; times are wall-clock
 * milliseconds. Texts that are read live in the arena. */
#ifndef CGI_BIN_GATEWAY_BASE_JOURNAL_H
#define CGI_BIN_GATEWAY_BASE_JOURNAL_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/adapter/db/db.h"

struct intent {
    const char *id; /* "pi_..." */
    const char *client_secret;
    int64_t amount_minor;
    int64_t refunded_minor;
    const char *currency;
    const char *status;         /* Stripe's: "succeeded", ... */
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
    int64_t charged_ms;     /* of the last try */
    const char *return_url; /* where the bank's page leads back to; or NULL */
    const char *action_url; /* the bank's page, while status is
                               "requires_action" and there is a return_url */
    int64_t canceled_ms;    /* 0: it is not canceled */
    const char *cancellation_reason; /* or NULL */
    const char *dispute_id;          /* of its charge; NULL: not disputed */
};

struct refund {
    const char *id; /* "re_..." */
    const char *intent_id;
    const char *charge_id;
    const char *currency;
    int64_t amount_minor;
    const char *reason;   /* or NULL */
    const char *metadata; /* a JSON object of strings */
    int64_t created_ms;
    const char *status; /* "succeeded", "pending", "failed" */
};

/* Of the whole charge of an intent. */
struct dispute {
    const char *id; /* "du_..." */
    const char *intent_id;
    const char *charge_id;
    int64_t amount_minor;
    const char *currency;
    const char *status;   /* "needs_response", "under_review", "won", "lost" */
    const char *evidence; /* uncategorized_text; or NULL */
    const char *metadata; /* a JSON object of strings */
    int64_t created_ms;
};

/* The part of a list that is asked for; lists are newest first. */
struct journal_page {
    int64_t since_ms;
    int64_t until_ms;
    int64_t below_ms; /* the row behind which it begins; INT64_MAX: none */
    int64_t below_sequence;
    int limit;
};

/* What a key's first request was, and what it was answered. */
struct saved_answer {
    const char *path;
    const char *fingerprint; /* SHA-256 of the parameters, hexadecimal */
    int status;              /* 0: not yet answered, only seen */
    const char *body;        /* NULL while status is 0 */
};

/* Creates what is not there yet and brings a book of the first version up;
 * inside a transaction. */
void journal_create(struct db *db);

/* How long Stripe keeps a key's answer, and an event. */
#define JOURNAL_KEY_LIFETIME_MS (INT64_C(24) * 60 * 60 * 1000)
#define JOURNAL_EVENT_LIFETIME_MS (INT64_C(30) * 24 * 60 * 60 * 1000)

/* Forgets what is older, an event's deliveries with it. */
void journal_thin(struct db *db, int64_t now_ms);

/* For the lists: binds what a page asks for, without and with its limit; or
 * runs the statement that gives a row's place. */
void journal_put_range(struct db_statement *s, const struct journal_page *page);
void journal_put_page(struct db_statement *s, const struct journal_page *page);
bool journal_read_place(struct db_statement *s, const char *id,
                        struct journal_page *page);

/* The intent must not be there yet, nor any try on it. */
void journal_add_intent(struct db *db, const struct intent *intent);

/* Stores what changes in an intent's life: status, methods, charge, URLs,
 * cancellation. */
void journal_move_intent(struct db *db, const struct intent *intent);

/* False when there is none. */
bool journal_intent(struct db *db, struct arena *arena, const char *id,
                    struct intent *out);
bool journal_intent_of_charge(struct db *db, struct arena *arena,
                              const char *charge_id, struct intent *out);

/* ..._place: lets the page begin behind this one; false when there is none.
 * The list: at most page->limit; returns how many. */
bool journal_intent_place(struct db *db, const char *id,
                          struct journal_page *page);
int journal_intents(struct db *db, struct arena *arena,
                    const struct journal_page *page, struct intent *out);

/* Books the refund, which the intent must have left, on its intent as well,
 * unless it is one that failed. */
void journal_add_refund(struct db *db, const struct refund *refund);
bool journal_refund(struct db *db, struct arena *arena, const char *id,
                    struct refund *out);
bool journal_refund_place(struct db *db, const char *id,
                          struct journal_page *page);
/* intent_id NULL: of all intents. */
int journal_refunds(struct db *db, struct arena *arena, const char *intent_id,
                    const struct journal_page *page, struct refund *out);

/* An intent has one dispute at most. move stores status, evidence and
 * metadata. */
void journal_add_dispute(struct db *db, const struct dispute *dispute);
void journal_move_dispute(struct db *db, const struct dispute *dispute);
bool journal_dispute(struct db *db, struct arena *arena, const char *id,
                     struct dispute *out);
bool journal_dispute_place(struct db *db, const char *id,
                           struct journal_page *page);
int journal_disputes(struct db *db, struct arena *arena, const char *intent_id,
                     const struct journal_page *page, struct dispute *out);

/* What is saved under the key since then; false when nothing is. */
bool journal_answer(struct db *db, struct arena *arena, const char *key,
                    int64_t since_ms, struct saved_answer *out);

/* Replaces whatever was saved under the key. */
void journal_save_answer(struct db *db, const char *key,
                         const struct saved_answer *answer, int64_t now_ms);

#endif
