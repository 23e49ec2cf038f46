/* Checkout Sessions in the gateway's book: see session.h. */
#include "cgi-bin/gateway/session/session.h"

#include <string.h>

/* In the order read_session reads them. */
#define SESSION_COLUMNS                                                        \
    "session_id, intent_id, status, amount_minor, currency, line_items, url, " \
    "success_url, cancel_url, customer_email, client_reference_id, "           \
    "metadata, intent_metadata, intent_order_id, intent_description, "         \
    "created_ms, expires_ms"

static void read_session(struct db_statement *s, struct arena *arena,
                         int64_t now_ms, struct session *out)
{
    *out = (struct session){.id = db_text(s, 0, arena),
                            .intent_id = db_text(s, 1, arena),
                            .status = db_text(s, 2, arena),
                            .amount_minor = db_int(s, 3),
                            .currency = db_text(s, 4, arena),
                            .line_items = db_text(s, 5, arena),
                            .url = db_text(s, 6, arena),
                            .success_url = db_text(s, 7, arena),
                            .cancel_url = db_text(s, 8, arena),
                            .customer_email = db_text(s, 9, arena),
                            .client_reference_id = db_text(s, 10, arena),
                            .metadata = db_text(s, 11, arena),
                            .intent_metadata = db_text(s, 12, arena),
                            .intent_order_id = db_text(s, 13, arena),
                            .intent_description = db_text(s, 14, arena),
                            .created_ms = db_int(s, 15),
                            .expires_ms = db_int(s, 16)};
    if (strcmp(out->status, "open") == 0 && out->expires_ms <= now_ms)
        out->status = "expired";
}

void journal_add_session(struct db *db, const struct session *session)
{
    struct db_statement *s = db_sql(
        db, "INSERT INTO sessions (sequence, session_id, status, "
            "amount_minor, currency, line_items, url, success_url, "
            "cancel_url, customer_email, client_reference_id, metadata, "
            "intent_metadata, intent_order_id, intent_description, "
            "created_ms, expires_ms) "
            "VALUES ((SELECT coalesce(max(sequence), 0) + 1 FROM sessions), "
            "$1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, "
            "$15, $16)");
    db_put_text(s, session->id);
    db_put_text(s, session->status);
    db_put_int(s, session->amount_minor);
    db_put_text(s, session->currency);
    db_put_text(s, session->line_items);
    db_put_text(s, session->url);
    db_put_text(s, session->success_url);
    db_put_text(s, session->cancel_url);
    db_put_text(s, session->customer_email);
    db_put_text(s, session->client_reference_id);
    db_put_text(s, session->metadata);
    db_put_text(s, session->intent_metadata);
    db_put_text(s, session->intent_order_id);
    db_put_text(s, session->intent_description);
    db_put_int(s, session->created_ms);
    db_put_int(s, session->expires_ms);
    db_run(s);
}

void journal_move_session(struct db *db, const struct session *session)
{
    struct db_statement *s =
        db_sql(db, "UPDATE sessions SET status = $1, intent_id = $2 "
                   "WHERE session_id = $3");
    db_put_text(s, session->status);
    db_put_text(s, session->intent_id);
    db_put_text(s, session->id);
    db_run(s);
}

static bool one_session(struct db_statement *s, struct arena *arena,
                        int64_t now_ms, struct session *out)
{
    bool found = db_row(s);
    if (found)
        read_session(s, arena, now_ms, out);
    db_done(s);
    return found;
}

bool journal_session(struct db *db, struct arena *arena, const char *id,
                     int64_t now_ms, struct session *out)
{
    struct db_statement *s = db_sql(db, "SELECT " SESSION_COLUMNS
                                        " FROM sessions WHERE session_id = $1");
    db_put_text(s, id);
    return one_session(s, arena, now_ms, out);
}

bool journal_session_of_intent(struct db *db, struct arena *arena,
                               const char *intent_id, int64_t now_ms,
                               struct session *out)
{
    struct db_statement *s = db_sql(db, "SELECT " SESSION_COLUMNS
                                        " FROM sessions WHERE intent_id = $1");
    db_put_text(s, intent_id);
    return one_session(s, arena, now_ms, out);
}

bool journal_session_place(struct db *db, const char *id,
                           struct journal_page *page)
{
    struct db_statement *s = db_sql(db, "SELECT created_ms, sequence "
                                        "FROM sessions WHERE session_id = $1");
    return journal_read_place(s, id, page);
}

int journal_sessions(struct db *db, struct arena *arena, const char *intent_id,
                     const char *status, const struct journal_page *page,
                     int64_t now_ms, struct session *out)
{
    struct db_statement *s = db_sql(
        db, "SELECT " SESSION_COLUMNS " FROM sessions "
            "WHERE created_ms >= $1 AND created_ms <= $2 "
            "AND (created_ms, sequence) < ($3, $4) "
            "AND (CAST($5 AS TEXT) = '' OR intent_id = $5) "
            "AND (CAST($6 AS TEXT) = '' OR $6 = CASE WHEN status = 'open' "
            "AND expires_ms <= $7 THEN 'expired' ELSE status END) "
            "ORDER BY created_ms DESC, sequence DESC LIMIT $8");
    journal_put_range(s, page);
    db_put_text(s, intent_id == NULL ? "" : intent_id);
    db_put_text(s, status == NULL ? "" : status);
    db_put_int(s, now_ms);
    db_put_int(s, page->limit);
    int count = 0;
    while (db_row(s))
        read_session(s, arena, now_ms, &out[count++]);
    return count;
}

int journal_expired_sessions(struct db *db, struct arena *arena, int64_t now_ms,
                             int limit, struct session *out)
{
    struct db_statement *s =
        db_sql(db, "SELECT " SESSION_COLUMNS " FROM sessions "
                   "WHERE status = 'open' AND expires_ms <= $1 "
                   "ORDER BY expires_ms LIMIT $2");
    db_put_int(s, now_ms);
    db_put_int(s, limit);
    int count = 0;
    while (db_row(s))
        read_session(s, arena, now_ms, &out[count++]);
    return count;
}
