-- The shop's database, version 2. STRICT tables; times are UTC milliseconds
-- unless a name ends in _boot_ms (CLOCK_BOOTTIME); money is int64 in minor
-- units of the one currency in `settings`. What must never be is refused here.

-- The shop's own facts: version, currency, signing_key, workflow (the current
-- definition's hash), shop_profile (the current profile), and the last probe
-- of /health.
CREATE TABLE settings (
    name TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

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

-- Append-only; the sum of a SKU's deltas is its on_hand.
CREATE TABLE stock_entries (
    entry_id INTEGER PRIMARY KEY,
    sku TEXT NOT NULL REFERENCES variants,
    delta INTEGER NOT NULL CHECK (delta <> 0),
    reason TEXT NOT NULL CHECK (reason IN ('import', 'sold', 'returned')),
    order_id TEXT REFERENCES orders (order_id),
    round INTEGER NOT NULL DEFAULT 0, -- the order's redrives so far
    created_at_ms INTEGER NOT NULL,
    CHECK ((reason = 'import') = (order_id IS NULL))
) STRICT;
CREATE INDEX stock_entries_by_sku ON stock_entries (sku);
-- In each round an order takes each SKU from stock once and returns it once.
CREATE UNIQUE INDEX stock_entries_once
    ON stock_entries (order_id, sku, reason, round)
    WHERE order_id IS NOT NULL;

CREATE TRIGGER stock_entries_fixed BEFORE UPDATE ON stock_entries
BEGIN SELECT RAISE(ABORT, 'the stock ledger is append-only'); END;
CREATE TRIGGER stock_entries_kept BEFORE DELETE ON stock_entries
BEGIN SELECT RAISE(ABORT, 'the stock ledger is append-only'); END;

-- Orders ---------------------------------------------------------------------

CREATE TABLE orders (
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

CREATE TABLE order_lines (
    order_id TEXT NOT NULL REFERENCES orders (order_id),
    line_no INTEGER NOT NULL,
    sku TEXT NOT NULL REFERENCES variants,
    title TEXT NOT NULL,
    quantity INTEGER NOT NULL CHECK (quantity BETWEEN 1 AND 9999),
    unit_price_minor INTEGER NOT NULL CHECK (unit_price_minor >= 0),
    PRIMARY KEY (order_id, sku)
) STRICT, WITHOUT ROWID;

-- What staff search by: the e-mail and the words of the name, folded.
CREATE TABLE order_words (
    word TEXT NOT NULL,
    number INTEGER NOT NULL REFERENCES orders,
    PRIMARY KEY (word, number)
) STRICT, WITHOUT ROWID;

CREATE TABLE idempotency_keys (
    key TEXT PRIMARY KEY,
    body_hash TEXT NOT NULL,
    status INTEGER NOT NULL,
    location TEXT NOT NULL,
    answer TEXT NOT NULL,
    created_at_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX idempotency_keys_by_age ON idempotency_keys (created_at_ms);

-- Stock held for an order until it is sold or given up.
CREATE TABLE reservations (
    order_id TEXT NOT NULL REFERENCES orders (order_id),
    sku TEXT NOT NULL REFERENCES variants,
    quantity INTEGER NOT NULL CHECK (quantity > 0),
    expires_at_ms INTEGER NOT NULL,
    PRIMARY KEY (order_id, sku)
) STRICT, WITHOUT ROWID;
CREATE INDEX reservations_by_expiry ON reservations (expires_at_ms);

-- Payment --------------------------------------------------------------------

-- One row a try, committed before the gateway is asked.
CREATE TABLE payment_attempts (
    attempt_id TEXT PRIMARY KEY,
    order_id TEXT NOT NULL REFERENCES orders (order_id),
    attempt_no INTEGER NOT NULL,
    status TEXT NOT NULL CHECK (status IN ('open', 'succeeded', 'failed')),
    calls INTEGER NOT NULL DEFAULT 0,
    due_boot_ms INTEGER NOT NULL DEFAULT 0, -- when to ask (again)
    due_at_ms INTEGER NOT NULL,
    unknown_since_ms INTEGER,
    intent_id TEXT,
    code TEXT,
    message TEXT,
    created_at_ms INTEGER NOT NULL,
    updated_at_ms INTEGER NOT NULL,
    UNIQUE (order_id, attempt_no)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX payment_attempts_one_open ON payment_attempts (order_id)
    WHERE status = 'open';
CREATE INDEX payment_attempts_due ON payment_attempts (due_boot_ms)
    WHERE status = 'open';

CREATE TABLE refunds (
    refund_id TEXT PRIMARY KEY,
    order_id TEXT NOT NULL REFERENCES orders (order_id),
    intent_id TEXT NOT NULL, -- of the charge that it gives back
    amount_minor INTEGER NOT NULL CHECK (amount_minor > 0),
    reason TEXT NOT NULL,
    status TEXT NOT NULL CHECK (status IN ('due', 'succeeded', 'failed')),
    calls INTEGER NOT NULL DEFAULT 0,
    due_boot_ms INTEGER NOT NULL DEFAULT 0,
    due_at_ms INTEGER NOT NULL,
    message TEXT,
    created_at_ms INTEGER NOT NULL,
    updated_at_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX refunds_due ON refunds (due_boot_ms) WHERE status = 'due';
CREATE INDEX refunds_by_order ON refunds (order_id);

-- The payment ledger: append-only, at most one charge an order and round.
CREATE TABLE payment_entries (
    entry_id INTEGER PRIMARY KEY,
    order_id TEXT NOT NULL REFERENCES orders (order_id),
    kind TEXT NOT NULL CHECK (kind IN ('charge', 'refund')),
    amount_minor INTEGER NOT NULL CHECK (amount_minor >= 0),
    gateway_id TEXT NOT NULL UNIQUE,
    round INTEGER NOT NULL DEFAULT 0, -- the order's redrives so far
    created_at_ms INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX payment_entries_one_charge
    ON payment_entries (order_id, round) WHERE kind = 'charge';
CREATE INDEX payment_entries_by_order ON payment_entries (order_id);

CREATE TRIGGER payment_entries_fixed BEFORE UPDATE ON payment_entries
BEGIN SELECT RAISE(ABORT, 'the payment ledger is append-only'); END;
CREATE TRIGGER payment_entries_kept BEFORE DELETE ON payment_entries
BEGIN SELECT RAISE(ABORT, 'the payment ledger is append-only'); END;

-- The workflow -----------------------------------------------------------------

CREATE TABLE definitions (
    hash TEXT PRIMARY KEY,
    definition TEXT NOT NULL,
    created_at_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Where each order stands in its workflow. The image is the engine's own text
-- (lib/asl), NULL before the first turn and once nothing needs it; its waits
-- go by the execution's clock, which stood at clock_ms when it was saved.
CREATE TABLE executions (
    order_id TEXT PRIMARY KEY REFERENCES orders (order_id),
    definition_hash TEXT NOT NULL REFERENCES definitions,
    status TEXT NOT NULL DEFAULT 'RUNNING' CHECK (status IN
        ('RUNNING', 'SUCCEEDED', 'FAILED', 'TIMED_OUT', 'ABORTED')),
    state TEXT,                 -- NULL before the first is entered
    error TEXT,
    cause TEXT,
    redrives INTEGER NOT NULL DEFAULT 0,
    step INTEGER NOT NULL DEFAULT 0,   -- grows with every save
    fence INTEGER NOT NULL DEFAULT 0,  -- the reaper that holds it; 0: none
    queued INTEGER NOT NULL DEFAULT 0 CHECK (queued IN (0, 1)),
    clock_ms INTEGER NOT NULL DEFAULT 0,
    saved_boot_ms INTEGER NOT NULL DEFAULT 0,
    saved_at_ms INTEGER NOT NULL,
    wait_ms INTEGER NOT NULL DEFAULT 0, -- from the save to when it is due
    due_boot_ms INTEGER NOT NULL DEFAULT 0,
    crashes INTEGER NOT NULL DEFAULT 0, -- of the reaper, with it in hand
    last_event INTEGER NOT NULL DEFAULT 0,
    started_at_ms INTEGER NOT NULL,
    ended_at_ms INTEGER,
    thinned INTEGER NOT NULL DEFAULT 0 CHECK (thinned IN (0, 1)),
    history_bytes INTEGER NOT NULL DEFAULT 0,
    -- The long ones last, where reading the others does not pass them.
    input TEXT,                 -- JSON, as output; NULL before the first turn
    image TEXT,
    output TEXT,
    CHECK ((status = 'RUNNING') = (ended_at_ms IS NULL))
) STRICT, WITHOUT ROWID;
CREATE INDEX executions_blamed ON executions (crashes) WHERE crashes > 0;
CREATE INDEX executions_due ON executions (due_boot_ms)
    WHERE status = 'RUNNING';
CREATE INDEX executions_queued ON executions (queued, order_id)
    WHERE status = 'RUNNING' AND queued = 1;
CREATE INDEX executions_to_thin ON executions (ended_at_ms)
    WHERE ended_at_ms IS NOT NULL AND thinned = 0;

-- The history: a row a transaction, with all of its events as a JSON array
-- (see history.h).
CREATE TABLE execution_events (
    order_id TEXT NOT NULL REFERENCES executions,
    first_event INTEGER NOT NULL, -- the number of its first
    events TEXT NOT NULL,
    PRIMARY KEY (order_id, first_event)
) STRICT, WITHOUT ROWID;

-- What a task that waits for its token handed out, and what came back.
CREATE TABLE task_tokens (
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

-- The one reaper: its fencing token and its last committed sign of life.
CREATE TABLE reaper (
    only_row INTEGER PRIMARY KEY CHECK (only_row = 1),
    fence INTEGER NOT NULL,
    boot_id TEXT NOT NULL,
    heartbeat_boot_ms INTEGER NOT NULL,
    heartbeat_at_ms INTEGER NOT NULL
) STRICT;

CREATE TABLE receipts (
    order_id TEXT PRIMARY KEY REFERENCES orders (order_id),
    file TEXT NOT NULL UNIQUE,
    sha256 TEXT NOT NULL,
    created_at_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE outbox (
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
    round INTEGER NOT NULL DEFAULT 0, -- the order's redrives so far
    updated_at_ms INTEGER NOT NULL,
    UNIQUE (order_id, kind, round)
) STRICT, WITHOUT ROWID;
CREATE INDEX outbox_due ON outbox (due_boot_ms) WHERE status = 'due';

-- What staff must look at; one open alarm of a kind an order.
CREATE TABLE alarms (
    alarm_id INTEGER PRIMARY KEY,
    kind TEXT NOT NULL,
    order_id TEXT NOT NULL REFERENCES orders (order_id),
    detail TEXT NOT NULL,
    created_at_ms INTEGER NOT NULL,
    UNIQUE (kind, order_id)
) STRICT;
CREATE INDEX alarms_by_order ON alarms (order_id);

-- Staff ------------------------------------------------------------------------

CREATE TABLE staff (
    staff_id INTEGER PRIMARY KEY,
    email TEXT NOT NULL UNIQUE,
    password_hash TEXT NOT NULL,
    created_at_ms INTEGER NOT NULL
) STRICT;

CREATE TABLE staff_sessions (
    session_hash TEXT PRIMARY KEY,
    staff_id INTEGER NOT NULL REFERENCES staff,
    csrf_token TEXT NOT NULL,
    expires_at_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX staff_sessions_by_expiry ON staff_sessions (expires_at_ms);

-- Failed sign-ins of the last minutes, by e-mail and by address.
CREATE TABLE sign_in_failures (
    failure_id INTEGER PRIMARY KEY,
    subject TEXT NOT NULL,
    failed_at_ms INTEGER NOT NULL
) STRICT;
CREATE INDEX sign_in_failures_by_subject
    ON sign_in_failures (subject, failed_at_ms);

-- Machines sign in with a token; only its hash is kept.
CREATE TABLE api_tokens (
    token_hash TEXT PRIMARY KEY,
    role TEXT NOT NULL CHECK (role IN ('staff')),
    created_at_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
