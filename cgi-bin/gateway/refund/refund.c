/* Refunds: see refund.h. */
#include "cgi-bin/gateway/refund/refund.h"

#include <assert.h>

static const char *const status_list[] = {"pending", "succeeded", "failed"};
const struct names refund_status_names = NAMES("refund's status", status_list);

/* In the order read_refund reads them. */
#define REFUND_COLUMNS                                                         \
    "r.refund_id, r.intent_id, i.currency, r.amount_minor, "                   \
    "r.reason, r.metadata, r.created_ms, r.status"

static void read_refund(struct db_statement *s, struct arena *arena,
                        struct refund *out)
{
    *out = (struct refund){
        .id = db_text(s, 0, arena),
        .intent_id = db_text(s, 1, arena),
        .currency = db_text(s, 2, arena),
        .amount_minor = db_int(s, 3),
        .reason = db_text(s, 4, arena),
        .metadata = db_text(s, 5, arena),
        .created_ms = db_int(s, 6),
        .status = (enum refund_status)db_value(s, 7, &refund_status_names)};
}

void refund_add(struct db *db, const struct refund *refund)
{
    assert(refund->amount_minor > 0);
    struct db_statement *s =
        db_sql(db, "INSERT INTO refunds (sequence, refund_id, intent_id, "
                   "amount_minor, reason, metadata, created_ms, status) "
                   "VALUES ((SELECT coalesce(max(sequence), 0) + 1 "
                   "FROM refunds), $1, $2, $3, $4, $5, $6, $7)");
    db_put_text(s, refund->id);
    db_put_text(s, refund->intent_id);
    db_put_int(s, refund->amount_minor);
    db_put_text(s, refund->reason);
    db_put_text(s, refund->metadata);
    db_put_int(s, refund->created_ms);
    db_put_name(s, &refund_status_names, refund->status);
    db_run(s);
    if (refund->status == REFUND_FAILED)
        return;
    s = db_sql(db, "UPDATE intents SET refunded_minor = refunded_minor + $1 "
                   "WHERE intent_id = $2");
    db_put_int(s, refund->amount_minor);
    db_put_text(s, refund->intent_id);
    db_run(s);
}

bool refund_find(struct db *db, struct arena *arena, const char *id,
                 struct refund *out)
{
    struct db_statement *s =
        db_sql(db, "SELECT " REFUND_COLUMNS " FROM refunds r JOIN intents i "
                   "ON i.intent_id = r.intent_id WHERE r.refund_id = $1");
    db_put_text(s, id);
    bool found = db_row(s);
    if (found)
        read_refund(s, arena, out);
    db_done(s);
    return found;
}

int refund_find_page(struct db *db, struct arena *arena, const char *intent_id,
                     const struct listing_page *page, struct refund *out)
{
    struct db_statement *s =
        db_sql(db, "SELECT " REFUND_COLUMNS " FROM refunds r "
                   "JOIN intents i ON i.intent_id = r.intent_id "
                   "WHERE r.created_ms >= $1 AND r.created_ms <= $2 "
                   "AND (r.created_ms, r.sequence) < ($3, $4) "
                   "AND (CAST($5 AS TEXT) = '' OR r.intent_id = $5) "
                   "ORDER BY r.created_ms DESC, r.sequence DESC LIMIT $6");
    listing_put_range(s, page);
    db_put_text(s, intent_id == NULL ? "" : intent_id);
    db_put_int(s, page->limit);
    int count = 0;
    while (db_row(s))
        read_refund(s, arena, &out[count++]);
    return count;
}

void refund_put(struct json_writer *w, const struct refund *refund,
                const struct intent *intent, unsigned expand)
{
    json_open(w, '{');
    json_string_member(w, "id", refund->id);
    json_string_member(w, "object", "refund");
    json_int_member(w, "amount", refund->amount_minor);
    stripe_null_member(w, "balance_transaction");
    intent_put_ids(w, intent, expand);
    json_int_member(w, "created", refund->created_ms / 1000);
    json_string_member(w, "currency", refund->currency);
    if (refund->status == REFUND_FAILED)
        json_string_member(w, "failure_reason", "expired_or_canceled_card");
    stripe_raw_member(w, "metadata", refund->metadata);
    json_string_member(w, "reason", refund->reason);
    stripe_null_member(w, "receipt_number");
    json_string_member(w, "status",
                       names_of(&refund_status_names, refund->status));
    json_close(w, '}');
}
