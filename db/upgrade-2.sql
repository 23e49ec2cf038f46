-- From version 1 to 2: the workflow engine keeps an image of each execution,
-- orders can be redriven. Run inside the transaction of `ordermill init`.
-- Executions that are under way begin their definition anew: the built-in
-- tasks find what they did before and do it no second time.

ALTER TABLE stock_entries ADD COLUMN round INTEGER NOT NULL DEFAULT 0;
DROP INDEX stock_entries_once;
CREATE UNIQUE INDEX stock_entries_once
    ON stock_entries (order_id, sku, reason, round)
    WHERE order_id IS NOT NULL;

ALTER TABLE payment_attempts ADD COLUMN due_boot_ms INTEGER NOT NULL DEFAULT 0;
ALTER TABLE payment_attempts ADD COLUMN due_at_ms INTEGER NOT NULL DEFAULT 0;
CREATE INDEX payment_attempts_due ON payment_attempts (due_boot_ms)
    WHERE status = 'open';

ALTER TABLE payment_entries ADD COLUMN round INTEGER NOT NULL DEFAULT 0;
DROP INDEX payment_entries_one_charge;
CREATE UNIQUE INDEX payment_entries_one_charge
    ON payment_entries (order_id, round) WHERE kind = 'charge';

ALTER TABLE refunds ADD COLUMN intent_id TEXT NOT NULL DEFAULT '';
UPDATE refunds SET intent_id = COALESCE((SELECT gateway_id
    FROM payment_entries p WHERE p.order_id = refunds.order_id
    AND p.kind = 'charge'), '');

CREATE TABLE executions_2 (
    order_id TEXT PRIMARY KEY REFERENCES orders (order_id),
    definition_hash TEXT NOT NULL REFERENCES definitions,
    status TEXT NOT NULL DEFAULT 'RUNNING' CHECK (status IN
        ('RUNNING', 'SUCCEEDED', 'FAILED', 'TIMED_OUT', 'ABORTED')),
    state TEXT,
    error TEXT,
    cause TEXT,
    redrives INTEGER NOT NULL DEFAULT 0,
    step INTEGER NOT NULL DEFAULT 0,
    fence INTEGER NOT NULL DEFAULT 0,
    queued INTEGER NOT NULL DEFAULT 0 CHECK (queued IN (0, 1)),
    clock_ms INTEGER NOT NULL DEFAULT 0,
    saved_boot_ms INTEGER NOT NULL DEFAULT 0,
    saved_at_ms INTEGER NOT NULL,
    wait_ms INTEGER NOT NULL DEFAULT 0,
    due_boot_ms INTEGER NOT NULL DEFAULT 0,
    crashes INTEGER NOT NULL DEFAULT 0,
    last_event INTEGER NOT NULL DEFAULT 0,
    started_at_ms INTEGER NOT NULL,
    ended_at_ms INTEGER,
    thinned INTEGER NOT NULL DEFAULT 0 CHECK (thinned IN (0, 1)),
    history_bytes INTEGER NOT NULL DEFAULT 0,
    input TEXT,
    image TEXT,
    output TEXT,
    CHECK ((status = 'RUNNING') = (ended_at_ms IS NULL))
) STRICT, WITHOUT ROWID;
-- A parked one (due never) stays parked.
INSERT INTO executions_2 (order_id, definition_hash, status, state, step,
    saved_at_ms, due_boot_ms, last_event, started_at_ms, ended_at_ms)
SELECT order_id, definition_hash, status,
    CASE WHEN status = 'RUNNING' THEN NULL ELSE state END, step,
    started_at_ms,
    CASE WHEN due_boot_ms = 9223372036854775807 THEN due_boot_ms ELSE 0 END,
    last_event, started_at_ms, ended_at_ms
FROM executions;

CREATE TABLE execution_events_2 (
    order_id TEXT NOT NULL REFERENCES executions_2,
    first_event INTEGER NOT NULL,
    events TEXT NOT NULL,
    PRIMARY KEY (order_id, first_event)
) STRICT, WITHOUT ROWID;
INSERT INTO execution_events_2 (order_id, first_event, events)
SELECT order_id, event_id,
    json_array(json_patch('{}', json_object('id', event_id, 'type', type,
        'at', created_at_ms, 'state', state, 'detail',
        CASE WHEN json_valid(detail) THEN json(detail) END)))
FROM execution_events;

DROP TABLE execution_events;
DROP TABLE executions;
ALTER TABLE executions_2 RENAME TO executions;
ALTER TABLE execution_events_2 RENAME TO execution_events;
CREATE INDEX executions_blamed ON executions (crashes) WHERE crashes > 0;
CREATE INDEX executions_due ON executions (due_boot_ms)
    WHERE status = 'RUNNING';
CREATE INDEX executions_queued ON executions (queued, order_id)
    WHERE status = 'RUNNING' AND queued = 1;
CREATE INDEX executions_to_thin ON executions (ended_at_ms)
    WHERE ended_at_ms IS NOT NULL AND thinned = 0;

CREATE TABLE task_tokens (
    token TEXT PRIMARY KEY,
    order_id TEXT NOT NULL REFERENCES executions,
    task_id INTEGER NOT NULL,
    status TEXT NOT NULL CHECK (status IN
        ('waiting', 'answered', 'taken', 'expired')),
    answer TEXT,
    heartbeat INTEGER NOT NULL DEFAULT 0 CHECK (heartbeat IN (0, 1)),
    created_at_ms INTEGER NOT NULL,
    UNIQUE (order_id, task_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE outbox_2 (
    outbox_id TEXT PRIMARY KEY,
    order_id TEXT NOT NULL REFERENCES orders (order_id),
    kind TEXT NOT NULL
        CHECK (kind IN ('confirmation', 'failed', 'cancelled')),
    recipient TEXT NOT NULL,
    status TEXT NOT NULL CHECK (status IN ('due', 'sent', 'failed')),
    calls INTEGER NOT NULL DEFAULT 0,
    due_boot_ms INTEGER NOT NULL DEFAULT 0,
    due_at_ms INTEGER NOT NULL,
    message TEXT,
    created_at_ms INTEGER NOT NULL,
    round INTEGER NOT NULL DEFAULT 0,
    updated_at_ms INTEGER NOT NULL,
    UNIQUE (order_id, kind, round)
) STRICT, WITHOUT ROWID;
INSERT INTO outbox_2 (outbox_id, order_id, kind, recipient, status, calls,
    due_boot_ms, due_at_ms, message, created_at_ms, updated_at_ms)
SELECT outbox_id, order_id, kind, recipient, status, calls, due_boot_ms,
    due_at_ms, message, created_at_ms, updated_at_ms
FROM outbox;
DROP TABLE outbox;
ALTER TABLE outbox_2 RENAME TO outbox;
CREATE INDEX outbox_due ON outbox (due_boot_ms) WHERE status = 'due';
