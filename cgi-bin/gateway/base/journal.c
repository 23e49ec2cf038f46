/* The schema, and how an older one is brought up: see journal.h. */
#include "cgi-bin/gateway/base/journal.h"

static const char tables[] =
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
    "    'requires_confirmation', 'requires_action', 'succeeded',"
    "    'canceled')),"
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
    "  charged_ms INTEGER,"
    "  return_url TEXT,"
    "  action_url TEXT,"
    "  canceled_ms INTEGER,"
    "  cancellation_reason TEXT,"
    "  charge_metadata TEXT,"
    "  charge_description TEXT,"
    "  CHECK (status <> 'succeeded' OR"
    "    (charge_id IS NOT NULL AND payment_method IS NOT NULL)),"
    "  CHECK ((status = 'canceled') = (canceled_ms IS NOT NULL)),"
    "  CHECK (status = 'succeeded' OR refunded_minor = 0)"
    ") STRICT;"
    "CREATE TABLE IF NOT EXISTS refunds ("
    "  sequence INTEGER PRIMARY KEY,"
    "  refund_id TEXT NOT NULL UNIQUE,"
    "  intent_id TEXT NOT NULL REFERENCES intents (intent_id),"
    "  amount_minor INTEGER NOT NULL CHECK (amount_minor > 0),"
    "  reason TEXT CHECK (reason IN ('duplicate', 'fraudulent',"
    "    'requested_by_customer')),"
    "  metadata TEXT NOT NULL,"
    "  created_ms INTEGER NOT NULL,"
    "  status TEXT NOT NULL DEFAULT 'succeeded'"
    "    CHECK (status IN ('pending', 'succeeded', 'failed'))"
    ") STRICT;"
    "CREATE TABLE IF NOT EXISTS disputes ("
    "  sequence INTEGER PRIMARY KEY,"
    "  dispute_id TEXT NOT NULL UNIQUE,"
    "  intent_id TEXT NOT NULL UNIQUE REFERENCES intents (intent_id),"
    "  status TEXT NOT NULL CHECK (status IN ('needs_response',"
    "    'under_review', 'won', 'lost')),"
    "  evidence TEXT,"
    "  metadata TEXT NOT NULL,"
    "  created_ms INTEGER NOT NULL"
    ") STRICT;"
    "CREATE TABLE IF NOT EXISTS sessions ("
    "  sequence INTEGER PRIMARY KEY,"
    "  session_id TEXT NOT NULL UNIQUE,"
    "  intent_id TEXT UNIQUE REFERENCES intents (intent_id),"
    "  status TEXT NOT NULL"
    "    CHECK (status IN ('open', 'complete', 'expired')),"
    "  amount_minor INTEGER NOT NULL"
    "    CHECK (amount_minor BETWEEN 1 AND 99999999),"
    "  currency TEXT NOT NULL,"
    "  line_items TEXT NOT NULL,"
    "  url TEXT NOT NULL,"
    "  success_url TEXT NOT NULL,"
    "  cancel_url TEXT,"
    "  customer_email TEXT,"
    "  client_reference_id TEXT,"
    "  metadata TEXT NOT NULL,"
    "  intent_metadata TEXT NOT NULL,"
    "  intent_order_id TEXT,"
    "  intent_description TEXT,"
    "  created_ms INTEGER NOT NULL,"
    "  expires_ms INTEGER NOT NULL,"
    "  CHECK (status <> 'complete' OR intent_id IS NOT NULL)"
    ") STRICT;"
    "CREATE TABLE IF NOT EXISTS events ("
    "  sequence INTEGER PRIMARY KEY,"
    "  event_id TEXT NOT NULL UNIQUE,"
    "  type TEXT NOT NULL,"
    "  object TEXT NOT NULL,"
    "  request_id TEXT,"
    "  idempotency_key TEXT,"
    "  created_ms INTEGER NOT NULL"
    ") STRICT;"
    "CREATE TABLE IF NOT EXISTS webhook_endpoints ("
    "  sequence INTEGER PRIMARY KEY,"
    "  endpoint_id TEXT NOT NULL UNIQUE,"
    "  url TEXT NOT NULL,"
    "  enabled_events TEXT NOT NULL,"
    "  secret TEXT NOT NULL,"
    "  status TEXT NOT NULL CHECK (status IN ('enabled', 'disabled')),"
    "  description TEXT,"
    "  metadata TEXT NOT NULL,"
    "  created_ms INTEGER NOT NULL"
    ") STRICT;"
    "CREATE TABLE IF NOT EXISTS deliveries ("
    "  delivery_id INTEGER PRIMARY KEY,"
    "  event_id TEXT NOT NULL REFERENCES events (event_id)"
    "    ON DELETE CASCADE,"
    "  endpoint_id TEXT NOT NULL REFERENCES webhook_endpoints (endpoint_id)"
    "    ON DELETE CASCADE,"
    "  due_ms INTEGER NOT NULL,"
    "  calls INTEGER NOT NULL DEFAULT 0,"
    "  status TEXT NOT NULL DEFAULT 'due'"
    "    CHECK (status IN ('due', 'done', 'failed')),"
    "  last_status INTEGER,"
    "  last_error TEXT"
    ") STRICT;"
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

static const char indexes[] =
    "CREATE INDEX IF NOT EXISTS intents_by_order ON intents (order_id)"
    "  WHERE order_id IS NOT NULL;"
    "CREATE INDEX IF NOT EXISTS intents_by_age"
    "  ON intents (created_ms, sequence);"
    "CREATE INDEX IF NOT EXISTS refunds_by_intent ON refunds (intent_id);"
    "CREATE INDEX IF NOT EXISTS refunds_by_age"
    "  ON refunds (created_ms, sequence);"
    "CREATE INDEX IF NOT EXISTS disputes_by_age"
    "  ON disputes (created_ms, sequence);"
    "CREATE INDEX IF NOT EXISTS sessions_by_age"
    "  ON sessions (created_ms, sequence);"
    "CREATE INDEX IF NOT EXISTS sessions_open ON sessions (expires_ms)"
    "  WHERE status = 'open';"
    "CREATE INDEX IF NOT EXISTS events_by_age"
    "  ON events (created_ms, sequence);"
    "CREATE INDEX IF NOT EXISTS deliveries_due"
    "  ON deliveries (endpoint_id, due_ms) WHERE status = 'due';"
    "CREATE INDEX IF NOT EXISTS deliveries_by_event ON deliveries (event_id);"
    "CREATE INDEX IF NOT EXISTS deliveries_by_endpoint"
    "  ON deliveries (endpoint_id);";

/* The first version had these two tables and its keys, in narrower shapes.
 * They are renamed first, so that the new refunds refer to the new intents. */
static const char set_aside[] = "DROP INDEX intents_by_order;"
                                "DROP INDEX intents_by_age;"
                                "DROP INDEX refunds_by_intent;"
                                "ALTER TABLE intents RENAME TO intents_1;"
                                "ALTER TABLE refunds RENAME TO refunds_1;";

static const char take_over[] =
    "INSERT INTO intents (sequence, intent_id, client_secret, amount_minor,"
    "  refunded_minor, currency, status, payment_method, failed_method,"
    "  charge_id, order_id, metadata, description, receipt_email,"
    "  statement_descriptor_suffix, allow_redirects, capture_method,"
    "  created_ms, charged_ms)"
    "  SELECT sequence, intent_id, client_secret, amount_minor,"
    "  refunded_minor, currency, status, payment_method, failed_method,"
    "  charge_id, order_id, metadata, description, receipt_email,"
    "  statement_descriptor_suffix, allow_redirects, capture_method,"
    "  created_ms, CASE WHEN charge_id IS NOT NULL THEN created_ms END"
    "  FROM intents_1;"
    "INSERT INTO refunds (sequence, refund_id, intent_id, amount_minor,"
    "  reason, metadata, created_ms)"
    "  SELECT rowid, refund_id, intent_id, amount_minor, reason, metadata,"
    "  created_ms FROM refunds_1;"
    "DROP TABLE refunds_1;"
    "DROP TABLE intents_1;";

/* Before an intent could be changed, its charge had the same. */
static const char add_columns[] =
    "ALTER TABLE intents ADD COLUMN charge_metadata TEXT;"
    "ALTER TABLE intents ADD COLUMN charge_description TEXT;";

static const char fill_charges[] =
    "UPDATE intents SET charge_metadata = metadata,"
    "  charge_description = description WHERE charge_id IS NOT NULL;";

static bool has_column(struct db *db, const char *table, const char *name)
{
    struct db_statement *s =
        db_sql(db, "SELECT 1 FROM pragma_table_info($1) WHERE name = $2");
    db_put_text(s, table);
    db_put_text(s, name);
    return db_found(s);
}

void journal_create(struct db *db)
{
    bool first_version =
        db_has_table(db, "intents") && !db_has_table(db, "sessions");
    bool old_charges = db_has_table(db, "intents") &&
                       !has_column(db, "intents", "charge_metadata");
    if (first_version)
        db_script(db, set_aside);
    db_script(db, tables);
    if (first_version)
        db_script(db, take_over);
    else if (old_charges)
        db_script(db, add_columns);
    if (old_charges)
        db_script(db, fill_charges);
    db_script(db, indexes);
}

void journal_thin(struct db *db, int64_t now_ms)
{
    struct db_statement *s =
        db_sql(db, "DELETE FROM idempotency_keys WHERE created_ms <= $1");
    db_put_int(s, now_ms - JOURNAL_KEY_LIFETIME_MS);
    db_run(s);
    s = db_sql(db, "DELETE FROM events WHERE created_ms < $1");
    db_put_int(s, now_ms - JOURNAL_EVENT_LIFETIME_MS);
    db_run(s);
}
