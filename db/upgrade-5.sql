-- From version 4 to 5: the house, before it doubles. Run inside the transaction
-- of `ordermill init`. Each part says what it is for.

-- A workflow finds in the rows what became of its payment. What staff marked
-- paid and nobody had told yet is found at the execution's next turn.
UPDATE executions SET due_boot_ms = 0
    WHERE status = 'RUNNING' AND due_boot_ms <> 9223372036854775807
    AND order_id IN (SELECT order_id FROM payment_attempts WHERE untold = 1);
UPDATE payment_attempts SET untold = 0 WHERE untold = 1;
DROP INDEX payment_attempts_untold;

-- Numbers without gaps: counted up in the transaction that uses the number.
CREATE TABLE counters (
    name TEXT PRIMARY KEY CHECK (name IN ('order', 'receipt', 'credit_note')),
    last_number INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO counters (name, last_number)
SELECT 'order', COALESCE(MAX(number), 1000) FROM orders
UNION ALL SELECT 'receipt', COALESCE(MAX(number), 0) FROM receipts
UNION ALL SELECT 'credit_note', COALESCE(MAX(number), 0) FROM credit_notes;

-- Alarms: their kinds are a closed set.
CREATE TABLE alarms_5 (
    alarm_id INTEGER PRIMARY KEY,
    kind TEXT NOT NULL CHECK (kind IN (
        'parked', 'unfinished', 'workflow_failed', 'payment_unknown',
        'payment_odd', 'payment_foreign', 'double_payment', 'late_payment',
        'dispute', 'refund_unknown', 'refund_failed', 'manual_refund',
        'credit_note', 'mail_failed', 'mail_server', 'stock_held',
        'webhook_failed', 'reconciliation', 'reconciliation_failed', 'damage')),
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
ALTER TABLE reaper RENAME COLUMN heartbeat_boot_ms TO heartbeat_work_ms;
ALTER TABLE reaper DROP COLUMN heartbeat_at_ms;
ALTER TABLE reaper DROP COLUMN boot_id;
ALTER TABLE payment_attempts RENAME COLUMN due_boot_ms TO due_work_ms;
ALTER TABLE payment_attempts RENAME COLUMN closes_boot_ms TO closes_work_ms;
ALTER TABLE payment_attempts DROP COLUMN due_at_ms;
ALTER TABLE payment_attempts DROP COLUMN closes_at_ms;
ALTER TABLE refunds RENAME COLUMN due_boot_ms TO due_work_ms;
ALTER TABLE refunds DROP COLUMN due_at_ms;
ALTER TABLE outbox RENAME COLUMN due_boot_ms TO due_work_ms;
ALTER TABLE outbox DROP COLUMN due_at_ms;
ALTER TABLE credit_notes RENAME COLUMN due_boot_ms TO due_work_ms;
ALTER TABLE webhook_events RENAME COLUMN due_boot_ms TO due_work_ms;
ALTER TABLE executions RENAME COLUMN due_boot_ms TO due_work_ms;
-- One that has ended went by the boot clock of then, which may be long over.
ALTER TABLE executions RENAME COLUMN saved_boot_ms TO zero_work_ms;
UPDATE executions SET zero_work_ms = CASE status WHEN 'RUNNING'
    THEN zero_work_ms ELSE (SELECT seen_work_ms FROM work_clock) END - clock_ms;
ALTER TABLE executions DROP COLUMN clock_ms;
ALTER TABLE executions DROP COLUMN saved_at_ms;
ALTER TABLE executions DROP COLUMN wait_ms;
DELETE FROM settings WHERE name = 'health_probe_boot_ms';

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
