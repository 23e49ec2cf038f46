/* Stripe's objects as JSON, and its ids (docs.stripe.com/api, version
 * 2024-06-20). Pure: no request, no database. */
#ifndef CGI_BIN_GATEWAY_BASE_OBJECT_H
#define CGI_BIN_GATEWAY_BASE_OBJECT_H

#include "cgi-bin/gateway/event/journal.h"
#include "cgi-bin/gateway/session/session.h"
#include "lib/base/json_writer.h"

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
    const struct intent *intent; /* the one it is about, shown whole */
};

/* The common kind: 400 invalid_request_error. code and param may be NULL. */
struct stripe_error *stripe_error_create(struct arena *arena, const char *code,
                                         const char *param,
                                         const char *message);

/* prefix ("pi_") and 24 random letters and digits. */
char *stripe_id(struct arena *arena, const char *prefix);

/* Stripe's lower-case currency as ISO 4217 writes it. */
char *stripe_iso_currency(struct arena *arena, const char *currency);

/* A member that is null, JSON already written, or left out when NULL. */
void stripe_null_member(struct json_writer *w, const char *name);
void stripe_raw_member(struct json_writer *w, const char *name,
                       const char *json);
void stripe_some_member(struct json_writer *w, const char *name,
                        const char *value);

/* A list begins with its data, each of which is one value. */
void stripe_open_list(struct json_writer *w);
void stripe_close_list(struct json_writer *w, const char *url, bool has_more);

/* Members that are ids, or whole objects when they are expanded. */
enum stripe_expand {
    STRIPE_EXPAND_CHARGE = 1,
    STRIPE_EXPAND_INTENT = 2,
    STRIPE_EXPAND_ITEMS = 4
};

/* One JSON value each, the error one whole as the body of an answer. `intent`
 * is the object's own, of which it shows members; a session has none before
 * its first try. Only a charge_id makes an intent a charge. */
void stripe_put_intent(struct json_writer *w, const struct intent *intent,
                       unsigned expand);
void stripe_put_charge(struct json_writer *w, const struct intent *intent,
                       unsigned expand);
void stripe_put_refund(struct json_writer *w, const struct refund *refund,
                       const struct intent *intent, unsigned expand);
void stripe_put_dispute(struct json_writer *w, const struct dispute *dispute,
                        const struct intent *intent, unsigned expand);
void stripe_put_session(struct json_writer *w, const struct session *session,
                        const struct intent *intent, unsigned expand);
void stripe_put_event(struct json_writer *w, const struct event *event);
void stripe_put_endpoint(struct json_writer *w, const struct endpoint *endpoint,
                         bool with_secret);
void stripe_put_error(struct json_writer *w, const struct stripe_error *error);

#endif
