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
                   " AND status = 'open' AND due_work_ms <= $2");
    db_put_text(s, order_id);
    db_put_int(s, db_clock_ms(db));
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
    int64_t now_work_ms = db_clock_ms(db);
    bool manual = kind == PAYMENT_MANUAL;
    struct db_statement *s = db_sql(
        db, "INSERT INTO payment_attempts (attempt_id, order_id, attempt_no,"
            " kind, status, step, due_work_ms, closes_work_ms,"
            " created_at_ms, updated_at_ms)"
            " SELECT CAST($1 AS TEXT), CAST($2 AS TEXT),"
            " COALESCE(MAX(attempt_no), 0) + 1, CAST($3 AS TEXT), 'open',"
            " CAST($4 AS TEXT), CAST($5 AS BIGINT), CAST($6 AS BIGINT),"
            " CAST($7 AS BIGINT), CAST($7 AS BIGINT) FROM payment_attempts"
            " WHERE order_id = $2");
    db_put_text(s, attempt_id);
    db_put_text(s, order_id);
    db_put_name(s, &payment_kind_names, kind);
    db_put_name(s, &payment_step_names, manual ? PAYMENT_WAIT : PAYMENT_ASK);
    db_put_int(s, !manual          ? now_work_ms
                  : window_ms == 0 ? PAYMENT_NEVER
                                   : now_work_ms + window_ms);
    if (window_ms == 0)
        db_put_null(s);
    else
        db_put_int(s, now_work_ms + window_ms);
    db_put_int(s, now_ms);
    db_run(s);
    payment_derive_status(db, order_id, now_ms);
}

#define ATTEMPT_COLUMNS                                                        \
    " attempt_id, order_id, attempt_no, kind, status, step, calls, misses,"    \
    " COALESCE(unknown_since_ms, 0), session_id, intent_id, payment_url,"      \
    " COALESCE(closes_work_ms, 9223372036854775807), code, message,"           \
    " created_at_ms, window_by"

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
        .closes_work_ms = db_int(s, 12),
        .code = db_text(s, 13, arena),
        .message = db_text(s, 14, arena),
        .created_at_ms = db_int(s, 15),
        .window_by = db_text(s, 16, arena)};
}

size_t payment_claim(struct db *db, int64_t claim_ms, int64_t limit,
                     struct payment_attempt *list, struct arena *arena)
{
    int64_t now_work_ms = db_clock_ms(db);
    struct db_statement *s = db_sql(
        db, "UPDATE payment_attempts SET calls = calls + 1, due_work_ms = $1"
            " WHERE attempt_id IN (SELECT attempt_id"
            "  FROM payment_attempts WHERE status = 'open'"
            "  AND due_work_ms <= $2 ORDER BY due_work_ms LIMIT $3)"
            " RETURNING" ATTEMPT_COLUMNS);
    db_put_int(s, now_work_ms + claim_ms);
    db_put_int(s, now_work_ms);
    db_put_int(s, limit);
    size_t count = 0;
    while (db_row(s))
        list[count++] = read_attempt(s, arena);
    return count;
}

int64_t payment_next_due(struct db *db)
{
    struct db_statement *s =
        db_sql(db, "SELECT due_work_ms FROM payment_attempts"
                   " WHERE status = 'open' ORDER BY due_work_ms LIMIT 1");
    int64_t due = db_row(s) ? db_int(s, 0) : PAYMENT_NEVER;
    db_done(s);
    return due;
}

void payment_take_over(struct db *db)
{
    struct db_statement *s =
        db_sql(db, "UPDATE payment_attempts SET due_work_ms = 0"
                   " WHERE status = 'open' AND due_work_ms < $1"
                   " AND kind <> 'manual'");
    db_put_int(s, PAYMENT_NEVER);
    db_run(s);
}

bool payment_hurry(struct db *db, const char *order_id)
{
    struct db_statement *s =
        db_sql(db, "UPDATE payment_attempts SET due_work_ms = $1"
                   " WHERE order_id = $2 AND status = 'open'"
                   " AND kind <> 'manual'");
    db_put_int(s, db_clock_ms(db));
    db_put_text(s, order_id);
    bool hurried = db_run(s) == 1;
    s = db_sql(db, "UPDATE payment_attempts SET due_work_ms = closes_work_ms"
                   " WHERE order_id = $1 AND status = 'open'"
                   " AND kind = 'manual' AND closes_work_ms IS NOT NULL"
                   " AND due_work_ms = $2");
    db_put_text(s, order_id);
    db_put_int(s, PAYMENT_NEVER);
    db_run(s);
    return hurried;
}

void payment_set_aside(struct db *db, const char *order_id, const char *message,
                       int64_t now_ms)
{
    struct db_statement *s =
        db_sql(db, "UPDATE payment_attempts SET due_work_ms = $1,"
                   " message = $2, updated_at_ms = $3"
                   " WHERE order_id = $4 AND status = 'open'");
    db_put_int(s, PAYMENT_NEVER);
    db_put_text(s, message);
    db_put_int(s, now_ms);
    db_put_text(s, order_id);
    db_run(s);
}

int64_t payment_closes_at_ms(struct db *db,
                             const struct payment_attempt *attempt)
{
    if (attempt->closes_work_ms == PAYMENT_NEVER)
        return 0;
    int64_t at_ms = clock_wall_ms() + attempt->closes_work_ms - db_clock_ms(db);
    return (at_ms + 500) / 1000 * 1000;
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
