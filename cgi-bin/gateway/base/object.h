/* What Stripe's objects have in common (docs.stripe.com/api, version
 * 2024-06-20): ids, errors, kinds of members. Pure: no request, no
 * database. */
#ifndef CGI_BIN_GATEWAY_BASE_OBJECT_H
#define CGI_BIN_GATEWAY_BASE_OBJECT_H

#include "lib/base/memory/arena.h"
#include "lib/base/text/json_writer.h"

#define STRIPE_OBJECT_VERSION "2024-06-20"

enum { STRIPE_RANDOM_SIZE = 25 /* 24 letters and digits */ };

/* What a request is refused with. */
struct stripe_error {
    int status;
    const char *type; /* "invalid_request_error", "card_error", ... */
    const char *code; /* NULL where Stripe gives none, like the rest */
    const char *decline_code;
    const char *message;
    const char *param;
    const char *charge_id;
    const char *intent;         /* the one it is about, as JSON */
    const char *payment_method; /* likewise, of a card_error */
};

/* The common kind: 400 invalid_request_error. code and param may be NULL. */
struct stripe_error *stripe_error_create(struct arena *arena, const char *code,
                                         const char *param,
                                         const char *message);

/* prefix ("pi_") and 24 random letters and digits. */
char *stripe_id(struct arena *arena, const char *prefix);

/* Stripe's lower-case currency as ISO 4217 writes it. */
char *stripe_iso_currency(struct arena *arena, const char *currency);

/* A member that is null; that is JSON already; that is left out when value is
 * NULL. */
void stripe_null_member(struct json_writer *w, const char *name);
void stripe_raw_member(struct json_writer *w, const char *name,
                       const char *json);
void stripe_some_member(struct json_writer *w, const char *name,
                        const char *value);

/* Which members are whole objects, not ids: those that are expanded. */
enum stripe_expand {
    STRIPE_EXPAND_CHARGE = 1,
    STRIPE_EXPAND_INTENT = 2,
    STRIPE_EXPAND_ITEMS = 4
};

/* The body of an answer. */
void stripe_put_error(struct json_writer *w, const struct stripe_error *error);

#endif
