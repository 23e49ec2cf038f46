/* The gateway's book: its intents, refunds and idempotency keys, in a database
 * of its own ($ORDERMILL_HOME/gateway.db). Every SQL sentence of the gateway
 * stands here. `ordermill verify` opens the same file read-only, so columns
 * are added, never renamed. Amounts are in minor units; currencies are ISO
 * 4217 codes in lower case, as Stripe writes them; times are wall-clock
 * milliseconds. Texts that are read live in the arena. */
#ifndef JOURNAL_H
#define JOURNAL_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/adapter/db.h"

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
};

/* What a key's first request was, and what it was answered. */
struct saved_answer {
    const char *path;
    const char *fingerprint; /* SHA-256 of the parameters, hexadecimal */
    int status;              /* 0: not yet answered, only seen */
    const char *body;        /* NULL while status is 0 */
};

/* Creates what is not there yet; inside a transaction. */
void journal_create(struct db *db);

/* The intent must not be there yet; refunded_minor is taken as 0. */
void journal_add_intent(struct db *db, const struct intent *intent);

/* False when there is none. */
bool journal_intent(struct db *db, struct arena *arena, const char *id,
                    struct intent *out);
bool journal_intent_of_charge(struct db *db, struct arena *arena,
                              const char *charge_id, struct intent *out);

/* Newest first: at most limit intents created since then and before the one
 * of id `after` (NULL: from the newest), which must exist. Returns how many. */
int journal_intents(struct db *db, struct arena *arena, int64_t since_ms,
                    const char *after, int limit, struct intent *out);

/* Books the refund, which the intent must have left, on its intent as well. */
void journal_add_refund(struct db *db, const struct refund *refund);
bool journal_refund(struct db *db, struct arena *arena, const char *id,
                    struct refund *out);

/* What is saved under the key since then; false when nothing is. */
bool journal_answer(struct db *db, struct arena *arena, const char *key,
                    int64_t since_ms, struct saved_answer *out);

/* Replaces whatever was saved under the key. */
void journal_save_answer(struct db *db, const char *key,
                         const struct saved_answer *answer, int64_t now_ms);

#endif
