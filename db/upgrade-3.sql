-- From version 2 to 3: the gateway's hosted page and webhooks, payments by
-- hand, refunds by staff, credit notes, reconciliation. Run inside the
-- transaction of `ordermill init`. Charges that are under way go on; receipts
-- made before have no number.

ALTER TABLE stock_entries ADD COLUMN refund_id TEXT NOT NULL DEFAULT '';
DROP INDEX stock_entries_once;
CREATE UNIQUE INDEX stock_entries_once
    ON stock_entries (order_id, sku, reason, round, refund_id)
    WHERE order_id IS NOT NULL;

ALTER TABLE payment_attempts ADD COLUMN kind TEXT NOT NULL DEFAULT 'token'
    CHECK (kind IN ('token', 'hosted', 'manual'));
ALTER TABLE payment_attempts ADD COLUMN step TEXT NOT NULL DEFAULT 'ask'
    CHECK (step IN ('ask', 'look', 'wait', 'close'));
ALTER TABLE payment_attempts ADD COLUMN misses INTEGER NOT NULL DEFAULT 0;
ALTER TABLE payment_attempts ADD COLUMN session_id TEXT;
ALTER TABLE payment_attempts ADD COLUMN payment_url TEXT;
ALTER TABLE payment_attempts ADD COLUMN closes_boot_ms INTEGER;
ALTER TABLE payment_attempts ADD COLUMN closes_at_ms INTEGER;
ALTER TABLE payment_attempts ADD COLUMN note TEXT;
ALTER TABLE payment_attempts ADD COLUMN untold INTEGER NOT NULL DEFAULT 0
    CHECK (untold IN (0, 1));
ALTER TABLE payment_attempts ADD COLUMN seen_run INTEGER NOT NULL DEFAULT 0;
CREATE INDEX payment_attempts_untold ON payment_attempts (untold)
    WHERE untold = 1;
CREATE INDEX payment_attempts_by_intent ON payment_attempts (intent_id)
    WHERE intent_id IS NOT NULL;
CREATE INDEX payment_attempts_by_session ON payment_attempts (session_id)
    WHERE session_id IS NOT NULL;
CREATE INDEX payment_attempts_by_age ON payment_attempts (created_at_ms);

ALTER TABLE refunds ADD COLUMN requested_by TEXT;
ALTER TABLE refunds ADD COLUMN restock INTEGER NOT NULL DEFAULT 0
    CHECK (restock IN (0, 1));
ALTER TABLE refunds ADD COLUMN refusals INTEGER NOT NULL DEFAULT 0;
ALTER TABLE refunds ADD COLUMN gateway_id TEXT;
CREATE INDEX refunds_by_intent ON refunds (intent_id);
CREATE INDEX refunds_by_gateway_id ON refunds (gateway_id)
    WHERE gateway_id IS NOT NULL;
CREATE TABLE refund_lines (
    refund_id TEXT NOT NULL REFERENCES refunds,
    sku TEXT NOT NULL REFERENCES variants,
    quantity INTEGER NOT NULL CHECK (quantity > 0),
    PRIMARY KEY (refund_id, sku)
) STRICT, WITHOUT ROWID;

-- A refund's entry did not say of which charge; its order's newest before it
-- is the only one an order could have then, but for redriven ones.
CREATE TABLE payment_entries_3 (
    entry_id INTEGER PRIMARY KEY,
    order_id TEXT NOT NULL REFERENCES orders (order_id),
    kind TEXT NOT NULL CHECK (kind IN ('charge', 'refund', 'refund_reversal',
        'dispute', 'dispute_reversal')),
    amount_minor INTEGER NOT NULL CHECK (amount_minor >= 0),
    gateway_id TEXT NOT NULL UNIQUE,
    intent_id TEXT NOT NULL,
    round INTEGER NOT NULL DEFAULT 0,
    created_at_ms INTEGER NOT NULL
) STRICT;
INSERT INTO payment_entries_3 (entry_id, order_id, kind, amount_minor,
    gateway_id, intent_id, round, created_at_ms)
SELECT entry_id, order_id, kind, amount_minor, gateway_id,
    CASE WHEN kind = 'charge' THEN gateway_id ELSE COALESCE((SELECT c.gateway_id
        FROM payment_entries c WHERE c.order_id = p.order_id
        AND c.kind = 'charge' AND c.entry_id < p.entry_id
        ORDER BY c.entry_id DESC LIMIT 1), '') END, round, created_at_ms
FROM payment_entries p;
DROP TABLE payment_entries;
ALTER TABLE payment_entries_3 RENAME TO payment_entries;
CREATE UNIQUE INDEX payment_entries_one_charge
    ON payment_entries (order_id, round) WHERE kind = 'charge';
CREATE INDEX payment_entries_by_order ON payment_entries (order_id);
CREATE INDEX payment_entries_by_intent ON payment_entries (intent_id);
CREATE TRIGGER payment_entries_fixed BEFORE UPDATE ON payment_entries
BEGIN SELECT RAISE(ABORT, 'the payment ledger is append-only'); END;
CREATE TRIGGER payment_entries_kept BEFORE DELETE ON payment_entries
BEGIN SELECT RAISE(ABORT, 'the payment ledger is append-only'); END;

CREATE TABLE webhook_events (
    sequence INTEGER PRIMARY KEY,
    event_id TEXT NOT NULL UNIQUE,
    type TEXT NOT NULL,
    body TEXT NOT NULL,
    status TEXT NOT NULL DEFAULT 'due' CHECK (status IN ('due', 'applied',
        'parked', 'ignored', 'failed')),
    message TEXT,
    order_id TEXT,
    calls INTEGER NOT NULL DEFAULT 0,
    crashes INTEGER NOT NULL DEFAULT 0,
    due_boot_ms INTEGER NOT NULL DEFAULT 0,
    created_at_ms INTEGER NOT NULL,
    received_at_ms INTEGER NOT NULL,
    applied_at_ms INTEGER
) STRICT;
CREATE INDEX webhook_events_due ON webhook_events (due_boot_ms, sequence)
    WHERE status IN ('due', 'parked');
CREATE INDEX webhook_events_by_age ON webhook_events (received_at_ms);
CREATE INDEX webhook_events_by_status ON webhook_events (status, sequence);

CREATE TABLE reconciliations (
    run INTEGER PRIMARY KEY,
    status TEXT NOT NULL
        CHECK (status IN ('due', 'running', 'done', 'failed')),
    asked_by TEXT NOT NULL,
    since_ms INTEGER NOT NULL,
    seen INTEGER NOT NULL DEFAULT 0,
    settled INTEGER NOT NULL DEFAULT 0,
    message TEXT,
    created_at_ms INTEGER NOT NULL,
    ended_at_ms INTEGER
) STRICT;
CREATE INDEX reconciliations_open ON reconciliations (status)
    WHERE status IN ('due', 'running');

CREATE TABLE findings (
    finding_id INTEGER PRIMARY KEY,
    kind TEXT NOT NULL,
    reference TEXT NOT NULL,
    order_id TEXT REFERENCES orders (order_id),
    amount_minor INTEGER,
    detail TEXT NOT NULL,
    at_ms INTEGER NOT NULL,
    last_run INTEGER NOT NULL,
    created_at_ms INTEGER NOT NULL,
    settled_at_ms INTEGER,
    UNIQUE (kind, reference)
) STRICT;
CREATE INDEX findings_open ON findings (finding_id)
    WHERE settled_at_ms IS NULL;

CREATE TABLE order_origins (
    order_id TEXT PRIMARY KEY REFERENCES orders (order_id),
    address TEXT NOT NULL,
    form TEXT,
    created_at_ms INTEGER NOT NULL,
    charged INTEGER NOT NULL DEFAULT 0 CHECK (charged IN (0, 1))
) STRICT, WITHOUT ROWID;
CREATE INDEX order_origins_by_age ON order_origins (created_at_ms);
CREATE INDEX order_origins_not_charged
    ON order_origins (address, created_at_ms) WHERE charged = 0;
CREATE TABLE charge_outcomes (
    outcome_id INTEGER PRIMARY KEY,
    subject TEXT NOT NULL,
    declined INTEGER NOT NULL CHECK (declined IN (0, 1)),
    created_at_ms INTEGER NOT NULL
) STRICT;
CREATE INDEX charge_outcomes_by_subject
    ON charge_outcomes (subject, created_at_ms);
CREATE INDEX charge_outcomes_by_age ON charge_outcomes (created_at_ms);

CREATE TABLE receipts_3 (
    order_id TEXT NOT NULL REFERENCES orders (order_id),
    charge_id TEXT NOT NULL,
    number INTEGER UNIQUE,
    file TEXT NOT NULL UNIQUE,
    sha256 TEXT,
    created_at_ms INTEGER NOT NULL,
    PRIMARY KEY (order_id, charge_id)
) STRICT, WITHOUT ROWID;
INSERT INTO receipts_3 (order_id, charge_id, file, sha256, created_at_ms)
SELECT order_id, COALESCE((SELECT gateway_id FROM payment_entries p
    WHERE p.order_id = receipts.order_id AND p.kind = 'charge'
    ORDER BY p.entry_id DESC LIMIT 1), ''), file, sha256, created_at_ms
FROM receipts;
DROP TABLE receipts;
ALTER TABLE receipts_3 RENAME TO receipts;
CREATE INDEX receipts_unmade ON receipts (order_id) WHERE sha256 IS NULL;

CREATE TABLE credit_notes (
    number INTEGER PRIMARY KEY,
    refund_id TEXT NOT NULL UNIQUE REFERENCES refunds,
    order_id TEXT NOT NULL REFERENCES orders (order_id),
    file TEXT NOT NULL UNIQUE,
    sha256 TEXT,
    calls INTEGER NOT NULL DEFAULT 0,
    due_boot_ms INTEGER NOT NULL DEFAULT 0,
    created_at_ms INTEGER NOT NULL
) STRICT;
CREATE INDEX credit_notes_due ON credit_notes (due_boot_ms)
    WHERE sha256 IS NULL;
CREATE INDEX credit_notes_by_order ON credit_notes (order_id);

CREATE TABLE outbox_3 (
    outbox_id TEXT PRIMARY KEY,
    order_id TEXT NOT NULL REFERENCES orders (order_id),
    kind TEXT NOT NULL
        CHECK (kind IN ('confirmation', 'failed', 'cancelled', 'refunded')),
    refund_id TEXT NOT NULL DEFAULT '',
    recipient TEXT NOT NULL,
    status TEXT NOT NULL CHECK (status IN ('due', 'sent', 'failed')),
    calls INTEGER NOT NULL DEFAULT 0,
    due_boot_ms INTEGER NOT NULL DEFAULT 0,
    due_at_ms INTEGER NOT NULL,
    message TEXT,
    created_at_ms INTEGER NOT NULL,
    round INTEGER NOT NULL DEFAULT 0,
    updated_at_ms INTEGER NOT NULL,
    UNIQUE (order_id, kind, round, refund_id)
) STRICT, WITHOUT ROWID;
INSERT INTO outbox_3 (outbox_id, order_id, kind, recipient, status, calls,
    due_boot_ms, due_at_ms, message, created_at_ms, round, updated_at_ms)
SELECT outbox_id, order_id, kind, recipient, status, calls, due_boot_ms,
    due_at_ms, message, created_at_ms, round, updated_at_ms
FROM outbox;
DROP TABLE outbox;
ALTER TABLE outbox_3 RENAME TO outbox;
CREATE INDEX outbox_due ON outbox (due_boot_ms) WHERE status = 'due';

CREATE TABLE alarms_3 (
    alarm_id INTEGER PRIMARY KEY,
    kind TEXT NOT NULL,
    order_id TEXT REFERENCES orders (order_id),
    subject TEXT NOT NULL DEFAULT '',
    detail TEXT NOT NULL,
    created_at_ms INTEGER NOT NULL,
    closed_at_ms INTEGER,
    closed_by TEXT
) STRICT;
INSERT INTO alarms_3 (alarm_id, kind, order_id, detail, created_at_ms)
SELECT alarm_id, kind, order_id, detail, created_at_ms FROM alarms;
DROP TABLE alarms;
ALTER TABLE alarms_3 RENAME TO alarms;
CREATE UNIQUE INDEX alarms_one_open
    ON alarms (kind, COALESCE(order_id, ''), subject)
    WHERE closed_at_ms IS NULL;
CREATE INDEX alarms_open ON alarms (alarm_id) WHERE closed_at_ms IS NULL;
CREATE INDEX alarms_by_order ON alarms (order_id);
