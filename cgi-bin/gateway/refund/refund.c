/* Refunds and disputes in the gateway's book: see base/journal.h. */
#include "cgi-bin/gateway/base/journal.h"

#include <string.h>

/* In the order read_refund reads them. */
#define REFUND_COLUMNS                                                         \
    "r.refund_id, r.intent_id, i.charge_id, i.currency, r.amount_minor, "      \
    "r.reason, r.metadata, r.created_ms, r.status"

static void read_refund(struct db_statement *s, struct arena *arena,
                        struct refund *out)
{
    *out = (struct refund){.id = db_text(s, 0, arena),
                           .intent_id = db_text(s, 1, arena),
                           .charge_id = db_text(s, 2, arena),
                           .currency = db_text(s, 3, arena),
                           .amount_minor = db_int(s, 4),
                           .reason = db_text(s, 5, arena),
                           .metadata = db_text(s, 6, arena),
                           .created_ms = db_int(s, 7),
                           .status = db_text(s, 8, arena)};
}

void journal_add_refund(struct db *db, const struct refund *refund)
{
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
    db_put_text(s, refund->status);
    db_run(s);
    if (strcmp(refund->status, "failed") == 0)
        return;
    s = db_sql(db, "UPDATE intents SET refunded_minor = refunded_minor + $1 "
                   "WHERE intent_id = $2");
    db_put_int(s, refund->amount_minor);
    db_put_text(s, refund->intent_id);
    db_run(s);
}

bool journal_refund(struct db *db, struct arena *arena, const char *id,
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

bool journal_refund_place(struct db *db, const char *id,
                          struct journal_page *page)
{
    struct db_statement *s = db_sql(db, "SELECT created_ms, sequence "
                                        "FROM refunds WHERE refund_id = $1");
    return journal_read_place(s, id, page);
}

int journal_refunds(struct db *db, struct arena *arena, const char *intent_id,
                    const struct journal_page *page, struct refund *out)
{
    struct db_statement *s =
        db_sql(db, "SELECT " REFUND_COLUMNS " FROM refunds r "
                   "JOIN intents i ON i.intent_id = r.intent_id "
                   "WHERE r.created_ms >= $1 AND r.created_ms <= $2 "
                   "AND (r.created_ms, r.sequence) < ($3, $4) "
                   "AND (CAST($5 AS TEXT) = '' OR r.intent_id = $5) "
                   "ORDER BY r.created_ms DESC, r.sequence DESC LIMIT $6");
    journal_put_range(s, page);
    db_put_text(s, intent_id == NULL ? "" : intent_id);
    db_put_int(s, page->limit);
    int count = 0;
    while (db_row(s))
        read_refund(s, arena, &out[count++]);
    return count;
}

/* In the order read_dispute reads them. */
#define DISPUTE_COLUMNS                                                        \
    "d.dispute_id, d.intent_id, i.charge_id, i.amount_minor, i.currency, "     \
    "d.status, d.evidence, d.metadata, d.created_ms"

static void read_dispute(struct db_statement *s, struct arena *arena,
                         struct dispute *out)
{
    *out = (struct dispute){.id = db_text(s, 0, arena),
                            .intent_id = db_text(s, 1, arena),
                            .charge_id = db_text(s, 2, arena),
                            .amount_minor = db_int(s, 3),
                            .currency = db_text(s, 4, arena),
                            .status = db_text(s, 5, arena),
                            .evidence = db_text(s, 6, arena),
                            .metadata = db_text(s, 7, arena),
                            .created_ms = db_int(s, 8)};
}

void journal_add_dispute(struct db *db, const struct dispute *dispute)
{
    struct db_statement *s = db_sql(
        db, "INSERT INTO disputes (sequence, dispute_id, intent_id, status, "
            "metadata, created_ms) VALUES ((SELECT coalesce(max(sequence), 0) "
            "+ 1 FROM disputes), $1, $2, $3, $4, $5)");
    db_put_text(s, dispute->id);
    db_put_text(s, dispute->intent_id);
    db_put_text(s, dispute->status);
    db_put_text(s, dispute->metadata);
    db_put_int(s, dispute->created_ms);
    db_run(s);
}

void journal_move_dispute(struct db *db, const struct dispute *dispute)
{
    struct db_statement *s =
        db_sql(db, "UPDATE disputes SET status = $1, evidence = $2, "
                   "metadata = $3 WHERE dispute_id = $4");
    db_put_text(s, dispute->status);
    db_put_text(s, dispute->evidence);
    db_put_text(s, dispute->metadata);
    db_put_text(s, dispute->id);
    db_run(s);
}

bool journal_dispute(struct db *db, struct arena *arena, const char *id,
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

bool journal_dispute_place(struct db *db, const char *id,
                           struct journal_page *page)
{
    struct db_statement *s = db_sql(db, "SELECT created_ms, sequence "
                                        "FROM disputes WHERE dispute_id = $1");
    return journal_read_place(s, id, page);
}

int journal_disputes(struct db *db, struct arena *arena, const char *intent_id,
                     const struct journal_page *page, struct dispute *out)
{
    struct db_statement *s =
        db_sql(db, "SELECT " DISPUTE_COLUMNS " FROM disputes d "
                   "JOIN intents i ON i.intent_id = d.intent_id "
                   "WHERE d.created_ms >= $1 AND d.created_ms <= $2 "
                   "AND (d.created_ms, d.sequence) < ($3, $4) "
                   "AND (CAST($5 AS TEXT) = '' OR d.intent_id = $5) "
                   "ORDER BY d.created_ms DESC, d.sequence DESC LIMIT $6");
    journal_put_range(s, page);
    db_put_text(s, intent_id == NULL ? "" : intent_id);
    db_put_int(s, page->limit);
    int count = 0;
    while (db_row(s))
        read_dispute(s, arena, &out[count++]);
    return count;
}
