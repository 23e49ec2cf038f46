-- A shop's database of version 1, for upgrade.test.mjs: the schema as it was,
-- and four orders - one served, whose mail is due; one that is being charged;
-- one cancelled, whose refund is due; one parked. The test fills in what
-- stands between at signs.

CREATE TABLE settings (
    name TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE shop_profiles (
    profile_id INTEGER PRIMARY KEY,
    name TEXT NOT NULL,
    address TEXT NOT NULL,
    tax_id TEXT NOT NULL,
    UNIQUE (name, address, tax_id)
) STRICT;
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
CREATE TABLE stock_entries (
    entry_id INTEGER PRIMARY KEY,
    sku TEXT NOT NULL REFERENCES variants,
    delta INTEGER NOT NULL CHECK (delta <> 0),
    reason TEXT NOT NULL CHECK (reason IN ('import', 'sold', 'returned')),
    order_id TEXT REFERENCES orders (order_id),
    created_at_ms INTEGER NOT NULL,
    CHECK ((reason = 'import') = (order_id IS NULL))
) STRICT;
CREATE INDEX stock_entries_by_sku ON stock_entries (sku);
CREATE UNIQUE INDEX stock_entries_once ON stock_entries (order_id, sku, reason)
    WHERE order_id IS NOT NULL;
CREATE TRIGGER stock_entries_fixed BEFORE UPDATE ON stock_entries
BEGIN SELECT RAISE(ABORT, 'the stock ledger is append-only'); END;
CREATE TRIGGER stock_entries_kept BEFORE DELETE ON stock_entries
BEGIN SELECT RAISE(ABORT, 'the stock ledger is append-only'); END;
CREATE TABLE orders (
    number INTEGER PRIMARY KEY,
    order_id TEXT NOT NULL UNIQUE,
    track_token TEXT NOT NULL,
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
CREATE TABLE reservations (
    order_id TEXT NOT NULL REFERENCES orders (order_id),
    sku TEXT NOT NULL REFERENCES variants,
    quantity INTEGER NOT NULL CHECK (quantity > 0),
    expires_at_ms INTEGER NOT NULL,
    PRIMARY KEY (order_id, sku)
) STRICT, WITHOUT ROWID;
CREATE INDEX reservations_by_expiry ON reservations (expires_at_ms);
CREATE TABLE payment_attempts (
    attempt_id TEXT PRIMARY KEY,
    order_id TEXT NOT NULL REFERENCES orders (order_id),
    attempt_no INTEGER NOT NULL,
    status TEXT NOT NULL CHECK (status IN ('open', 'succeeded', 'failed')),
    calls INTEGER NOT NULL DEFAULT 0,
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
CREATE TABLE refunds (
    refund_id TEXT PRIMARY KEY,
    order_id TEXT NOT NULL REFERENCES orders (order_id),
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
CREATE TABLE payment_entries (
    entry_id INTEGER PRIMARY KEY,
    order_id TEXT NOT NULL REFERENCES orders (order_id),
    kind TEXT NOT NULL CHECK (kind IN ('charge', 'refund')),
    amount_minor INTEGER NOT NULL CHECK (amount_minor >= 0),
    gateway_id TEXT NOT NULL UNIQUE,
    created_at_ms INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX payment_entries_one_charge ON payment_entries (order_id)
    WHERE kind = 'charge';
CREATE INDEX payment_entries_by_order ON payment_entries (order_id);
CREATE TRIGGER payment_entries_fixed BEFORE UPDATE ON payment_entries
BEGIN SELECT RAISE(ABORT, 'the payment ledger is append-only'); END;
CREATE TRIGGER payment_entries_kept BEFORE DELETE ON payment_entries
BEGIN SELECT RAISE(ABORT, 'the payment ledger is append-only'); END;
CREATE TABLE definitions (
    hash TEXT PRIMARY KEY,
    definition TEXT NOT NULL,
    created_at_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE executions (
    order_id TEXT PRIMARY KEY REFERENCES orders (order_id),
    definition_hash TEXT NOT NULL REFERENCES definitions,
    status TEXT NOT NULL DEFAULT 'RUNNING' CHECK (status IN
        ('RUNNING', 'SUCCEEDED', 'FAILED', 'ABORTED')),
    state TEXT,
    entered INTEGER NOT NULL DEFAULT 0 CHECK (entered IN (0, 1)),
    retries TEXT NOT NULL DEFAULT '',
    step INTEGER NOT NULL DEFAULT 0,
    fence INTEGER NOT NULL DEFAULT 0,
    due_boot_ms INTEGER NOT NULL DEFAULT 0,
    due_at_ms INTEGER NOT NULL,
    wait_ms INTEGER NOT NULL DEFAULT 0,
    crashes INTEGER NOT NULL DEFAULT 0,
    last_event INTEGER NOT NULL DEFAULT 0,
    started_at_ms INTEGER NOT NULL,
    ended_at_ms INTEGER,
    CHECK ((status = 'RUNNING') = (ended_at_ms IS NULL))
) STRICT, WITHOUT ROWID;
CREATE INDEX executions_blamed ON executions (crashes) WHERE crashes > 0;
CREATE INDEX executions_due ON executions (due_boot_ms)
    WHERE status = 'RUNNING';
CREATE TABLE execution_events (
    order_id TEXT NOT NULL REFERENCES executions,
    event_id INTEGER NOT NULL,
    type TEXT NOT NULL,
    state TEXT,
    detail TEXT,
    created_at_ms INTEGER NOT NULL,
    PRIMARY KEY (order_id, event_id)
) STRICT, WITHOUT ROWID;
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
    updated_at_ms INTEGER NOT NULL,
    UNIQUE (order_id, kind)
) STRICT, WITHOUT ROWID;
CREATE INDEX outbox_due ON outbox (due_boot_ms) WHERE status = 'due';
CREATE TABLE alarms (
    alarm_id INTEGER PRIMARY KEY,
    kind TEXT NOT NULL,
    order_id TEXT NOT NULL REFERENCES orders (order_id),
    detail TEXT NOT NULL,
    created_at_ms INTEGER NOT NULL,
    UNIQUE (kind, order_id)
) STRICT;
CREATE INDEX alarms_by_order ON alarms (order_id);
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
CREATE TABLE sign_in_failures (
    failure_id INTEGER PRIMARY KEY,
    subject TEXT NOT NULL,
    failed_at_ms INTEGER NOT NULL
) STRICT;
CREATE INDEX sign_in_failures_by_subject
    ON sign_in_failures (subject, failed_at_ms);
CREATE TABLE api_tokens (
    token_hash TEXT PRIMARY KEY,
    role TEXT NOT NULL CHECK (role IN ('staff')),
    created_at_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

INSERT INTO settings (name, value) VALUES ('version', '1'),
    ('currency', 'EUR'), ('workflow',
    'ea3a2c0a883ed28e82694177edb4b0f6c1c644bd4234657bbf7000684b72b589'),
    ('signing_key',
    '0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef'),
    ('shop_profile', '1');
INSERT INTO shop_profiles VALUES (1, 'Old Shop', '1 Old Street', 'OLD1');
INSERT INTO definitions VALUES (
    'ea3a2c0a883ed28e82694177edb4b0f6c1c644bd4234657bbf7000684b72b589',
    '{"StartAt":"ValidateOrder","States":{
"ValidateOrder":{"Type":"Task","Resource":"task:ValidateOrder",
"Next":"ProcessPayment"},
"ProcessPayment":{"Type":"Task","Resource":"task:ProcessPayment",
"Next":"UpdateInventory"},
"UpdateInventory":{"Type":"Task","Resource":"task:UpdateInventory",
"Next":"GenerateReceipt"},
"GenerateReceipt":{"Type":"Task","Resource":"task:GenerateReceipt",
"Next":"SendNotification"},
"SendNotification":{"Type":"Task","Resource":"task:SendNotification",
"End":true}}}',
    @NOW@);
INSERT INTO products VALUES
    ('01a1f000-0000-7000-8000-000000000001', 'Mouse', 'mouse', '', @NOW@);
INSERT INTO variants VALUES ('mouse', 'mouse',
    '01a1f000-0000-7000-8000-000000000001', '', 3900, 99, 2);

INSERT INTO orders (number, order_id, track_token, status, payment_status,
    payment_method, total_minor, customer_name, customer_email, profile_id,
    confirmed_at_ms, created_at_ms, updated_at_ms)
VALUES
    (1001, '01a1f000-0000-7000-8000-000000001001',
    'AAAAAAAAAAAAAAAAAAAAAA1001', 'CONFIRMED', 'paid',
    'pm_card_visa', 3900, 'Ada', 'ada@example.org', 1, @NOW@, @NOW@,
    @NOW@),
    (1002, '01a1f000-0000-7000-8000-000000001002',
    'AAAAAAAAAAAAAAAAAAAAAA1002', 'PROCESSING', 'pending',
    'pm_card_visa', 3900, 'Ada', 'ada@example.org', 1, NULL, @NOW@,
    @NOW@),
    (1003, '01a1f000-0000-7000-8000-000000001003',
    'AAAAAAAAAAAAAAAAAAAAAA1003', 'CANCELLED', 'paid',
    'pm_card_visa', 3900, 'Ada', 'ada@example.org', 1, @NOW@, @NOW@,
    @NOW@),
    (1004, '01a1f000-0000-7000-8000-000000001004',
    'AAAAAAAAAAAAAAAAAAAAAA1004', 'PROCESSING', 'unpaid',
    'pm_card_visa', 3900, 'Ada', 'ada@example.org', 1, NULL, @NOW@,
    @NOW@);
INSERT INTO order_lines SELECT order_id, 1, 'mouse', 'Mouse', 1, 3900
    FROM orders;
INSERT INTO order_words SELECT 'ada', number FROM orders;
INSERT INTO stock_entries (sku, delta, reason, order_id, created_at_ms)
VALUES ('mouse', 100, 'import', NULL, @NOW@),
    ('mouse', -1, 'sold', '01a1f000-0000-7000-8000-000000001001', @NOW@),
    ('mouse', -1, 'sold', '01a1f000-0000-7000-8000-000000001003', @NOW@),
    ('mouse', 1, 'returned', '01a1f000-0000-7000-8000-000000001003', @NOW@);
INSERT INTO reservations SELECT order_id, 'mouse', 1, @NOW@ + 3600000
    FROM orders WHERE status = 'PROCESSING';

INSERT INTO payment_attempts (attempt_id, order_id, attempt_no, status, calls,
    intent_id, created_at_ms, updated_at_ms)
SELECT 'attempt-' || number, order_id, 1, column2, 1, column3, @NOW@, @NOW@
FROM orders JOIN (VALUES (1001, 'succeeded', '@INTENT_1001@'),
    (1002, 'open', NULL), (1003, 'succeeded', '@INTENT_1003@'))
    ON number = column1;
INSERT INTO payment_entries (order_id, kind, amount_minor, gateway_id,
    created_at_ms)
SELECT order_id, 'charge', 3900, intent_id, @NOW@ FROM payment_attempts
    WHERE status = 'succeeded';
INSERT INTO refunds (refund_id, order_id, amount_minor, reason, status,
    due_at_ms, created_at_ms, updated_at_ms)
VALUES ('refund-1003', '01a1f000-0000-7000-8000-000000001003', 3900,
    'too late', 'due', @NOW@, @NOW@, @NOW@);

INSERT INTO executions (order_id, definition_hash, status, state, entered,
    step, fence, due_boot_ms, due_at_ms, last_event, started_at_ms,
    ended_at_ms)
SELECT order_id, (SELECT hash FROM definitions), column2, column3, 1, 5,
    column4, column5, @NOW@, column6, @NOW@, column7
FROM orders JOIN (VALUES
    (1001, 'SUCCEEDED', 'SendNotification', 0, 0, 14, @NOW@ + 100),
    (1002, 'RUNNING', 'ProcessPayment', 7, 60000, 4, NULL),
    (1003, 'ABORTED', 'UpdateInventory', 0, 0, 9, @NOW@ + 100),
    (1004, 'RUNNING', 'ProcessPayment', 7, 9223372036854775807, 4,
    NULL)) ON number = column1;
INSERT INTO execution_events
SELECT order_id, column2, column3, column4, column5, @NOW@ + column2
FROM orders JOIN (VALUES
    (1001, 1, 'ExecutionStarted', NULL, NULL),
    (1001, 2, 'TaskStateEntered', 'ValidateOrder', NULL),
    (1001, 3, 'TaskSucceeded', 'ValidateOrder', NULL),
    (1001, 4, 'TaskStateEntered', 'ProcessPayment', NULL),
    (1001, 5, 'TaskSucceeded', 'ProcessPayment',
    '{"payment_intent":"@INTENT_1001@"}'),
    (1001, 6, 'TaskStateEntered', 'UpdateInventory', NULL),
    (1001, 7, 'TaskSucceeded', 'UpdateInventory', NULL),
    (1001, 8, 'TaskStateEntered', 'GenerateReceipt', NULL),
    (1001, 9, 'TaskFailed', 'GenerateReceipt',
    '{"error":"Receipt.WriteFailed","cause":"No space left"}'),
    (1001, 10, 'TaskScheduled', 'GenerateReceipt',
    '{"after_ms":1000}'),
    (1001, 11, 'TaskSucceeded', 'GenerateReceipt',
    '{"sha256":"@SHA256@"}'),
    (1001, 12, 'TaskStateEntered', 'SendNotification', NULL),
    (1001, 13, 'TaskSucceeded', 'SendNotification', NULL),
    (1001, 14, 'ExecutionSucceeded', NULL, NULL),
    (1002, 1, 'ExecutionStarted', NULL, NULL),
    (1002, 2, 'TaskStateEntered', 'ValidateOrder', NULL),
    (1002, 3, 'TaskSucceeded', 'ValidateOrder', NULL),
    (1002, 4, 'TaskStateEntered', 'ProcessPayment', NULL),
    (1003, 1, 'ExecutionStarted', NULL, NULL),
    (1003, 2, 'TaskStateEntered', 'ValidateOrder', NULL),
    (1003, 3, 'TaskSucceeded', 'ValidateOrder', NULL),
    (1003, 4, 'TaskStateEntered', 'ProcessPayment', NULL),
    (1003, 5, 'TaskSucceeded', 'ProcessPayment', NULL),
    (1003, 6, 'TaskStateEntered', 'UpdateInventory', NULL),
    (1003, 7, 'TaskSucceeded', 'UpdateInventory', NULL),
    (1003, 8, 'ExecutionAborted', NULL, NULL),
    (1003, 9, 'OrderCancelled', NULL,
    'not JSON'),
    (1004, 1, 'ExecutionStarted', NULL, NULL),
    (1004, 2, 'TaskStateEntered', 'ValidateOrder', NULL),
    (1004, 3, 'TaskSucceeded', 'ValidateOrder', NULL),
    (1004, 4, 'TaskStateEntered', 'ProcessPayment', NULL)) ON number = column1;
INSERT INTO reaper VALUES (1, 7, 'another boot', 60000, @NOW@);
INSERT INTO receipts
SELECT order_id, order_id || '.pdf', '@SHA256@', @NOW@ FROM orders
    WHERE number = 1001;
INSERT INTO outbox (outbox_id, order_id, kind, recipient, status, due_at_ms,
    created_at_ms, updated_at_ms)
SELECT 'mail-1001', order_id, 'confirmation', customer_email, 'due', @NOW@,
    @NOW@, @NOW@ FROM orders WHERE number = 1001;
INSERT INTO alarms (kind, order_id, detail, created_at_ms)
SELECT 'parked', order_id, 'The reaper died over it.', @NOW@ FROM orders
    WHERE number = 1004;
