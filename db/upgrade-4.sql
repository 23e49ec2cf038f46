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
