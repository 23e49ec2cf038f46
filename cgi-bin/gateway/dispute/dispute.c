/* Disputes: see dispute.h. */
#include "cgi-bin/gateway/dispute/dispute.h"

#include <assert.h>

#include "lib/base/time/clock.h"

enum { OBJECT_SIZE = 1024 };

static const char *const status_list[] = {"needs_response", "under_review",
                                          "won", "lost"};
const struct names dispute_status_names =
    NAMES("dispute's status", status_list);

/* In the order read_dispute reads them. */
#define DISPUTE_COLUMNS                                                        \
    "d.dispute_id, d.intent_id, i.amount_minor, i.currency, d.status, "        \
    "d.evidence, d.metadata, d.created_ms"

static void read_dispute(struct db_statement *s, struct arena *arena,
                         struct dispute *out)
{
    *out = (struct dispute){
        .id = db_text(s, 0, arena),
        .intent_id = db_text(s, 1, arena),
        .amount_minor = db_int(s, 2),
        .currency = db_text(s, 3, arena),
        .status = (enum dispute_status)db_value(s, 4, &dispute_status_names),
        .evidence = db_text(s, 5, arena),
        .metadata = db_text(s, 6, arena),
        .created_ms = db_int(s, 7)};
}

static void add(struct db *db, const struct dispute *dispute)
{
    struct db_statement *s = db_sql(
        db, "INSERT INTO disputes (sequence, dispute_id, intent_id, status, "
            "metadata, created_ms) VALUES ((SELECT coalesce(max(sequence), 0) "
            "+ 1 FROM disputes), $1, $2, $3, $4, $5)");
    db_put_text(s, dispute->id);
    db_put_text(s, dispute->intent_id);
    db_put_name(s, &dispute_status_names, dispute->status);
    db_put_text(s, dispute->metadata);
    db_put_int(s, dispute->created_ms);
    db_run(s);
}

void dispute_store(struct db *db, const struct dispute *dispute)
{
    struct db_statement *s =
        db_sql(db, "UPDATE disputes SET status = $1, evidence = $2, "
                   "metadata = $3 WHERE dispute_id = $4");
    db_put_name(s, &dispute_status_names, dispute->status);
    db_put_text(s, dispute->evidence);
    db_put_text(s, dispute->metadata);
    db_put_text(s, dispute->id);
    db_run(s);
}

bool dispute_find(struct db *db, struct arena *arena, const char *id,
                  struct dispute *out)
{
    struct db_statement *s =
        db_sql(db, "SELECT " DISPUTE_COLUMNS " FROM disputes d JOIN intents i "
                   "ON i.intent_id = d.intent_id WHERE d.dispute_id = $1");
    db_put_text(s, id);
    bool found = db_row(s);
    if (found)
        read_dispute(s, arena, out);
    db_done(s);
    return found;
}

int dispute_find_page(struct db *db, struct arena *arena, const char *intent_id,
                      const struct listing_page *page, struct dispute *out)
{
    struct db_statement *s =
        db_sql(db, "SELECT " DISPUTE_COLUMNS " FROM disputes d "
                   "JOIN intents i ON i.intent_id = d.intent_id "
                   "WHERE d.created_ms >= $1 AND d.created_ms <= $2 "
                   "AND (d.created_ms, d.sequence) < ($3, $4) "
                   "AND (CAST($5 AS TEXT) = '' OR d.intent_id = $5) "
                   "ORDER BY d.created_ms DESC, d.sequence DESC LIMIT $6");
    listing_put_range(s, page);
    db_put_text(s, intent_id == NULL ? "" : intent_id);
    db_put_int(s, page->limit);
    int count = 0;
    while (db_row(s))
        read_dispute(s, arena, &out[count++]);
    return count;
}

void dispute_put(struct json_writer *w, const struct dispute *dispute,
                 const struct intent *intent, unsigned expand)
{
    json_open(w, '{');
    json_string_member(w, "id", dispute->id);
    json_string_member(w, "object", "dispute");
    json_int_member(w, "amount", dispute->amount_minor);
    stripe_raw_member(w, "balance_transactions", "[]");
    intent_put_ids(w, intent, expand);
    json_int_member(w, "created", dispute->created_ms / 1000);
    json_string_member(w, "currency", dispute->currency);
    json_key(w, "evidence");
    json_open(w, '{');
    json_string_member(w, "uncategorized_text", dispute->evidence);
    json_close(w, '}');
    stripe_raw_member(w, "is_charge_refundable", "false");
    stripe_raw_member(w, "livemode", "false");
    stripe_raw_member(w, "metadata", dispute->metadata);
    json_string_member(w, "reason", "fraudulent");
    json_string_member(w, "status",
                       names_of(&dispute_status_names, dispute->status));
    json_close(w, '}');
}

void dispute_tell(const struct cause *cause, const struct dispute *dispute,
                  const struct intent *intent, const char *type)
{
    struct text text = text_create(cause->request->arena, OBJECT_SIZE);
    struct json_writer w = json_writer(&text);
    dispute_put(&w, dispute, intent, 0);
    event_emit(cause, type, text.bytes);
}

void dispute_begin(const struct cause *cause, struct intent *intent)
{
    assert(intent->status == INTENT_SUCCEEDED && intent->dispute_id == NULL);
    const struct dispute dispute = {.id =
                                        stripe_id(cause->request->arena, "du_"),
                                    .intent_id = intent->id,
                                    .amount_minor = intent->amount_minor,
                                    .currency = intent->currency,
                                    .status = DISPUTE_NEEDS_RESPONSE,
                                    .metadata = "{}",
                                    .created_ms = clock_wall_ms()};
    add(cause->web->writer, &dispute);
    intent->dispute_id = dispute.id;
    dispute_tell(cause, &dispute, intent, "charge.dispute.created");
    dispute_tell(cause, &dispute, intent, "charge.dispute.funds_withdrawn");
}
