/* Intents in the gateway's book: see base/journal.h. */
#include "cgi-bin/gateway/base/journal.h"

/* In the order read_intent reads them. */
#define INTENT_COLUMNS                                                         \
    "intent_id, client_secret, amount_minor, refunded_minor, currency, "       \
    "status, payment_method, failed_method, charge_id, order_id, metadata, "   \
    "description, receipt_email, statement_descriptor_suffix, "                \
    "allow_redirects, capture_method, created_ms, "                            \
    "coalesce(charged_ms, created_ms), return_url, action_url, "               \
    "coalesce(canceled_ms, 0), cancellation_reason, "                          \
    "(SELECT dispute_id FROM disputes "                                        \
    "WHERE disputes.intent_id = intents.intent_id)"

static void read_intent(struct db_statement *s, struct arena *arena,
                        struct intent *out)
{
    *out = (struct intent){.id = db_text(s, 0, arena),
                           .client_secret = db_text(s, 1, arena),
                           .amount_minor = db_int(s, 2),
                           .refunded_minor = db_int(s, 3),
                           .currency = db_text(s, 4, arena),
                           .status = db_text(s, 5, arena),
                           .payment_method = db_text(s, 6, arena),
                           .failed_method = db_text(s, 7, arena),
                           .charge_id = db_text(s, 8, arena),
                           .order_id = db_text(s, 9, arena),
                           .metadata = db_text(s, 10, arena),
                           .description = db_text(s, 11, arena),
                           .receipt_email = db_text(s, 12, arena),
                           .statement_descriptor_suffix = db_text(s, 13, arena),
                           .allow_redirects = db_text(s, 14, arena),
                           .capture_method = db_text(s, 15, arena),
                           .created_ms = db_int(s, 16),
                           .charged_ms = db_int(s, 17),
                           .return_url = db_text(s, 18, arena),
                           .action_url = db_text(s, 19, arena),
                           .canceled_ms = db_int(s, 20),
                           .cancellation_reason = db_text(s, 21, arena),
                           .dispute_id = db_text(s, 22, arena)};
}

void journal_add_intent(struct db *db, const struct intent *intent)
{
    struct db_statement *s = db_sql(
        db, "INSERT INTO intents (sequence, intent_id, client_secret, "
            "amount_minor, currency, status, payment_method, order_id, "
            "metadata, description, receipt_email, "
            "statement_descriptor_suffix, allow_redirects, capture_method, "
            "created_ms, return_url) "
            "VALUES ((SELECT coalesce(max(sequence), 0) + 1 FROM intents), "
            "$1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, "
            "$15)");
    db_put_text(s, intent->id);
    db_put_text(s, intent->client_secret);
    db_put_int(s, intent->amount_minor);
    db_put_text(s, intent->currency);
    db_put_text(s, intent->status);
    db_put_text(s, intent->payment_method);
    db_put_text(s, intent->order_id);
    db_put_text(s, intent->metadata);
    db_put_text(s, intent->description);
    db_put_text(s, intent->receipt_email);
    db_put_text(s, intent->statement_descriptor_suffix);
    db_put_text(s, intent->allow_redirects);
    db_put_text(s, intent->capture_method);
    db_put_int(s, intent->created_ms);
    db_put_text(s, intent->return_url);
    db_run(s);
}

void journal_move_intent(struct db *db, const struct intent *intent)
{
    struct db_statement *s =
        db_sql(db, "UPDATE intents SET status = $1, payment_method = $2, "
                   "failed_method = $3, charge_id = $4, charged_ms = $5, "
                   "return_url = $6, action_url = $7, canceled_ms = $8, "
                   "cancellation_reason = $9 WHERE intent_id = $10");
    db_put_text(s, intent->status);
    db_put_text(s, intent->payment_method);
    db_put_text(s, intent->failed_method);
    db_put_text(s, intent->charge_id);
    db_put_int(s, intent->charged_ms);
    db_put_text(s, intent->return_url);
    db_put_text(s, intent->action_url);
    if (intent->canceled_ms == 0)
        db_put_null(s);
    else
        db_put_int(s, intent->canceled_ms);
    db_put_text(s, intent->cancellation_reason);
    db_put_text(s, intent->id);
    db_run(s);
}

static bool one_intent(struct db_statement *s, struct arena *arena,
                       struct intent *out)
{
    bool found = db_row(s);
    if (found)
        read_intent(s, arena, out);
    db_done(s);
    return found;
}

bool journal_intent(struct db *db, struct arena *arena, const char *id,
                    struct intent *out)
{
    struct db_statement *s = db_sql(db, "SELECT " INTENT_COLUMNS
                                        " FROM intents WHERE intent_id = $1");
    db_put_text(s, id);
    return one_intent(s, arena, out);
}

bool journal_intent_of_charge(struct db *db, struct arena *arena,
                              const char *charge_id, struct intent *out)
{
    struct db_statement *s = db_sql(db, "SELECT " INTENT_COLUMNS
                                        " FROM intents WHERE charge_id = $1");
    db_put_text(s, charge_id);
    return one_intent(s, arena, out);
}

bool journal_intent_place(struct db *db, const char *id,
                          struct journal_page *page)
{
    struct db_statement *s = db_sql(db, "SELECT created_ms, sequence "
                                        "FROM intents WHERE intent_id = $1");
    return journal_read_place(s, id, page);
}

int journal_intents(struct db *db, struct arena *arena,
                    const struct journal_page *page, struct intent *out)
{
    struct db_statement *s =
        db_sql(db, "SELECT " INTENT_COLUMNS " FROM intents "
                   "WHERE created_ms >= $1 AND created_ms <= $2 "
                   "AND (created_ms, sequence) < ($3, $4) "
                   "ORDER BY created_ms DESC, sequence DESC LIMIT $5");
    journal_put_page(s, page);
    int count = 0;
    while (db_row(s))
        read_intent(s, arena, &out[count++]);
    return count;
}
