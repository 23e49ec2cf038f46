/* Checkout Sessions: their rows in the journal, how they look as JSON,
 * and what happens to them. */
#ifndef CGI_BIN_GATEWAY_SESSION_SESSION_H
#define CGI_BIN_GATEWAY_SESSION_SESSION_H

#include "cgi-bin/gateway/intent/intent.h"

enum session_status { SESSION_OPEN, SESSION_COMPLETE, SESSION_EXPIRED };
extern const struct names session_status_names;

struct session {
    const char *id;        /* "cs_test_..." */
    const char *intent_id; /* NULL: nobody has tried to pay */
    enum session_status status;
    int64_t amount_minor;
    const char *currency;
    const char *line_items; /* JSON array of Stripe's line items */
    const char *url;        /* of the page; shown while it is open */
    const char *success_url;
    const char *cancel_url; /* or NULL, like the two below */
    const char *customer_email;
    const char *client_reference_id;
    const char *metadata;        /* a JSON object of strings */
    const char *intent_metadata; /* for the intent, like the two below */
    const char *intent_order_id;
    const char *intent_description;
    int64_t created_ms;
    int64_t expires_ms;
};

/* Rows; like intent.h's. An open session whose time is up by now_ms is read as
 * expired. store keeps status and intent_id. */
void session_add(struct db *db, const struct session *session);
bool session_find(struct db *db, struct arena *arena, const char *id,
                  int64_t now_ms, struct session *out);
bool session_find_by_intent(struct db *db, struct arena *arena,
                            const char *intent_id, int64_t now_ms,
                            struct session *out);
/* Finds the sessions of this intent and of this status; NULL: of any. */
int session_find_page(struct db *db, struct arena *arena, const char *intent_id,
                      const char *status, const struct listing_page *page,
                      int64_t now_ms, struct session *out);

/* Finds up to limit sessions that are stored as open though their time is up.
 */
int session_find_expired(struct db *db, struct arena *arena, int64_t now_ms,
                         int limit, struct session *out);

/* One JSON value. intent is the session's own, or NULL where it is not
 * expanded or there is none before the first try. */
void session_put(struct json_writer *w, const struct session *session,
                 const struct intent *intent, unsigned expand);

/* What happens to a session, with its intent and the events that tell it. */

/* The customer tries to pay an open session with a card. *out is its intent,
 * which the first try makes. It succeeded, and the session is complete; or it
 * was declined, and the session stays open. */
void session_pay(const struct cause *cause, struct session *session,
                 const struct test_card *card, struct intent *out);

/* Charges all of it once more, behind the session's back: a double payment. */
void session_pay_again(const struct cause *cause, const struct session *session,
                       const struct test_card *card, struct intent *out);

/* Closes an open session, or one that is shown as expired because its time is
 * up, and cancels its intent if it has one. */
void session_expire(const struct cause *cause, struct session *session);

/* Expires up to 100 of the sessions whose time is up; returns how many. */
int session_expire_due(const struct cause *cause);

#endif
