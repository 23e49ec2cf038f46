/* The gateway's book: see journal.h. Called by the handlers, and once at the
 * program's start. */
#include "cgi-bin/gateway/journal.h"

static const char schema[] =
    "CREATE TABLE IF NOT EXISTS intents ("
    "  sequence INTEGER PRIMARY KEY,"
    "  intent_id TEXT NOT NULL UNIQUE,"
    "  client_secret TEXT NOT NULL,"
    "  amount_minor INTEGER NOT NULL"
    "    CHECK (amount_minor BETWEEN 1 AND 99999999),"
    "  refunded_minor INTEGER NOT NULL DEFAULT 0"
    "    CHECK (refunded_minor BETWEEN 0 AND amount_minor),"
    "  currency TEXT NOT NULL"
    "    CHECK (length(currency) = 3 AND currency = lower(currency)),"
    "  status TEXT NOT NULL CHECK (status IN ('requires_payment_method',"
    "    'requires_confirmation', 'succeeded')),"
    "  payment_method TEXT,"
    "  failed_method TEXT,"
    "  charge_id TEXT UNIQUE,"
    "  order_id TEXT,"
    "  metadata TEXT NOT NULL,"
    "  description TEXT,"
    "  receipt_email TEXT,"
    "  statement_descriptor_suffix TEXT,"
    "  allow_redirects TEXT CHECK (allow_redirects IN ('always', 'never')),"
    "  capture_method TEXT NOT NULL"
    "    CHECK (capture_method IN ('automatic', 'automatic_async')),"
    "  created_ms INTEGER NOT NULL,"
    "  CHECK (status <> 'succeeded' OR"
    "    (charge_id IS NOT NULL AND payment_method IS NOT NULL)),"
    "  CHECK (status = 'succeeded' OR refunded_minor = 0)"
    ") STRICT;"
    "CREATE INDEX IF NOT EXISTS intents_by_order ON intents (order_id)"
    "  WHERE order_id IS NOT NULL;"
    "CREATE INDEX IF NOT EXISTS intents_by_age"
    "  ON intents (created_ms, sequence);"
    "CREATE TABLE IF NOT EXISTS refunds ("
    "  refund_id TEXT PRIMARY KEY,"
    "  intent_id TEXT NOT NULL REFERENCES intents (intent_id),"
    "  amount_minor INTEGER NOT NULL CHECK (amount_minor > 0),"
    "  reason TEXT CHECK (reason IN ('duplicate', 'fraudulent',"
    "    'requested_by_customer')),"
    "  metadata TEXT NOT NULL,"
    "  created_ms INTEGER NOT NULL"
    ") STRICT;"
    "CREATE INDEX IF NOT EXISTS refunds_by_intent ON refunds (intent_id);"
    "CREATE TABLE IF NOT EXISTS idempotency_keys ("
    "  idempotency_key TEXT PRIMARY KEY"
    "    CHECK (length(idempotency_key) BETWEEN 1 AND 255),"
    "  path TEXT NOT NULL,"
    "  fingerprint TEXT NOT NULL,"
    "  status INTEGER,"
    "  body TEXT,"
    "  created_ms INTEGER NOT NULL,"
    "  CHECK ((status IS NULL) = (body IS NULL))"
    ") STRICT;";

/* In the order read_intent reads them. */
#define INTENT_COLUMNS                                                         \
    "intent_id, client_secret, amount_minor, refunded_minor, currency, "       \
    "status, payment_method, failed_method, charge_id, order_id, metadata, "   \
    "description, receipt_email, statement_descriptor_suffix, "                \
    "allow_redirects, capture_method, created_ms"

void journal_create(struct db *db)
{
    db_script(db, schema);
}

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
                           .created_ms = db_int(s, 16)};
}

void journal_add_intent(struct db *db, const struct intent *intent)
{
    struct db_statement *s = db_sql(
        db, "INSERT INTO intents (sequence, intent_id, client_secret, "
            "amount_minor, currency, status, payment_method, failed_method, "
            "charge_id, order_id, metadata, description, receipt_email, "
            "statement_descriptor_suffix, allow_redirects, capture_method, "
            "created_ms) "
            "VALUES ((SELECT coalesce(max(sequence), 0) + 1 FROM intents), "
            "$1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, "
            "$15, $16)");
    db_put_text(s, intent->id);
    db_put_text(s, intent->client_secret);
    db_put_int(s, intent->amount_minor);
    db_put_text(s, intent->currency);
    db_put_text(s, intent->status);
    db_put_text(s, intent->payment_method);
    db_put_text(s, intent->failed_method);
    db_put_text(s, intent->charge_id);
    db_put_text(s, intent->order_id);
    db_put_text(s, intent->metadata);
    db_put_text(s, intent->description);
    db_put_text(s, intent->receipt_email);
    db_put_text(s, intent->statement_descriptor_suffix);
    db_put_text(s, intent->allow_redirects);
    db_put_text(s, intent->capture_method);
    db_put_int(s, intent->created_ms);
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

static int read_intents(struct db_statement *s, struct arena *arena,
                        struct intent *out)
{
    int count = 0;
    while (db_row(s))
        read_intent(s, arena, &out[count++]);
    return count;
}

int journal_intents(struct db *db, struct arena *arena, int64_t since_ms,
                    const char *after, int limit, struct intent *out)
{
    struct db_statement *s;
    if (after == NULL) {
        s = db_sql(db, "SELECT " INTENT_COLUMNS " FROM intents "
                       "WHERE created_ms >= $1 "
                       "ORDER BY created_ms DESC, sequence DESC LIMIT $2");
        db_put_int(s, since_ms);
    } else {
        s = db_sql(db, "SELECT " INTENT_COLUMNS " FROM intents "
                       "WHERE created_ms >= $1 AND (created_ms, sequence) < "
                       "(SELECT created_ms, sequence FROM intents "
                       "WHERE intent_id = $2) "
                       "ORDER BY created_ms DESC, sequence DESC LIMIT $3");
        db_put_int(s, since_ms);
        db_put_text(s, after);
    }
    db_put_int(s, limit);
    return read_intents(s, arena, out);
}

void journal_add_refund(struct db *db, const struct refund *refund)
{
    struct db_statement *s =
        db_sql(db, "INSERT INTO refunds (refund_id, intent_id, amount_minor, "
                   "reason, metadata, created_ms) "
                   "VALUES ($1, $2, $3, $4, $5, $6)");
    db_put_text(s, refund->id);
    db_put_text(s, refund->intent_id);
    db_put_int(s, refund->amount_minor);
    db_put_text(s, refund->reason);
    db_put_text(s, refund->metadata);
    db_put_int(s, refund->created_ms);
    db_run(s);
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
        db_sql(db, "SELECT r.refund_id, r.intent_id, i.charge_id, i.currency, "
                   "r.amount_minor, r.reason, r.metadata, r.created_ms "
                   "FROM refunds r JOIN intents i ON i.intent_id = r.intent_id "
                   "WHERE r.refund_id = $1");
    db_put_text(s, id);
    bool found = db_row(s);
    if (found)
        *out = (struct refund){.id = db_text(s, 0, arena),
                               .intent_id = db_text(s, 1, arena),
                               .charge_id = db_text(s, 2, arena),
                               .currency = db_text(s, 3, arena),
                               .amount_minor = db_int(s, 4),
                               .reason = db_text(s, 5, arena),
                               .metadata = db_text(s, 6, arena),
                               .created_ms = db_int(s, 7)};
    db_done(s);
    return found;
}

bool journal_answer(struct db *db, struct arena *arena, const char *key,
                    int64_t since_ms, struct saved_answer *out)
{
    struct db_statement *s =
        db_sql(db, "SELECT path, fingerprint, coalesce(status, 0), body "
                   "FROM idempotency_keys "
                   "WHERE idempotency_key = $1 AND created_ms > $2");
    db_put_text(s, key);
    db_put_int(s, since_ms);
    bool found = db_row(s);
    if (found)
        *out = (struct saved_answer){.path = db_text(s, 0, arena),
                                     .fingerprint = db_text(s, 1, arena),
                                     .status = (int)db_int(s, 2),
                                     .body = db_text(s, 3, arena)};
    db_done(s);
    return found;
}

void journal_save_answer(struct db *db, const char *key,
                         const struct saved_answer *answer, int64_t now_ms)
{
    struct db_statement *s =
        db_sql(db, "INSERT INTO idempotency_keys (idempotency_key, path, "
                   "fingerprint, status, body, created_ms) "
                   "VALUES ($1, $2, $3, $4, $5, $6) "
                   "ON CONFLICT (idempotency_key) DO UPDATE SET "
                   "path = excluded.path, fingerprint = excluded.fingerprint, "
                   "status = excluded.status, body = excluded.body, "
                   "created_ms = excluded.created_ms");
    db_put_text(s, key);
    db_put_text(s, answer->path);
    db_put_text(s, answer->fingerprint);
    if (answer->status == 0)
        db_put_null(s);
    else
        db_put_int(s, answer->status);
    db_put_text(s, answer->body);
    db_put_int(s, now_ms);
    db_run(s);
}
