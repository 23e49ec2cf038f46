-- From version 4 to 5: the house, before it doubles. Run inside the transaction
-- of `ordermill init`. Each part says what it is for.

-- Papers: the layout that each was drawn by and what it says by the settings,
-- so that one that is lost can be drawn again. Which settings those of before
-- were drawn by is not known: they are given the ones in force now, which
-- paper_settings_use writes into this row.
CREATE TABLE paper_settings (
    settings_id INTEGER PRIMARY KEY,
    base_url TEXT NOT NULL,
    zone TEXT NOT NULL,
    manual_title TEXT NOT NULL,
    UNIQUE (base_url, zone, manual_title)
) STRICT;
INSERT INTO paper_settings (settings_id, base_url, zone, manual_title)
VALUES (1, '', '', '');

CREATE TABLE receipts_5 ( -- grows
    order_id TEXT NOT NULL REFERENCES orders (order_id),
    charge_id TEXT NOT NULL,
    number INTEGER UNIQUE,
    file TEXT NOT NULL UNIQUE,
    sha256 TEXT,
    layout INTEGER,
    settings_id INTEGER NOT NULL REFERENCES paper_settings,
    confirmed_at_ms INTEGER,
    customer_email TEXT,
    created_at_ms INTEGER NOT NULL,
    PRIMARY KEY (order_id, charge_id)
) STRICT, WITHOUT ROWID;
INSERT INTO receipts_5 (order_id, charge_id, number, file, sha256, settings_id,
    confirmed_at_ms, created_at_ms)
SELECT r.order_id, r.charge_id, r.number, r.file, r.sha256, 1,
    CASE WHEN r.charge_id = '' THEN o.confirmed_at_ms END, r.created_at_ms
FROM receipts r JOIN orders o ON o.order_id = r.order_id;
DROP TABLE receipts;
ALTER TABLE receipts_5 RENAME TO receipts;

CREATE TABLE credit_notes_5 (
    number INTEGER PRIMARY KEY,
    refund_id TEXT NOT NULL UNIQUE REFERENCES refunds,
    order_id TEXT NOT NULL REFERENCES orders (order_id),
    file TEXT NOT NULL UNIQUE,
    sha256 TEXT,
    layout INTEGER,
    settings_id INTEGER NOT NULL REFERENCES paper_settings,
    receipt_number INTEGER,
    customer_email TEXT,
    calls INTEGER NOT NULL DEFAULT 0,
    due_boot_ms INTEGER NOT NULL DEFAULT 0,
    created_at_ms INTEGER NOT NULL
) STRICT;
INSERT INTO credit_notes_5 (number, refund_id, order_id, file, sha256,
    settings_id, receipt_number, calls, due_boot_ms, created_at_ms)
SELECT n.number, n.refund_id, n.order_id, n.file, n.sha256, 1, r.number,
    n.calls, n.due_boot_ms, n.created_at_ms
FROM credit_notes n JOIN refunds f ON f.refund_id = n.refund_id
LEFT JOIN receipts r ON r.order_id = n.order_id AND r.charge_id = f.intent_id;
DROP TABLE credit_notes;
ALTER TABLE credit_notes_5 RENAME TO credit_notes;
CREATE INDEX credit_notes_due ON credit_notes (due_boot_ms)
    WHERE sha256 IS NULL;
CREATE INDEX credit_notes_by_order ON credit_notes (order_id);

-- A workflow finds in the rows what became of its payment. What staff marked
-- paid and nobody had told yet is found at the execution's next turn.
UPDATE executions SET due_boot_ms = 0
    WHERE status = 'RUNNING' AND due_boot_ms <> 9223372036854775807
    AND order_id IN (SELECT order_id FROM payment_attempts WHERE untold = 1);
UPDATE payment_attempts SET untold = 0 WHERE untold = 1;
DROP INDEX payment_attempts_untold;

-- Numbers without gaps: counted up in the transaction that uses the number.
CREATE TABLE counters (
    name TEXT PRIMARY KEY CHECK (name IN ('order', 'receipt', 'credit_note',
        'reaper')),
    last_number INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO counters (name, last_number)
SELECT 'order', COALESCE(MAX(number), 1000) FROM orders
UNION ALL SELECT 'receipt', COALESCE(MAX(number), 0) FROM receipts
UNION ALL SELECT 'credit_note', COALESCE(MAX(number), 0) FROM credit_notes
UNION ALL SELECT 'reaper', COALESCE(MAX(fence), 0) FROM reaper;

-- Findings: their kinds are a closed set.
CREATE TABLE findings_5 ( -- grows
    finding_id INTEGER PRIMARY KEY,
    kind TEXT NOT NULL CHECK (kind IN ('gateway_only', 'not_at_gateway',
        'amount', 'refunds', 'unknown')),
    reference TEXT NOT NULL, -- the gateway's id, or an attempt's
    order_id TEXT REFERENCES orders (order_id),
    amount_minor INTEGER,
    detail TEXT NOT NULL,
    at_ms INTEGER NOT NULL, -- what it is about began; a run since then sees it
    last_run INTEGER NOT NULL,
    created_at_ms INTEGER NOT NULL,
    settled_at_ms INTEGER,
    UNIQUE (kind, reference)
) STRICT;
INSERT INTO findings_5 SELECT finding_id, kind, reference, order_id,
    amount_minor, detail, at_ms, last_run, created_at_ms, settled_at_ms
FROM findings;
DROP TABLE findings;
ALTER TABLE findings_5 RENAME TO findings;
CREATE INDEX findings_open ON findings (finding_id)
    WHERE settled_at_ms IS NULL;

-- Alarms: their kinds are a closed set.
CREATE TABLE alarms_5 (
    alarm_id INTEGER PRIMARY KEY,
    kind TEXT NOT NULL CHECK (kind IN (
        'parked', 'unfinished', 'workflow_failed', 'payment_unknown',
        'payment_odd', 'payment_foreign', 'double_payment', 'late_payment',
        'dispute', 'refund_unknown', 'refund_failed', 'manual_refund',
        'credit_note', 'paper_copy', 'mail_failed', 'mail_server', 'stock_held',
        'webhook_failed', 'reconciliation', 'reconciliation_failed', 'damage',
        'import')),
    order_id TEXT REFERENCES orders (order_id), -- NULL: of no order
    subject TEXT NOT NULL DEFAULT '', -- such as a gateway's id
    detail TEXT NOT NULL,
    created_at_ms INTEGER NOT NULL,
    closed_at_ms INTEGER,
    closed_by TEXT                    -- an e-mail; NULL: it was settled
) STRICT;
INSERT INTO alarms_5 SELECT alarm_id, kind, order_id, subject, detail,
    created_at_ms, closed_at_ms, closed_by FROM alarms;
DROP TABLE alarms;
ALTER TABLE alarms_5 RENAME TO alarms;
CREATE UNIQUE INDEX alarms_one_open
    ON alarms (kind, COALESCE(order_id, ''), subject)
    WHERE closed_at_ms IS NULL;
CREATE INDEX alarms_open ON alarms (alarm_id) WHERE closed_at_ms IS NULL;
CREATE INDEX alarms_by_order ON alarms (order_id);
-- One clock for what is due: the work clock goes on from where version 4's
-- reaper last saw its boot clock, by which every due time was told.
CREATE TABLE work_clock (
    only_row INTEGER PRIMARY KEY CHECK (only_row = 1),
    boot_id TEXT NOT NULL,         -- of the boot that the offset is for
    offset_ms INTEGER NOT NULL,    -- from CLOCK_BOOTTIME
    seen_work_ms INTEGER NOT NULL, -- when both clocks were last looked at
    seen_at_ms INTEGER NOT NULL
) STRICT;
INSERT INTO work_clock (only_row, boot_id, offset_ms, seen_work_ms, seen_at_ms)
SELECT 1, COALESCE(MAX(boot_id), ''), 0, COALESCE(MAX(heartbeat_boot_ms),
    (SELECT MAX(saved_boot_ms) FROM executions), 0),
    COALESCE(MAX(heartbeat_at_ms), 0)
FROM reaper;
ALTER TABLE payment_attempts RENAME COLUMN closes_boot_ms TO closes_work_ms;
ALTER TABLE payment_attempts DROP COLUMN closes_at_ms;
ALTER TABLE executions RENAME COLUMN due_boot_ms TO due_work_ms;
-- One that has ended went by the boot clock of then, which may be long over.
ALTER TABLE executions RENAME COLUMN saved_boot_ms TO zero_work_ms;
UPDATE executions SET zero_work_ms = CASE status WHEN 'RUNNING'
    THEN zero_work_ms ELSE (SELECT seen_work_ms FROM work_clock) END - clock_ms;
ALTER TABLE executions DROP COLUMN clock_ms;
ALTER TABLE executions DROP COLUMN saved_at_ms;
ALTER TABLE executions DROP COLUMN wait_ms;
DELETE FROM settings WHERE name = 'health_probe_boot_ms';
-- Histories are packed once their execution has ended: the reaper packs those of
-- before little by little.
ALTER TABLE executions ADD COLUMN packed INTEGER NOT NULL DEFAULT 0
    CHECK (packed IN (0, 1));
DROP INDEX executions_to_thin;
CREATE INDEX executions_to_pack ON executions (ended_at_ms)
    WHERE ended_at_ms IS NOT NULL AND packed = 0;
CREATE INDEX executions_to_thin ON executions (ended_at_ms)
    WHERE ended_at_ms IS NOT NULL AND packed = 1 AND thinned = 0;
CREATE TABLE execution_events_5 (
    row_id INTEGER PRIMARY KEY,
    order_id TEXT NOT NULL REFERENCES executions,
    first_event INTEGER NOT NULL,
    events TEXT NOT NULL,
    UNIQUE (order_id, first_event)
) STRICT;
INSERT INTO execution_events_5 (order_id, first_event, events)
SELECT order_id, first_event, events FROM execution_events
ORDER BY order_id, first_event;
DROP TABLE execution_events;
ALTER TABLE execution_events_5 RENAME TO execution_events;
CREATE TABLE packed_events (
    row_id INTEGER PRIMARY KEY,
    order_id TEXT NOT NULL REFERENCES executions,
    first_event INTEGER NOT NULL,
    packed BLOB NOT NULL,
    UNIQUE (order_id, first_event)
) STRICT;

-- Kept answers stand in the order they came: keys come in any order, and leave
-- half of each page empty.
CREATE TABLE idempotency_keys_5 (
    row_id INTEGER PRIMARY KEY,
    space TEXT NOT NULL,
    key TEXT NOT NULL,
    body_hash TEXT NOT NULL,
    status INTEGER NOT NULL,
    location TEXT NOT NULL,
    answer TEXT NOT NULL,
    created_at_ms INTEGER NOT NULL,
    UNIQUE (space, key)
) STRICT;
INSERT INTO idempotency_keys_5 (space, key, body_hash, status, location,
    answer, created_at_ms)
SELECT space, key, body_hash, status, location, answer, created_at_ms
FROM idempotency_keys ORDER BY created_at_ms;
DROP TABLE idempotency_keys;
ALTER TABLE idempotency_keys_5 RENAME TO idempotency_keys;
-- The ledgers count an order's entries of a kind, where they named rounds that
-- were not the order's.
DROP TRIGGER stock_entries_fixed;
DROP INDEX stock_entries_once;
CREATE INDEX stock_entries_5 ON stock_entries (order_id, sku, reason, entry_id);
ALTER TABLE stock_entries RENAME COLUMN round TO nth;
UPDATE stock_entries SET nth = (SELECT COUNT(*) FROM stock_entries e
    WHERE e.order_id = stock_entries.order_id AND e.sku = stock_entries.sku
    AND e.reason = stock_entries.reason
    AND e.entry_id < stock_entries.entry_id) WHERE order_id IS NOT NULL;
DROP INDEX stock_entries_5;
CREATE UNIQUE INDEX stock_entries_once
    ON stock_entries (order_id, sku, reason, nth)
    WHERE order_id IS NOT NULL;
CREATE TRIGGER stock_entries_fixed BEFORE UPDATE ON stock_entries
BEGIN SELECT RAISE(ABORT, 'the stock ledger is append-only'); END;

DROP TRIGGER payment_entries_fixed;
DROP INDEX payment_entries_one_charge;
ALTER TABLE payment_entries RENAME COLUMN round TO nth;
UPDATE payment_entries SET nth = (SELECT COUNT(*) FROM payment_entries e
    WHERE e.order_id = payment_entries.order_id
    AND e.kind = payment_entries.kind
    AND e.entry_id < payment_entries.entry_id);
DROP INDEX payment_entries_by_order;
CREATE UNIQUE INDEX payment_entries_once
    ON payment_entries (order_id, kind, nth);
CREATE TRIGGER payment_entries_fixed BEFORE UPDATE ON payment_entries
BEGIN SELECT RAISE(ABORT, 'the payment ledger is append-only'); END;
-- One queue of work. What was due, or in the hands of the reaper that is gone,
-- is due; what was set aside (by version 4's largest due time) stays so, and
-- payments by hand wait for their window's end.
CREATE TABLE work ( -- grows
    kind TEXT NOT NULL CHECK (kind IN ('event', 'charge', 'refund', 'receipt',
        'credit_note', 'mail', 'reconciliation', 'import')),
    subject TEXT NOT NULL, -- the key of the row that it is about
    order_id TEXT REFERENCES orders (order_id),
    host TEXT NOT NULL,    -- whom it calls, where that has a cap; else ''
    due_work_ms INTEGER NOT NULL,
    tries INTEGER NOT NULL DEFAULT 0,
    crashes INTEGER NOT NULL DEFAULT 0, -- 0: none; 1: a reaper died that held
                                        -- this and more; 2: one of this alone
    reaper INTEGER NOT NULL DEFAULT 0,  -- that has it in hand; 0: none
    token INTEGER NOT NULL,             -- of the last claim
    PRIMARY KEY (kind, subject)
) STRICT, WITHOUT ROWID;
INSERT INTO work (kind, subject, order_id, host, due_work_ms, tries, token)
SELECT 'charge', attempt_id, order_id, '', due_boot_ms, 0, 1
FROM payment_attempts WHERE status = 'open' AND kind = 'manual'
    AND (due_boot_ms < 9223372036854775807 OR closes_work_ms IS NULL)
UNION ALL SELECT 'charge', attempt_id, order_id, 'gateway', 0, calls, 1
FROM payment_attempts WHERE status = 'open' AND kind <> 'manual'
    AND due_boot_ms < 9223372036854775807
UNION ALL SELECT 'refund', refund_id, order_id, 'gateway',
    CASE WHEN refusals > 0 AND calls = 0 THEN due_boot_ms ELSE 0 END, calls, 1
FROM refunds WHERE status = 'due'
UNION ALL SELECT 'event', printf('%012d', sequence), NULL, '', due_boot_ms,
    calls, 1
FROM webhook_events WHERE status IN ('due', 'parked')
UNION ALL SELECT 'credit_note', refund_id, order_id, '', 0, calls, 1
FROM credit_notes WHERE sha256 IS NULL
UNION ALL SELECT 'mail', outbox_id, order_id, '', 0, calls, 1
FROM outbox WHERE status = 'due'
UNION ALL SELECT 'reconciliation', CAST(run AS TEXT), NULL, 'reconciliation', 0,
    0, 1
FROM reconciliations WHERE status IN ('due', 'running')
UNION ALL SELECT 'receipt', file, order_id, '', 0, 0, 1
FROM receipts WHERE sha256 IS NULL;
CREATE INDEX work_due ON work (kind, host, due_work_ms, subject)
    WHERE reaper = 0;
CREATE INDEX work_held ON work (reaper, host) WHERE reaper <> 0;
CREATE INDEX work_blamed ON work (crashes) WHERE crashes > 0;
CREATE INDEX work_by_order ON work (order_id) WHERE order_id IS NOT NULL;
DROP INDEX payment_attempts_due;
ALTER TABLE payment_attempts DROP COLUMN due_boot_ms;
ALTER TABLE payment_attempts DROP COLUMN due_at_ms;
ALTER TABLE payment_attempts ADD COLUMN asked INTEGER NOT NULL DEFAULT 0
    CHECK (asked IN (0, 1));
UPDATE payment_attempts SET asked = 1 WHERE calls > 0;
ALTER TABLE payment_attempts DROP COLUMN calls;
DROP INDEX refunds_due;
ALTER TABLE refunds DROP COLUMN due_boot_ms;
ALTER TABLE refunds DROP COLUMN due_at_ms;
ALTER TABLE refunds DROP COLUMN calls;
DROP INDEX outbox_due;
ALTER TABLE outbox DROP COLUMN due_boot_ms;
ALTER TABLE outbox DROP COLUMN due_at_ms;
ALTER TABLE outbox DROP COLUMN calls;
DROP INDEX credit_notes_due;
ALTER TABLE credit_notes DROP COLUMN due_boot_ms;
ALTER TABLE credit_notes DROP COLUMN calls;
DROP INDEX webhook_events_due;
ALTER TABLE webhook_events DROP COLUMN due_boot_ms;
ALTER TABLE webhook_events DROP COLUMN calls;
ALTER TABLE webhook_events DROP COLUMN crashes;

-- A row a reaper that lives. Those of version 4 are gone.
CREATE TABLE reapers (
    reaper INTEGER PRIMARY KEY,
    started_at_ms INTEGER NOT NULL,
    heartbeat_work_ms INTEGER NOT NULL
) STRICT;
DROP TABLE reaper;
ALTER TABLE executions RENAME COLUMN fence TO reaper;
UPDATE executions SET due_work_ms = 0
    WHERE status = 'RUNNING' AND (reaper <> 0 OR queued = 1)
    AND due_work_ms <> 9223372036854775807;
UPDATE executions SET reaper = 0, crashes = 0;
DROP INDEX executions_queued;
ALTER TABLE executions DROP COLUMN queued;
ALTER TABLE receipts ADD COLUMN failure TEXT;
CREATE INDEX executions_held ON executions (reaper) WHERE reaper <> 0;

-- What an execution works on, apart from where it stands.
CREATE TABLE execution_data (
    row_id INTEGER PRIMARY KEY,
    order_id TEXT NOT NULL UNIQUE REFERENCES executions,
    input TEXT,
    image TEXT,
    output TEXT
) STRICT;
INSERT INTO execution_data (order_id, input, image, output)
SELECT order_id, input, image, output FROM executions
WHERE input IS NOT NULL OR image IS NOT NULL OR output IS NOT NULL
ORDER BY order_id;
ALTER TABLE executions DROP COLUMN input;
ALTER TABLE executions DROP COLUMN image;
ALTER TABLE executions DROP COLUMN output;

-- A step is a turn of an execution; an attempt has a stage, a save a revision.
ALTER TABLE payment_attempts RENAME COLUMN step TO stage;
ALTER TABLE executions RENAME COLUMN step TO revision;

-- Bodies of webhooks are packed: the program does it after this.
CREATE TABLE webhook_events_5 (
    sequence INTEGER PRIMARY KEY,
    event_id TEXT NOT NULL UNIQUE,
    type TEXT NOT NULL,
    body BLOB NOT NULL,
    status TEXT NOT NULL DEFAULT 'due' CHECK (status IN ('due', 'applied',
        'early', 'ignored', 'failed')),
    message TEXT,
    order_id TEXT,
    created_at_ms INTEGER NOT NULL,
    received_at_ms INTEGER NOT NULL,
    applied_at_ms INTEGER
) STRICT;
INSERT INTO webhook_events_5 (sequence, event_id, type, body, status, message,
    order_id, created_at_ms, received_at_ms, applied_at_ms)
SELECT sequence, event_id, type, CAST(body AS BLOB),
    CASE status WHEN 'parked' THEN 'early' ELSE status END, message,
    order_id, created_at_ms, received_at_ms, applied_at_ms
FROM webhook_events;
DROP TABLE webhook_events;
ALTER TABLE webhook_events_5 RENAME TO webhook_events;
CREATE INDEX webhook_events_by_age ON webhook_events (received_at_ms);
CREATE INDEX webhook_events_by_status ON webhook_events (status, sequence);

-- Imports of products work in short turns.
CREATE TABLE imports (
    import_id INTEGER PRIMARY KEY,
    asked TEXT NOT NULL, -- the file's SHA-256, and whether it is a recount
    told INTEGER NOT NULL DEFAULT 0 CHECK (told IN (0, 1)), -- what came of it
    left_alone INTEGER NOT NULL, -- SKUs whose stock was left as it was
    left_out INTEGER NOT NULL DEFAULT 0, -- rows that no longer fitted
    named INTEGER NOT NULL DEFAULT 0,    -- of these, by why
    why TEXT NOT NULL DEFAULT '',        -- a sentence each
    taken_at_ms INTEGER NOT NULL
) STRICT;
CREATE TABLE import_parts (
    part INTEGER PRIMARY KEY, -- from 1
    import_id INTEGER NOT NULL REFERENCES imports,
    first_line INTEGER NOT NULL, -- in the file
    row_count INTEGER NOT NULL,
    packed BLOB NOT NULL
) STRICT;

-- Views come last: while one names it, no table can be renamed.

-- The one balance. What is booked of each charge; what was promised (refunds
-- that were decided and have not failed, booked or still to be made); and what
-- is left once they are made, less what banks took back in disputes.
CREATE VIEW charge_balances AS
SELECT entry_id, order_id, intent_id, charged_at_ms, charged_minor,
    refunded_minor, disputed_minor, promised_minor,
    charged_minor - disputed_minor - promised_minor AS left_minor
FROM (SELECT entry_id, order_id, gateway_id AS intent_id,
        created_at_ms AS charged_at_ms, amount_minor AS charged_minor,
        COALESCE((SELECT CAST(SUM(CASE p.kind WHEN 'refund'
            THEN p.amount_minor WHEN 'refund_reversal' THEN -p.amount_minor
            ELSE 0 END) AS BIGINT) FROM payment_entries p
            WHERE p.intent_id = payment_entries.gateway_id), 0)
            AS refunded_minor,
        COALESCE((SELECT CAST(SUM(CASE p.kind WHEN 'dispute'
            THEN p.amount_minor WHEN 'dispute_reversal' THEN -p.amount_minor
            ELSE 0 END) AS BIGINT) FROM payment_entries p
            WHERE p.intent_id = payment_entries.gateway_id), 0)
            AS disputed_minor,
        COALESCE((SELECT CAST(SUM(r.amount_minor) AS BIGINT) FROM refunds r
            WHERE r.intent_id = payment_entries.gateway_id
            AND r.status <> 'failed'), 0) AS promised_minor
    FROM payment_entries WHERE kind = 'charge') booked;

-- The same of all charges of an order: charges, how many there are;
-- charged_at_ms, the newest's time, NULL without one; kept_minor, what the shop
-- has of it by the ledger; owed_minor, what is still to be paid, less than 0
-- when more came.
CREATE VIEW order_balances AS
SELECT order_id, total_minor, charges, charged_at_ms, charged_minor,
    refunded_minor, disputed_minor, promised_minor,
    charged_minor - disputed_minor - promised_minor AS left_minor,
    charged_minor - disputed_minor - refunded_minor AS kept_minor,
    total_minor - (charged_minor - disputed_minor - promised_minor)
        AS owed_minor
FROM (SELECT orders.order_id, orders.total_minor,
        COUNT(b.entry_id) AS charges, MAX(b.charged_at_ms) AS charged_at_ms,
        COALESCE(CAST(SUM(b.charged_minor) AS BIGINT), 0) AS charged_minor,
        COALESCE(CAST(SUM(b.refunded_minor) AS BIGINT), 0) AS refunded_minor,
        COALESCE(CAST(SUM(b.disputed_minor) AS BIGINT), 0) AS disputed_minor,
        COALESCE(CAST(SUM(b.promised_minor) AS BIGINT), 0) AS promised_minor
    FROM orders LEFT JOIN charge_balances b ON b.order_id = orders.order_id
    GROUP BY orders.order_id, orders.total_minor) sums;

-- Receipts and credit notes, with all that they say beside the order and the
-- refund.
CREATE VIEW papers AS
SELECT 'receipt' AS kind, r.file, r.order_id, r.charge_id AS subject, r.number,
    r.sha256, r.layout, s.base_url, s.zone, s.manual_title,
    COALESCE(p.created_at_ms, r.confirmed_at_ms, r.created_at_ms) AS dated_at_ms,
    CAST(NULL AS BIGINT) AS receipt_number, r.customer_email
FROM receipts r JOIN paper_settings s ON s.settings_id = r.settings_id
LEFT JOIN payment_entries p ON p.gateway_id = r.charge_id
UNION ALL
SELECT 'credit_note', n.file, n.order_id, n.refund_id, n.number,
    n.sha256, n.layout, s.base_url, s.zone, s.manual_title,
    n.created_at_ms, n.receipt_number, n.customer_email
FROM credit_notes n JOIN paper_settings s ON s.settings_id = n.settings_id;
