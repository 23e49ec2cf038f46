-- From version 3 to 4: safe with strangers. Run inside the transaction of
-- `ordermill init`. Each part says what it is for.

-- A budget for mails about orders that nobody has paid.
CREATE TABLE mail_sends (
    send_id INTEGER PRIMARY KEY,
    subject TEXT NOT NULL,
    created_at_ms INTEGER NOT NULL
) STRICT;
CREATE INDEX mail_sends_by_subject ON mail_sends (subject, created_at_ms);
CREATE INDEX mail_sends_by_age ON mail_sends (created_at_ms);

-- Disputes: what the newest event said of each.
CREATE TABLE disputes (
    dispute_id TEXT PRIMARY KEY,
    status TEXT NOT NULL,       -- the gateway's word
    told_at_ms INTEGER NOT NULL -- by the gateway's clock
) STRICT, WITHOUT ROWID;

-- Idempotency keys: one key space for guests, one for each of those that sign
-- in or hold a token. Whose the keys of version 3 are is not known: they have
-- one of their own, where each finds them until they lapse.
CREATE TABLE idempotency_keys_4 (
    space TEXT NOT NULL,
    key TEXT NOT NULL,
    body_hash TEXT NOT NULL,
    status INTEGER NOT NULL,
    location TEXT NOT NULL,
    answer TEXT NOT NULL,
    created_at_ms INTEGER NOT NULL,
    PRIMARY KEY (space, key)
) STRICT, WITHOUT ROWID;
INSERT INTO idempotency_keys_4 (space, key, body_hash, status, location,
    answer, created_at_ms)
SELECT '3', key, body_hash, status, location, answer, created_at_ms
FROM idempotency_keys;
DROP TABLE idempotency_keys;
ALTER TABLE idempotency_keys_4 RENAME TO idempotency_keys;
CREATE INDEX idempotency_keys_by_age ON idempotency_keys (created_at_ms);

-- Mails that failed can be sent again, but for those that are no longer true:
-- given up because of what became of the order, or of an earlier round of it.
ALTER TABLE outbox ADD COLUMN superseded INTEGER NOT NULL DEFAULT 0
    CHECK (superseded IN (0, 1));
CREATE INDEX outbox_failed ON outbox (updated_at_ms)
    WHERE status = 'failed' AND superseded = 0;
UPDATE outbox SET superseded = 1
WHERE status = 'failed' AND kind <> 'refunded' AND (
    message IN ('The order was undone first.',
        'The order was taken up again first.')
    OR round < COALESCE((SELECT redrives FROM executions e
        WHERE e.order_id = outbox.order_id), 0)
    OR NOT EXISTS (SELECT 1 FROM orders o
        WHERE o.order_id = outbox.order_id AND (
            (outbox.kind = 'failed' AND o.status = 'FAILED') OR
            (outbox.kind = 'cancelled' AND o.status = 'CANCELLED') OR
            (outbox.kind = 'confirmation' AND
                o.status NOT IN ('FAILED', 'CANCELLED')))));

-- Who is who: staff can be removed, failed sign-ins are counted by account and
-- network together (what is counted now is forgotten), and tokens have names.
ALTER TABLE staff ADD COLUMN removed_at_ms INTEGER;
DROP TABLE sign_in_failures;
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
ALTER TABLE api_tokens RENAME TO api_tokens_3;
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
INSERT INTO api_tokens (token_hash, name, role, created_at_ms)
SELECT token_hash,
       'staff #' || ROW_NUMBER() OVER (ORDER BY created_at_ms, token_hash),
       role, created_at_ms
FROM api_tokens_3 ORDER BY created_at_ms, token_hash;
DROP TABLE api_tokens_3;

-- Unpaid orders give their goods back: a window for payments by hand (those
-- that are open get theirs from the reaper), what an address and an e-mail
-- hold, and which goods are mostly held.
ALTER TABLE payment_attempts ADD COLUMN window_by TEXT;
CREATE INDEX variants_mostly_reserved ON variants (reserved)
    WHERE reserved > on_hand - reserved;
CREATE INDEX reservations_by_sku ON reservations (sku);
ALTER TABLE order_origins ADD COLUMN email TEXT;
ALTER TABLE order_origins ADD COLUMN units INTEGER NOT NULL DEFAULT 0;
ALTER TABLE order_origins ADD COLUMN held INTEGER NOT NULL DEFAULT 0
    CHECK (held IN (0, 1));
DROP INDEX order_origins_by_age;
CREATE INDEX order_origins_by_age ON order_origins (created_at_ms)
    WHERE held = 0;
CREATE INDEX order_origins_held_by_address ON order_origins (address)
    WHERE held = 1;
CREATE INDEX order_origins_held_by_email ON order_origins (email)
    WHERE held = 1;
