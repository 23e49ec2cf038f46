-- The shop's database, version 5. STRICT tables; money is int64 in minor units
-- of the one currency in `settings`. What must never be is refused here. Times
-- are milliseconds: where a name ends in _work_ms, of the work clock (db.h),
-- else UTC; one is never kept by both. A table that grows with the orders says
-- so, and no statement may walk it (see db_sql in lib/adapter/db/db.h).
-- schema-postgresql.sql says the same: what changes here changes there.

-- What lib/adapter/db makes the work clock from; nobody else reads it.
CREATE TABLE work_clock (
    only_row INTEGER PRIMARY KEY CHECK (only_row = 1),
    boot_id TEXT NOT NULL,         -- of the boot that the offset is for
    offset_ms INTEGER NOT NULL,    -- from CLOCK_BOOTTIME
    seen_work_ms INTEGER NOT NULL, -- when both clocks were last looked at
    seen_at_ms INTEGER NOT NULL
) STRICT;
INSERT INTO work_clock (only_row, boot_id, offset_ms, seen_work_ms, seen_at_ms)
VALUES (1, '', 0, 0, 0);

-- The shop's own facts: version, currency, signing_key, workflow (the current
-- definition's hash), shop_profile and paper_settings (the current ones), and
-- the last probe of /health.
CREATE TABLE settings (
    name TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- Numbers without gaps: counted up in the transaction that uses the number.
CREATE TABLE counters (
    name TEXT PRIMARY KEY CHECK (name IN ('order', 'receipt', 'credit_note',
        'reaper')),
    last_number INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO counters (name, last_number)
VALUES ('order', 1000), ('receipt', 0), ('credit_note', 0), ('reaper', 0);

-- What receipts say of the shop, frozen with each order.
CREATE TABLE shop_profiles (
    profile_id INTEGER PRIMARY KEY,
    name TEXT NOT NULL,
    address TEXT NOT NULL,
    tax_id TEXT NOT NULL,
    UNIQUE (name, address, tax_id)
) STRICT;

-- Catalogue ----------------------------------------------------------------

CREATE TABLE products (
    product_id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    name_folded TEXT NOT NULL,
    description TEXT NOT NULL,
    created_at_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX products_by_name ON products (name_folded);

CREATE TABLE variants (
    sku TEXT PRIMARY KEY,
    sku_folded TEXT NOT NULL UNIQUE,
    product_id TEXT NOT NULL REFERENCES products,
    title TEXT NOT NULL,
    price_minor INTEGER NOT NULL CHECK (price_minor >= 0),
    on_hand INTEGER NOT NULL DEFAULT 0 CHECK (on_hand >= 0),
    reserved INTEGER NOT NULL DEFAULT 0
        CHECK (reserved >= 0 AND reserved <= on_hand)
) STRICT, WITHOUT ROWID;
CREATE INDEX variants_by_product ON variants (product_id, sku);
CREATE INDEX variants_mostly_reserved ON variants (reserved)
    WHERE reserved > on_hand - reserved;

-- Append-only; the sum of a SKU's deltas is its on_hand.
CREATE TABLE stock_entries ( -- grows
    entry_id INTEGER PRIMARY KEY,
    sku TEXT NOT NULL REFERENCES variants,
    delta INTEGER NOT NULL CHECK (delta <> 0),
    reason TEXT NOT NULL CHECK (reason IN ('import', 'sold', 'returned')),
    order_id TEXT REFERENCES orders (order_id),
    -- Which of the order's entries of this SKU and reason it is, from 0: a
    -- workflow may sell, return and sell again, but two that book at once, each
    -- without having seen the other, are one too many.
    nth INTEGER NOT NULL DEFAULT 0,
    refund_id TEXT NOT NULL DEFAULT '', -- with which staff took goods back
    created_at_ms INTEGER NOT NULL,
    CHECK ((reason = 'import') = (order_id IS NULL))
) STRICT;
CREATE INDEX stock_entries_by_sku ON stock_entries (sku);
CREATE UNIQUE INDEX stock_entries_once
    ON stock_entries (order_id, sku, reason, nth)
    WHERE order_id IS NOT NULL;

CREATE TRIGGER stock_entries_fixed BEFORE UPDATE ON stock_entries
BEGIN SELECT RAISE(ABORT, 'the stock ledger is append-only'); END;
CREATE TRIGGER stock_entries_kept BEFORE DELETE ON stock_entries
BEGIN SELECT RAISE(ABORT, 'the stock ledger is append-only'); END;

-- Imports of products that were taken. Their rows wait in parts to be applied;
-- one import at a time has any (see import.h).
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

-- Orders ---------------------------------------------------------------------

CREATE TABLE orders ( -- grows
    number INTEGER PRIMARY KEY,
    order_id TEXT NOT NULL UNIQUE,
    track_token TEXT NOT NULL, -- ends in the number: see order.h
    status TEXT NOT NULL DEFAULT 'PENDING' CHECK (status IN ('PENDING',
        'PROCESSING', 'CONFIRMED', 'COMPLETED', 'CANCELLED', 'FAILED')),
    payment_status TEXT NOT NULL DEFAULT 'unpaid' CHECK (payment_status IN (
        'unpaid', 'pending', 'paid', 'partially_refunded', 'refunded',
        'failed')),
    reason TEXT,
    payment_method TEXT NOT NULL,
    total_minor INTEGER NOT NULL CHECK (total_minor >= 0),
    customer_name TEXT,
    customer_email TEXT,
    profile_id INTEGER NOT NULL REFERENCES shop_profiles,
    -- A cancellation that waits for a charge's outcome.
    cancel_reason TEXT,
    hidden INTEGER NOT NULL DEFAULT 0 CHECK (hidden IN (0, 1)),
    confirmed_at_ms INTEGER,
    created_at_ms INTEGER NOT NULL,
    updated_at_ms INTEGER NOT NULL
) STRICT;
CREATE INDEX orders_by_status ON orders (status, number) WHERE hidden = 0;

CREATE TABLE order_lines ( -- grows
    order_id TEXT NOT NULL REFERENCES orders (order_id),
    line_no INTEGER NOT NULL,
    sku TEXT NOT NULL REFERENCES variants,
    title TEXT NOT NULL,
    quantity INTEGER NOT NULL CHECK (quantity BETWEEN 1 AND 9999),
    unit_price_minor INTEGER NOT NULL CHECK (unit_price_minor >= 0),
    PRIMARY KEY (order_id, sku)
) STRICT, WITHOUT ROWID;

-- What staff search by: the e-mail and the words of the name, folded.
CREATE TABLE order_words ( -- grows
    word TEXT NOT NULL,
    number INTEGER NOT NULL REFERENCES orders,
    PRIMARY KEY (word, number)
) STRICT, WITHOUT ROWID;

CREATE TABLE idempotency_keys ( -- grows
    row_id INTEGER PRIMARY KEY, -- the oldest first
    space TEXT NOT NULL, -- whose key it is, see idempotency.h
    key TEXT NOT NULL,
    body_hash TEXT NOT NULL,
    status INTEGER NOT NULL,
    location TEXT NOT NULL,
    answer TEXT NOT NULL,
    created_at_ms INTEGER NOT NULL,
    UNIQUE (space, key)
) STRICT;

-- Stock held for an order until it is sold or given up.
CREATE TABLE reservations ( -- grows
    order_id TEXT NOT NULL REFERENCES orders (order_id),
    sku TEXT NOT NULL REFERENCES variants,
    quantity INTEGER NOT NULL CHECK (quantity > 0),
    expires_at_ms INTEGER NOT NULL,
    PRIMARY KEY (order_id, sku)
) STRICT, WITHOUT ROWID;
CREATE INDEX reservations_by_expiry ON reservations (expires_at_ms);
CREATE INDEX reservations_by_sku ON reservations (sku);

-- Payment --------------------------------------------------------------------

-- One row a try, committed before the gateway is asked. Its stage says what is
-- to be done next (see payment.h).
CREATE TABLE payment_attempts ( -- grows
    attempt_id TEXT PRIMARY KEY,
    order_id TEXT NOT NULL REFERENCES orders (order_id),
    attempt_no INTEGER NOT NULL,
    kind TEXT NOT NULL DEFAULT 'token'
        CHECK (kind IN ('token', 'hosted', 'manual')),
    status TEXT NOT NULL CHECK (status IN ('open', 'succeeded', 'failed')),
    stage TEXT NOT NULL DEFAULT 'ask'
        CHECK (stage IN ('ask', 'look', 'wait', 'close')),
    asked INTEGER NOT NULL DEFAULT 0   -- the gateway was, answer or not
        CHECK (asked IN (0, 1)),
    misses INTEGER NOT NULL DEFAULT 0, -- answers that left the outcome unknown
    unknown_since_ms INTEGER,
    session_id TEXT,                   -- of the gateway's hosted page
    intent_id TEXT,
    payment_url TEXT,                  -- where the customer pays or signs in
    closes_work_ms INTEGER,            -- its window; NULL: it has none
    code TEXT,
    message TEXT,
    note TEXT,                         -- who marked it paid, and why
    untold INTEGER NOT NULL DEFAULT 0  -- failed, and the workflow has not
        CHECK (untold IN (0, 1)),      -- heard of it yet
    seen_run INTEGER NOT NULL DEFAULT 0, -- the last reconciliation that saw it
    created_at_ms INTEGER NOT NULL,
    updated_at_ms INTEGER NOT NULL,
    window_by TEXT,                    -- staff who set or ended its window
    UNIQUE (order_id, attempt_no)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX payment_attempts_one_open ON payment_attempts (order_id)
    WHERE status = 'open';
CREATE INDEX payment_attempts_by_intent ON payment_attempts (intent_id)
    WHERE intent_id IS NOT NULL;
CREATE INDEX payment_attempts_by_session ON payment_attempts (session_id)
    WHERE session_id IS NOT NULL;
CREATE INDEX payment_attempts_by_age ON payment_attempts (created_at_ms);

CREATE TABLE refunds ( -- grows
    refund_id TEXT PRIMARY KEY,
    order_id TEXT NOT NULL REFERENCES orders (order_id),
    intent_id TEXT NOT NULL, -- of the charge that it gives back
    amount_minor INTEGER NOT NULL CHECK (amount_minor > 0),
    reason TEXT NOT NULL,
    requested_by TEXT,       -- staff; NULL: the shop by itself
    restock INTEGER NOT NULL DEFAULT 0 CHECK (restock IN (0, 1)),
    status TEXT NOT NULL CHECK (status IN ('due', 'succeeded', 'failed')),
    refusals INTEGER NOT NULL DEFAULT 0, -- by the gateway; then a new key
    gateway_id TEXT,
    message TEXT,
    created_at_ms INTEGER NOT NULL,
    updated_at_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX refunds_by_order ON refunds (order_id);
CREATE INDEX refunds_by_intent ON refunds (intent_id);
CREATE INDEX refunds_by_gateway_id ON refunds (gateway_id)
    WHERE gateway_id IS NOT NULL;

-- What a refund by line gave back.
CREATE TABLE refund_lines ( -- grows
    refund_id TEXT NOT NULL REFERENCES refunds,
    sku TEXT NOT NULL REFERENCES variants,
    quantity INTEGER NOT NULL CHECK (quantity > 0),
    PRIMARY KEY (refund_id, sku)
) STRICT, WITHOUT ROWID;

-- What the newest event said of each dispute.
CREATE TABLE disputes ( -- grows
    dispute_id TEXT PRIMARY KEY,
    status TEXT NOT NULL,       -- the gateway's word
    told_at_ms INTEGER NOT NULL -- by the gateway's clock
) STRICT, WITHOUT ROWID;

-- The payment ledger: append-only. A
-- dispute takes money back as a refund does; a reversal undoes a refund that
-- failed after all, or a dispute that was won.
CREATE TABLE payment_entries ( -- grows
    entry_id INTEGER PRIMARY KEY,
    order_id TEXT NOT NULL REFERENCES orders (order_id),
    kind TEXT NOT NULL CHECK (kind IN ('charge', 'refund', 'refund_reversal',
        'dispute', 'dispute_reversal')),
    amount_minor INTEGER NOT NULL CHECK (amount_minor >= 0),
    gateway_id TEXT NOT NULL UNIQUE,
    intent_id TEXT NOT NULL, -- of the charge; a charge's is its gateway_id
    -- Which of the order's entries of its kind it is, from 0; as in
    -- stock_entries.
    nth INTEGER NOT NULL DEFAULT 0,
    created_at_ms INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX payment_entries_once
    ON payment_entries (order_id, kind, nth);
CREATE INDEX payment_entries_by_intent ON payment_entries (intent_id);

CREATE TRIGGER payment_entries_fixed BEFORE UPDATE ON payment_entries
BEGIN SELECT RAISE(ABORT, 'the payment ledger is append-only'); END;
CREATE TRIGGER payment_entries_kept BEFORE DELETE ON payment_entries
BEGIN SELECT RAISE(ABORT, 'the payment ledger is append-only'); END;

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

-- What the gateway told us, stored before it is answered.
CREATE TABLE webhook_events ( -- grows
    sequence INTEGER PRIMARY KEY,
    event_id TEXT NOT NULL UNIQUE,
    type TEXT NOT NULL,
    body BLOB NOT NULL,     -- as it came, packed (see packed.h)
    status TEXT NOT NULL DEFAULT 'due' CHECK (status IN ('due', 'applied',
        'early', 'ignored', 'failed')),
    message TEXT,           -- what was done, or why nothing was
    order_id TEXT,          -- once it is matched
    created_at_ms INTEGER NOT NULL, -- at the gateway
    received_at_ms INTEGER NOT NULL,
    applied_at_ms INTEGER
) STRICT;
CREATE INDEX webhook_events_by_age ON webhook_events (received_at_ms);
CREATE INDEX webhook_events_by_status ON webhook_events (status, sequence);

-- Our books held against the gateway's; the last row is the newest run.
CREATE TABLE reconciliations (
    run INTEGER PRIMARY KEY,
    status TEXT NOT NULL
        CHECK (status IN ('due', 'running', 'done', 'failed')),
    asked_by TEXT NOT NULL, -- 'clock', 'operator' or a staff e-mail
    since_ms INTEGER NOT NULL,
    seen INTEGER NOT NULL DEFAULT 0,    -- intents looked at
    settled INTEGER NOT NULL DEFAULT 0, -- differences settled by it
    message TEXT,
    created_at_ms INTEGER NOT NULL,
    ended_at_ms INTEGER
) STRICT;
CREATE INDEX reconciliations_open ON reconciliations (status)
    WHERE status IN ('due', 'running');

-- What a reconciliation could not settle.
CREATE TABLE findings ( -- grows
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
CREATE INDEX findings_open ON findings (finding_id)
    WHERE settled_at_ms IS NULL;

-- Where guests' orders came from: kept for a day, and as long as an order holds
-- goods that are not paid (see held.h). Against card testing: how charges by
-- token ended, once for each subject: 'all', 'address:...', 'email:...',
-- 'form:...' (an hour).
CREATE TABLE order_origins ( -- grows
    order_id TEXT PRIMARY KEY REFERENCES orders (order_id),
    address TEXT NOT NULL,
    form TEXT, -- the form token's id
    created_at_ms INTEGER NOT NULL,
    charged INTEGER NOT NULL DEFAULT 0 CHECK (charged IN (0, 1)), -- its charge
                                 -- ended, or it has none by token
    email TEXT,                  -- the order's, folded
    units INTEGER NOT NULL DEFAULT 0, -- of goods
    held INTEGER NOT NULL DEFAULT 0 CHECK (held IN (0, 1)) -- for this order
) STRICT, WITHOUT ROWID;
CREATE INDEX order_origins_by_age ON order_origins (created_at_ms)
    WHERE held = 0;
CREATE INDEX order_origins_held_by_address ON order_origins (address)
    WHERE held = 1;
CREATE INDEX order_origins_held_by_email ON order_origins (email)
    WHERE held = 1;
CREATE INDEX order_origins_not_charged
    ON order_origins (address, created_at_ms) WHERE charged = 0;
CREATE TABLE charge_outcomes ( -- grows
    outcome_id INTEGER PRIMARY KEY,
    subject TEXT NOT NULL,
    declined INTEGER NOT NULL CHECK (declined IN (0, 1)),
    created_at_ms INTEGER NOT NULL
) STRICT;
CREATE INDEX charge_outcomes_by_subject
    ON charge_outcomes (subject, created_at_ms);
CREATE INDEX charge_outcomes_by_age ON charge_outcomes (created_at_ms);

-- The workflow -----------------------------------------------------------------

CREATE TABLE definitions (
    hash TEXT PRIMARY KEY,
    definition TEXT NOT NULL,
    created_at_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Where each order stands in its workflow. The image is the engine's own text
-- (lib/asl), NULL before the first turn and once nothing needs it; its waits
-- go by the execution's own clock, which is the work clock from zero_work_ms on.
CREATE TABLE executions ( -- grows
    order_id TEXT PRIMARY KEY REFERENCES orders (order_id),
    definition_hash TEXT NOT NULL REFERENCES definitions,
    status TEXT NOT NULL DEFAULT 'RUNNING' CHECK (status IN
        ('RUNNING', 'SUCCEEDED', 'FAILED', 'TIMED_OUT', 'ABORTED')),
    state TEXT,                 -- NULL before the first is entered
    error TEXT,
    cause TEXT,
    redrives INTEGER NOT NULL DEFAULT 0, -- also the order's round: its life
                                -- from a start or redrive to the next
    revision INTEGER NOT NULL DEFAULT 0,   -- grows with every save
    reaper INTEGER NOT NULL DEFAULT 0, -- that has calls of it out; 0: none
    zero_work_ms INTEGER NOT NULL DEFAULT 0, -- where its own clock began
    due_work_ms INTEGER NOT NULL DEFAULT 0,
    crashes INTEGER NOT NULL DEFAULT 0, -- as in work
    last_event INTEGER NOT NULL DEFAULT 0,
    started_at_ms INTEGER NOT NULL,
    ended_at_ms INTEGER,
    thinned INTEGER NOT NULL DEFAULT 0 CHECK (thinned IN (0, 1)),
    history_bytes INTEGER NOT NULL DEFAULT 0,
    packed INTEGER NOT NULL DEFAULT 0 CHECK (packed IN (0, 1)),
    CHECK ((status = 'RUNNING') = (ended_at_ms IS NULL))
) STRICT, WITHOUT ROWID;
CREATE INDEX executions_blamed ON executions (crashes) WHERE crashes > 0;
CREATE INDEX executions_held ON executions (reaper) WHERE reaper <> 0;
CREATE INDEX executions_due ON executions (due_work_ms)
    WHERE status = 'RUNNING';
CREATE INDEX executions_to_pack ON executions (ended_at_ms)
    WHERE ended_at_ms IS NOT NULL AND packed = 0;
CREATE INDEX executions_to_thin ON executions (ended_at_ms)
    WHERE ended_at_ms IS NOT NULL AND packed = 1 AND thinned = 0;

-- What an execution works on, once it was saved and until it is packed.
CREATE TABLE execution_data ( -- grows
    row_id INTEGER PRIMARY KEY,
    order_id TEXT NOT NULL UNIQUE REFERENCES executions,
    input TEXT,  -- JSON, as output
    image TEXT,
    output TEXT
) STRICT;

-- The history: a row a transaction, with all of its events as a JSON array
-- (see history.h). Soon after the execution's end its rows become one, packed.
CREATE TABLE execution_events ( -- grows
    row_id INTEGER PRIMARY KEY,
    order_id TEXT NOT NULL REFERENCES executions,
    first_event INTEGER NOT NULL, -- the number of its first
    events TEXT NOT NULL,
    UNIQUE (order_id, first_event)
) STRICT;
CREATE TABLE packed_events ( -- grows
    row_id INTEGER PRIMARY KEY,
    order_id TEXT NOT NULL REFERENCES executions,
    first_event INTEGER NOT NULL,
    packed BLOB NOT NULL, -- see history_pack.c
    UNIQUE (order_id, first_event)
) STRICT;

-- What a task that waits for its token handed out, and what came back.
CREATE TABLE task_tokens ( -- grows
    token TEXT PRIMARY KEY,
    order_id TEXT NOT NULL REFERENCES executions,
    task_id INTEGER NOT NULL,
    status TEXT NOT NULL CHECK (status IN
        ('waiting', 'answered', 'taken', 'expired')),
    answer TEXT,                        -- JSON: {"output"} or {"error","cause"}
    heartbeat INTEGER NOT NULL DEFAULT 0 CHECK (heartbeat IN (0, 1)),
    created_at_ms INTEGER NOT NULL,
    UNIQUE (order_id, task_id)
) STRICT, WITHOUT ROWID;

-- Work ---------------------------------------------------------------------------

-- What is to be done outside of a transaction, or later (see work.h); when it is
-- done, it is gone.
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
CREATE INDEX work_due ON work (kind, host, due_work_ms, subject)
    WHERE reaper = 0;
CREATE INDEX work_held ON work (reaper, host) WHERE reaper <> 0;
CREATE INDEX work_blamed ON work (crashes) WHERE crashes > 0;
CREATE INDEX work_by_order ON work (order_id) WHERE order_id IS NOT NULL;

-- Who does it: a row a reaper that lives, with its last committed sign of life.
CREATE TABLE reapers (
    reaper INTEGER PRIMARY KEY,
    started_at_ms INTEGER NOT NULL,
    heartbeat_work_ms INTEGER NOT NULL
) STRICT;

-- Papers and mails ----------------------------------------------------------------

-- What papers say by the shop's settings, frozen with each.
CREATE TABLE paper_settings (
    settings_id INTEGER PRIMARY KEY,
    base_url TEXT NOT NULL,
    zone TEXT NOT NULL,
    manual_title TEXT NOT NULL,
    UNIQUE (base_url, zone, manual_title)
) STRICT;

-- One an order and charge; its number is taken when its making begins. Numbers
-- have no gaps; receipts from before version 3 have none.
CREATE TABLE receipts ( -- grows
    order_id TEXT NOT NULL REFERENCES orders (order_id),
    charge_id TEXT NOT NULL, -- gateway_id of the payment; '': nothing to pay
    number INTEGER UNIQUE,
    file TEXT NOT NULL UNIQUE,
    sha256 TEXT,             -- NULL: not on disk yet
    layout INTEGER,          -- it was drawn by; NULL: not drawn yet, or before
                             -- version 5
    settings_id INTEGER NOT NULL REFERENCES paper_settings,
    confirmed_at_ms INTEGER, -- the order, where there is nothing to pay
    customer_email TEXT,     -- that it names; NULL: the order's
    created_at_ms INTEGER NOT NULL,
    failure TEXT,            -- why it is not on disk, until the workflow hears
    PRIMARY KEY (order_id, charge_id)
) STRICT, WITHOUT ROWID;

-- One a refund, numbered without gaps when the refund is booked.
CREATE TABLE credit_notes ( -- grows
    number INTEGER PRIMARY KEY,
    refund_id TEXT NOT NULL UNIQUE REFERENCES refunds,
    order_id TEXT NOT NULL REFERENCES orders (order_id),
    file TEXT NOT NULL UNIQUE,
    sha256 TEXT,             -- NULL: not on disk yet
    layout INTEGER,          -- as a receipt's
    settings_id INTEGER NOT NULL REFERENCES paper_settings,
    receipt_number INTEGER,  -- it refers to; NULL: none
    customer_email TEXT,     -- as a receipt's
    created_at_ms INTEGER NOT NULL
) STRICT;
CREATE INDEX credit_notes_by_order ON credit_notes (order_id);

-- Both, with all that they say beside the order and the refund.
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

CREATE TABLE outbox ( -- grows
    outbox_id TEXT PRIMARY KEY,
    order_id TEXT NOT NULL REFERENCES orders (order_id),
    kind TEXT NOT NULL
        CHECK (kind IN ('confirmation', 'failed', 'cancelled', 'refunded')),
    refund_id TEXT NOT NULL DEFAULT '', -- what a 'refunded' one is about
    recipient TEXT NOT NULL,
    status TEXT NOT NULL CHECK (status IN ('due', 'sent', 'failed')),
    message TEXT,
    created_at_ms INTEGER NOT NULL,
    round INTEGER NOT NULL DEFAULT 0, -- the order's, when it was queued
    updated_at_ms INTEGER NOT NULL,
    -- 1: failed, and no longer true; never to be sent again.
    superseded INTEGER NOT NULL DEFAULT 0 CHECK (superseded IN (0, 1)),
    UNIQUE (order_id, kind, round, refund_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX outbox_failed ON outbox (updated_at_ms)
    WHERE status = 'failed' AND superseded = 0;

-- Mails sent about orders that were not paid, once for each subject that has a
-- budget: 'email:...', 'address:...' (an hour).
CREATE TABLE mail_sends ( -- grows
    send_id INTEGER PRIMARY KEY,
    subject TEXT NOT NULL,
    created_at_ms INTEGER NOT NULL
) STRICT;
CREATE INDEX mail_sends_by_subject ON mail_sends (subject, created_at_ms);
CREATE INDEX mail_sends_by_age ON mail_sends (created_at_ms);

-- What staff must look at, until it is settled or they close it; one open
-- alarm of a kind an order and subject.
CREATE TABLE alarms (
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
CREATE UNIQUE INDEX alarms_one_open
    ON alarms (kind, COALESCE(order_id, ''), subject)
    WHERE closed_at_ms IS NULL;
CREATE INDEX alarms_open ON alarms (alarm_id) WHERE closed_at_ms IS NULL;
CREATE INDEX alarms_by_order ON alarms (order_id);

-- Staff ------------------------------------------------------------------------

-- Who is removed stays a row, so that no other person ever has his number.
CREATE TABLE staff (
    staff_id INTEGER PRIMARY KEY,
    email TEXT NOT NULL UNIQUE,
    password_hash TEXT NOT NULL,
    created_at_ms INTEGER NOT NULL,
    removed_at_ms INTEGER
) STRICT;

CREATE TABLE staff_sessions (
    session_hash TEXT PRIMARY KEY,
    staff_id INTEGER NOT NULL REFERENCES staff,
    csrf_token TEXT NOT NULL,
    expires_at_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX staff_sessions_by_expiry ON staff_sessions (expires_at_ms);

-- Sign-ins tried in the last minutes that have not turned out right.
CREATE TABLE sign_in_failures (
    failure_id TEXT PRIMARY KEY,
    account TEXT NOT NULL,  -- the e-mail, folded; there need be no such staff
    network TEXT NOT NULL,  -- whom the address stands for
    device TEXT NOT NULL,   -- that had signed in to it before; '': none
    failed_at_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX sign_in_failures_by_account
    ON sign_in_failures (account, failed_at_ms);
CREATE INDEX sign_in_failures_by_network
    ON sign_in_failures (network, failed_at_ms);
CREATE INDEX sign_in_failures_by_time ON sign_in_failures (failed_at_ms);

-- Machines sign in with a token; only its hash is kept.
CREATE TABLE api_tokens (
    token_id INTEGER PRIMARY KEY,
    token_hash TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL, -- what it does is told under this name
    role TEXT NOT NULL CHECK (role IN ('staff', 'read')),
    created_at_ms INTEGER NOT NULL,
    expires_at_ms INTEGER,   -- NULL: never
    last_used_at_ms INTEGER, -- to the hour; NULL: never
    revoked_at_ms INTEGER
) STRICT;
CREATE UNIQUE INDEX api_tokens_by_name ON api_tokens (name)
    WHERE revoked_at_ms IS NULL;
