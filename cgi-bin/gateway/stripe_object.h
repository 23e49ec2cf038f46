/* Stripe's objects as JSON, and its ids (docs.stripe.com/api: PaymentIntents,
 * Refunds, Errors). Pure: no request, no database. */
#ifndef STRIPE_OBJECT_H
#define STRIPE_OBJECT_H

#include "cgi-bin/gateway/journal.h"
#include "lib/base/json_writer.h"

enum { STRIPE_RANDOM_SIZE = 25 /* 24 letters and digits */ };

/* What a request is refused with. */
struct stripe_error {
    int status;
    const char *type; /* "invalid_request_error", "card_error", ... */
    const char *code; /* NULL where Stripe gives none, like the rest */
    const char *decline_code;
    const char *message;
    const char *param;
    const struct intent *intent; /* a declined one, shown whole */
};

/* The common kind: 400 invalid_request_error. code and param may be NULL. */
struct stripe_error *stripe_error_create(struct arena *arena, const char *code,
                                         const char *param,
                                         const char *message);

/* prefix ("pi_") and 24 random letters and digits. */
char *stripe_id(struct arena *arena, const char *prefix);

/* Stripe's lower-case currency as ISO 4217 writes it. */
char *stripe_iso_currency(struct arena *arena, const char *currency);

/* One JSON value each, the error one whole as the body of an answer. */
void stripe_put_intent(struct json_writer *w, const struct intent *intent);
void stripe_put_refund(struct json_writer *w, const struct refund *refund);
void stripe_put_error(struct json_writer *w, const struct stripe_error *error);

#endif
