/* Checkout Sessions: see session.h. */
#include "cgi-bin/gateway/session/session.h"

#include <assert.h>

#include "lib/base/time/clock.h"

enum { OBJECT_SIZE = 2048, EXPIRE_MOST = 100 };

static const char *const status_list[] = {"open", "complete", "expired"};
const struct names session_status_names =
    NAMES("session's status", status_list);

/* In the order read_session reads them. */
#define SESSION_COLUMNS                                                        \
    "session_id, intent_id, status, amount_minor, currency, line_items, url, " \
    "success_url, cancel_url, customer_email, client_reference_id, "           \
    "metadata, intent_metadata, intent_order_id, intent_description, "         \
    "created_ms, expires_ms"

static void read_session(struct db_statement *s, struct arena *arena,
                         int64_t now_ms, struct session *out)
{
    *out = (struct session){
        .id = db_text(s, 0, arena),
        .intent_id = db_text(s, 1, arena),
        .status = (enum session_status)db_value(s, 2, &session_status_names),
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
    if (out->status == SESSION_OPEN && out->expires_ms <= now_ms)
        out->status = SESSION_EXPIRED;
}

void session_add(struct db *db, const struct session *session)
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
    db_put_name(s, &session_status_names, session->status);
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

static void store(struct db *db, const struct session *session)
{
    struct db_statement *s =
        db_sql(db, "UPDATE sessions SET status = $1, intent_id = $2 "
                   "WHERE session_id = $3");
    db_put_name(s, &session_status_names, session->status);
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

bool session_find(struct db *db, struct arena *arena, const char *id,
                  int64_t now_ms, struct session *out)
{
    struct db_statement *s = db_sql(db, "SELECT " SESSION_COLUMNS
                                        " FROM sessions WHERE session_id = $1");
    db_put_text(s, id);
    return one_session(s, arena, now_ms, out);
}

bool session_find_by_intent(struct db *db, struct arena *arena,
                            const char *intent_id, int64_t now_ms,
                            struct session *out)
{
    struct db_statement *s = db_sql(db, "SELECT " SESSION_COLUMNS
                                        " FROM sessions WHERE intent_id = $1");
    db_put_text(s, intent_id);
    return one_session(s, arena, now_ms, out);
}

int session_find_page(struct db *db, struct arena *arena, const char *intent_id,
                      const char *status, const struct listing_page *page,
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
    listing_put_range(s, page);
    db_put_text(s, intent_id == NULL ? "" : intent_id);
    db_put_text(s, status == NULL ? "" : status);
    db_put_int(s, now_ms);
    db_put_int(s, page->limit);
    int count = 0;
    while (db_row(s))
        read_session(s, arena, now_ms, &out[count++]);
    return count;
}

int session_find_expired(struct db *db, struct arena *arena, int64_t now_ms,
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

static void put_payment_intent(struct json_writer *w,
                               const struct session *session,
                               const struct intent *intent, unsigned expand)
{
    json_key(w, "payment_intent");
    if ((expand & STRIPE_EXPAND_INTENT) != 0 && session->intent_id != NULL)
        intent_put(w, intent, expand);
    else
        json_put_string(w, session->intent_id);
}

static void put_customer(struct json_writer *w, const struct session *session)
{
    stripe_null_member(w, "customer");
    json_string_member(w, "customer_creation", "if_required");
    json_key(w, "customer_details");
    if (session->customer_email == NULL) {
        json_put_null(w);
    } else {
        json_open(w, '{');
        stripe_null_member(w, "address");
        json_string_member(w, "email", session->customer_email);
        stripe_null_member(w, "name");
        stripe_null_member(w, "phone");
        json_string_member(w, "tax_exempt", "none");
        stripe_null_member(w, "tax_ids");
        json_close(w, '}');
    }
    json_string_member(w, "customer_email", session->customer_email);
}

static void put_line_items(struct json_writer *w, struct arena *arena,
                           const struct session *session)
{
    json_key(w, "line_items");
    json_open(w, '{');
    json_string_member(w, "object", "list");
    stripe_raw_member(w, "data", session->line_items);
    stripe_raw_member(w, "has_more", "false");
    json_string_member(w, "url",
                       arena_printf(arena,
                                    "/v1/checkout/sessions/%s/line_items",
                                    session->id));
    json_close(w, '}');
}

void session_put(struct json_writer *w, const struct session *session,
                 const struct intent *intent, unsigned expand)
{
    bool open = session->status == SESSION_OPEN;
    bool paid = session->status == SESSION_COMPLETE;
    json_open(w, '{');
    json_string_member(w, "id", session->id);
    json_string_member(w, "object", "checkout.session");
    json_int_member(w, "amount_subtotal", session->amount_minor);
    json_int_member(w, "amount_total", session->amount_minor);
    json_string_member(w, "cancel_url", session->cancel_url);
    json_string_member(w, "client_reference_id", session->client_reference_id);
    json_int_member(w, "created", session->created_ms / 1000);
    json_string_member(w, "currency", session->currency);
    put_customer(w, session);
    json_int_member(w, "expires_at", session->expires_ms / 1000);
    stripe_null_member(w, "invoice");
    if ((expand & STRIPE_EXPAND_ITEMS) != 0)
        put_line_items(w, w->out->arena, session);
    stripe_raw_member(w, "livemode", "false");
    stripe_null_member(w, "locale");
    stripe_raw_member(w, "metadata", session->metadata);
    json_string_member(w, "mode", "payment");
    put_payment_intent(w, session, intent, expand);
    stripe_null_member(w, "payment_link");
    json_string_member(w, "payment_method_collection", "if_required");
    stripe_raw_member(w, "payment_method_options", "{}");
    stripe_raw_member(w, "payment_method_types", "[\"card\"]");
    json_string_member(w, "payment_status", paid ? "paid" : "unpaid");
    stripe_null_member(w, "recovered_from");
    stripe_null_member(w, "setup_intent");
    json_string_member(w, "status",
                       names_of(&session_status_names, session->status));
    stripe_null_member(w, "submit_type");
    stripe_null_member(w, "subscription");
    json_string_member(w, "success_url", session->success_url);
    stripe_raw_member(w, "total_details",
                      "{\"amount_discount\":0,\"amount_shipping\":0,"
                      "\"amount_tax\":0}");
    json_string_member(w, "ui_mode", "hosted");
    json_string_member(w, "url", open ? session->url : NULL);
    json_close(w, '}');
}

static void tell(const struct cause *cause, const struct session *session,
                 const char *type)
{
    struct text text = text_create(cause->request->arena, OBJECT_SIZE);
    struct json_writer w = json_writer(&text);
    session_put(&w, session, NULL, 0);
    event_emit(cause, type, text.bytes);
}

static void begin_intent(const struct cause *cause,
                         const struct session *session, struct intent *out)
{
    *out = (struct intent){.amount_minor = session->amount_minor,
                           .currency = session->currency,
                           .order_id = session->intent_order_id,
                           .metadata = session->intent_metadata,
                           .description = session->intent_description,
                           .capture_method = "automatic_async"};
    intent_begin(cause, out);
}

void session_pay(const struct cause *cause, struct session *session,
                 const struct test_card *card, struct intent *out)
{
    struct db *db = cause->web->writer;
    assert(session->status == SESSION_OPEN);
    if (session->intent_id == NULL ||
        !intent_find(db, cause->request->arena, session->intent_id, out))
        begin_intent(cause, session, out);
    intent_try(cause, out, card);
    session->intent_id = out->id;
    if (out->status == INTENT_SUCCEEDED)
        session->status = SESSION_COMPLETE;
    store(db, session);
    if (session->status == SESSION_COMPLETE)
        tell(cause, session, "checkout.session.completed");
}

void session_pay_again(const struct cause *cause, const struct session *session,
                       const struct test_card *card, struct intent *out)
{
    begin_intent(cause, session, out);
    intent_try(cause, out, card);
}

void session_expire(const struct cause *cause, struct session *session)
{
    struct db *db = cause->web->writer;
    struct intent intent;
    assert(session->status != SESSION_COMPLETE);
    session->status = SESSION_EXPIRED;
    store(db, session);
    if (session->intent_id != NULL &&
        intent_find(db, cause->request->arena, session->intent_id, &intent))
        intent_cancel(cause, &intent, "automatic");
    tell(cause, session, "checkout.session.expired");
}

int session_expire_due(const struct cause *cause)
{
    struct session sessions[EXPIRE_MOST];
    int count = session_find_expired(cause->web->writer, cause->request->arena,
                                     clock_wall_ms(), EXPIRE_MOST, sessions);
    for (int i = 0; i < count; i++)
        session_expire(cause, &sessions[i]);
    return count;
}
