/* Checkout Sessions in the gateway's book (base/journal.h). What happens to
 * one, with its intent and its events, is flow.h's. */
#ifndef CGI_BIN_GATEWAY_SESSION_SESSION_H
#define CGI_BIN_GATEWAY_SESSION_SESSION_H

#include "cgi-bin/gateway/base/journal.h"

struct session {
    const char *id;        /* "cs_test_..." */
    const char *intent_id; /* NULL: nobody has tried to pay */
    const char *status;    /* "open", "complete", "expired" */
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

void journal_add_session(struct db *db, const struct session *session);

/* Stores status and intent_id. */
void journal_move_session(struct db *db, const struct session *session);

/* False when there is none. An open one whose time is up by now_ms is shown
 * as expired. */
bool journal_session(struct db *db, struct arena *arena, const char *id,
                     int64_t now_ms, struct session *out);
bool journal_session_of_intent(struct db *db, struct arena *arena,
                               const char *intent_id, int64_t now_ms,
                               struct session *out);
bool journal_session_place(struct db *db, const char *id,
                           struct journal_page *page);

/* Of this intent and of this status; NULL: of any. */
int journal_sessions(struct db *db, struct arena *arena, const char *intent_id,
                     const char *status, const struct journal_page *page,
                     int64_t now_ms, struct session *out);

/* Up to limit sessions that are stored as open though their time is up. */
int journal_expired_sessions(struct db *db, struct arena *arena, int64_t now_ms,
                             int limit, struct session *out);

#endif
