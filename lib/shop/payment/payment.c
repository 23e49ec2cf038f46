/* Payment attempts: see payment.h. */
#include <string.h>

#include "lib/adapter/crypto.h"
#include "lib/base/clock.h"
#include "lib/shop/payment/private.h"

static const char *const kinds[] = {"token", "hosted", "manual"};
static const char *const steps[] = {"ask", "look", "wait", "close"};
static const char *const statuses[] = {"open", "succeeded", "failed"};
const struct names payment_kind_names = NAMES("payment kind", kinds);
const struct names payment_step_names = NAMES("payment step", steps);
const struct names attempt_status_names = NAMES("attempt status", statuses);

enum payment_kind payment_kind_of(const char *payment_method)
{
    int kind = names_find(&payment_kind_names, payment_method);
    return kind < 0 ? PAYMENT_TOKEN : (enum payment_kind)kind;
}

bool payment_is_open(struct db *db, const char *order_id)
{
    struct db_statement *s =
        db_sql(db, "SELECT 1 FROM payment_attempts"
                   " WHERE order_id = $1 AND status = 'open'");
    db_put_text(s, order_id);
    bool open = db_row(s);
    db_done(s);
    return open;
}

bool payment_is_due(struct db *db, const char *order_id)
{
    struct db_statement *s =
        db_sql(db, "SELECT 1 FROM payment_attempts WHERE order_id = $1"
                   " AND status = 'open' AND due_boot_ms <= $2");
    db_put_text(s, order_id);
    db_put_int(s, clock_boot_ms());
    bool due = db_row(s);
    db_done(s);
    return due;
}

void payment_begin(struct db *db, const char *order_id, enum payment_kind kind,
                   int64_t window_ms, int64_t now_ms)
{
    if (payment_is_open(db, order_id))
        return;
    char attempt_id[CRYPTO_UUID_SIZE];
    crypto_uuid(now_ms, attempt_id);
    int64_t now_boot_ms = clock_boot_ms();
    bool manual = kind == PAYMENT_MANUAL;
    struct db_statement *s = db_sql(
        db, "INSERT INTO payment_attempts (attempt_id, order_id, attempt_no,"
            " kind, status, step, due_boot_ms, due_at_ms, closes_boot_ms,"
            " closes_at_ms, created_at_ms, updated_at_ms)"
            " SELECT CAST($1 AS TEXT), CAST($2 AS TEXT),"
            " COALESCE(MAX(attempt_no), 0) + 1, CAST($3 AS TEXT), 'open',"
            " CAST($4 AS TEXT), CAST($5 AS BIGINT), CAST($6 AS BIGINT),"
            " CAST($7 AS BIGINT), CAST($8 AS BIGINT), CAST($6 AS BIGINT),"
            " CAST($6 AS BIGINT) FROM payment_attempts WHERE order_id = $2");
    db_put_text(s, attempt_id);
    db_put_text(s, order_id);
    db_put_name(s, &payment_kind_names, kind);
    db_put_name(s, &payment_step_names, manual ? PAYMENT_WAIT : PAYMENT_ASK);
    db_put_int(s, !manual          ? now_boot_ms
                  : window_ms == 0 ? PAYMENT_NEVER
                                   : now_boot_ms + window_ms);
    db_put_int(s, now_ms);
    if (window_ms == 0) {
        db_put_null(s);
        db_put_null(s);
    } else {
        db_put_int(s, now_boot_ms + window_ms);
        db_put_int(s, now_ms + window_ms);
    }
    db_run(s);
    payment_derive_status(db, order_id, now_ms);
}

#define ATTEMPT_COLUMNS                                                        \
    " attempt_id, order_id, attempt_no, kind, status, step, calls, misses,"    \
    " COALESCE(unknown_since_ms, 0), session_id, intent_id, payment_url,"      \
    " COALESCE(closes_boot_ms, 9223372036854775807), code, message,"           \
    " created_at_ms, COALESCE(closes_at_ms, 0), window_by"

static struct payment_attempt read_attempt(struct db_statement *s,
                                           struct arena *arena)
{
    return (struct payment_attempt){
        .attempt_id = db_text(s, 0, arena),
        .order_id = db_text(s, 1, arena),
        .attempt_no = db_int(s, 2),
        .kind = (enum payment_kind)db_value(s, 3, &payment_kind_names),
        .status = (enum attempt_status)db_value(s, 4, &attempt_status_names),
        .step = (enum payment_step)db_value(s, 5, &payment_step_names),
        .calls = db_int(s, 6),
        .misses = db_int(s, 7),
        .unknown_since_ms = db_int(s, 8),
        .session_id = db_text(s, 9, arena),
        .intent_id = db_text(s, 10, arena),
        .payment_url = db_text(s, 11, arena),
        .closes_boot_ms = db_int(s, 12),
        .code = db_text(s, 13, arena),
        .message = db_text(s, 14, arena),
        .created_at_ms = db_int(s, 15),
        .closes_at_ms = db_int(s, 16),
        .window_by = db_text(s, 17, arena)};
}

size_t payment_claim(struct db *db, int64_t claim_ms, int64_t limit,
                     struct payment_attempt *list, struct arena *arena)
{
    int64_t now_boot_ms = clock_boot_ms();
    struct db_statement *s = db_sql(
        db, "UPDATE payment_attempts SET calls = calls + 1, due_boot_ms = $1,"
            " due_at_ms = $2 WHERE attempt_id IN (SELECT attempt_id"
            "  FROM payment_attempts WHERE status = 'open'"
            "  AND due_boot_ms <= $3 ORDER BY due_boot_ms LIMIT $4)"
            " RETURNING" ATTEMPT_COLUMNS);
    db_put_int(s, now_boot_ms + claim_ms);
    db_put_int(s, clock_wall_ms() + claim_ms);
    db_put_int(s, now_boot_ms);
    db_put_int(s, limit);
    size_t count = 0;
    while (db_row(s))
        list[count++] = read_attempt(s, arena);
    return count;
}

int64_t payment_next_due(struct db *db)
{
    struct db_statement *s =
        db_sql(db, "SELECT due_boot_ms FROM payment_attempts"
                   " WHERE status = 'open' ORDER BY due_boot_ms LIMIT 1");
    int64_t due = db_row(s) ? db_int(s, 0) : PAYMENT_NEVER;
    db_done(s);
    return due;
}

void payment_take_over(struct db *db, bool rebooted)
{
    struct db_statement *s =
        db_sql(db, "UPDATE payment_attempts SET due_boot_ms = 0"
                   " WHERE status = 'open' AND due_boot_ms < $1"
                   " AND kind <> 'manual'");
    db_put_int(s, PAYMENT_NEVER);
    db_run(s);
    if (!rebooted)
        return;
    /* By a clock that was set back since it began it would never close. */
    s = db_sql(db, "UPDATE payment_attempts SET closes_boot_ms ="
                   " closes_at_ms + CAST($1 AS BIGINT) - CASE"
                   "  WHEN created_at_ms > $2 THEN created_at_ms"
                   "  ELSE CAST($2 AS BIGINT) END"
                   " WHERE status = 'open' AND closes_at_ms IS NOT NULL");
    db_put_int(s, clock_boot_ms());
    db_put_int(s, clock_wall_ms());
    db_run(s);
    s = db_sql(db, "UPDATE payment_attempts SET due_boot_ms = closes_boot_ms"
                   " WHERE status = 'open' AND due_boot_ms < $1"
                   " AND kind = 'manual'");
    db_put_int(s, PAYMENT_NEVER);
    db_run(s);
}

bool payment_hurry(struct db *db, const char *order_id)
{
    struct db_statement *s =
        db_sql(db, "UPDATE payment_attempts SET due_boot_ms = $1,"
                   " due_at_ms = $2 WHERE order_id = $3 AND status = 'open'"
                   " AND kind <> 'manual'");
    db_put_int(s, clock_boot_ms());
    db_put_int(s, clock_wall_ms());
    db_put_text(s, order_id);
    bool hurried = db_run(s) == 1;
    s = db_sql(db, "UPDATE payment_attempts SET due_boot_ms = closes_boot_ms"
                   " WHERE order_id = $1 AND status = 'open'"
                   " AND kind = 'manual' AND closes_boot_ms IS NOT NULL"
                   " AND due_boot_ms = $2");
    db_put_text(s, order_id);
    db_put_int(s, PAYMENT_NEVER);
    db_run(s);
    return hurried;
}

void payment_set_aside(struct db *db, const char *order_id, const char *message,
                       int64_t now_ms)
{
    struct db_statement *s =
        db_sql(db, "UPDATE payment_attempts SET due_boot_ms = $1,"
                   " message = $2, updated_at_ms = $3"
                   " WHERE order_id = $4 AND status = 'open'");
    db_put_int(s, PAYMENT_NEVER);
    db_put_text(s, message);
    db_put_int(s, now_ms);
    db_put_text(s, order_id);
    db_run(s);
}

bool payment_was_asked(const struct payment_attempt *attempt)
{
    return attempt->kind != PAYMENT_MANUAL &&
           (attempt->step != PAYMENT_ASK || attempt->calls > 0 ||
            attempt->misses > 0 || attempt->unknown_since_ms != 0 ||
            attempt->session_id != NULL || attempt->intent_id != NULL);
}

static bool one_attempt(struct db_statement *s, struct payment_attempt *out,
                        struct arena *arena)
{
    bool found = db_row(s);
    if (found)
        *out = read_attempt(s, arena);
    db_done(s);
    return found;
}

bool payment_open(struct db *db, const char *order_id,
                  struct payment_attempt *out, struct arena *arena)
{
    struct db_statement *s =
        db_sql(db, "SELECT" ATTEMPT_COLUMNS " FROM payment_attempts"
                   " WHERE order_id = $1 AND status = 'open'");
    db_put_text(s, order_id);
    return one_attempt(s, out, arena);
}

bool payment_find(struct db *db, const char *attempt_id,
                  struct payment_attempt *out, struct arena *arena)
{
    struct db_statement *s =
        db_sql(db, "SELECT" ATTEMPT_COLUMNS " FROM payment_attempts"
                   " WHERE attempt_id = $1");
    db_put_text(s, attempt_id);
    return one_attempt(s, out, arena);
}

bool payment_find_numbered(struct db *db, const char *order_id,
                           int64_t attempt_no, struct payment_attempt *out,
                           struct arena *arena)
{
    struct db_statement *s =
        db_sql(db, "SELECT" ATTEMPT_COLUMNS " FROM payment_attempts"
                   " WHERE order_id = $1 AND attempt_no = $2");
    db_put_text(s, order_id);
    db_put_int(s, attempt_no);
    return one_attempt(s, out, arena);
}

bool payment_find_session(struct db *db, const char *session_id,
                          struct payment_attempt *out, struct arena *arena)
{
    struct db_statement *s =
        db_sql(db, "SELECT" ATTEMPT_COLUMNS " FROM payment_attempts"
                   " WHERE session_id = $1 LIMIT 1");
    db_put_text(s, session_id);
    return one_attempt(s, out, arena);
}

bool payment_find_intent(struct db *db, const char *intent_id,
                         struct payment_attempt *out, struct arena *arena)
{
    struct db_statement *s =
        db_sql(db, "SELECT" ATTEMPT_COLUMNS " FROM payment_attempts"
                   " WHERE intent_id = $1 LIMIT 1");
    db_put_text(s, intent_id);
    return one_attempt(s, out, arena);
}

bool payment_find_lapsed(struct db *db, const char *order_id,
                         struct payment_attempt *out, struct arena *arena)
{
    struct db_statement *s = db_sql(
        db, "SELECT" ATTEMPT_COLUMNS " FROM payment_attempts"
            " WHERE order_id = $1 AND kind = 'manual' AND status = 'failed'"
            " AND code = $2 AND attempt_no = (SELECT MAX(n.attempt_no)"
            "  FROM payment_attempts n WHERE n.order_id = $1)"
            " AND EXISTS (SELECT 1 FROM orders o WHERE o.order_id = $1"
            "  AND o.status = 'CANCELLED')");
    db_put_text(s, order_id);
    db_put_text(s, PAYMENT_WINDOW_CLOSED);
    return one_attempt(s, out, arena) &&
           !payment_is_booked(db, payment_manual_id(out->attempt_id, arena));
}
