/* Payment attempts: see payment.h. */
#include <assert.h>
#include <string.h>

#include "lib/adapter/crypto.h"
#include "lib/base/time/clock.h"
#include "lib/shop/payment/private.h"
#include "lib/shop/queue/work.h"

static const char *const kinds[] = {"token", "hosted", "manual"};
static const char *const stages[] = {"ask", "look", "wait", "close"};
static const char *const statuses[] = {"open", "succeeded", "failed"};
const struct names payment_kind_names = NAMES("payment kind", kinds);
const struct names payment_stage_names = NAMES("payment stage", stages);
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
    return db_found(s);
}

static void queue(struct db *db, const char *attempt_id, const char *order_id,
                  enum payment_kind kind, int64_t due_work_ms)
{
    work_queue(db, &(struct work_order){
                       .kind = WORK_CHARGE,
                       .subject = attempt_id,
                       .order_id = order_id,
                       .host = kind == PAYMENT_MANUAL ? NULL : WORK_GATEWAY,
                       .due_work_ms = due_work_ms});
}

void payment_begin(struct db *db, const char *order_id, enum payment_kind kind,
                   int64_t window_ms, int64_t now_ms)
{
    assert(db_in_transaction(db));
    assert(window_ms > 0 || (window_ms == 0 && kind == PAYMENT_MANUAL));
    if (payment_is_open(db, order_id))
        return;
    char attempt_id[CRYPTO_UUID_SIZE];
    crypto_uuid(now_ms, attempt_id);
    int64_t now_work_ms = db_clock_ms(db);
    int64_t closes_work_ms =
        window_ms == 0 ? WORK_NEVER : now_work_ms + window_ms;
    bool manual = kind == PAYMENT_MANUAL;
    struct db_statement *s = db_sql(
        db, "INSERT INTO payment_attempts (attempt_id, order_id, attempt_no,"
            " kind, status, stage, closes_work_ms, created_at_ms,"
            " updated_at_ms) SELECT CAST($1 AS TEXT), CAST($2 AS TEXT),"
            " COALESCE(MAX(attempt_no), 0) + 1, CAST($3 AS TEXT), 'open',"
            " CAST($4 AS TEXT), CAST($5 AS BIGINT), CAST($6 AS BIGINT),"
            " CAST($6 AS BIGINT) FROM payment_attempts"
            " WHERE order_id = $2");
    db_put_text(s, attempt_id);
    db_put_text(s, order_id);
    db_put_name(s, &payment_kind_names, kind);
    db_put_name(s, &payment_stage_names, manual ? PAYMENT_WAIT : PAYMENT_ASK);
    if (window_ms == 0)
        db_put_null(s);
    else
        db_put_int(s, closes_work_ms);
    db_put_int(s, now_ms);
    db_run(s);
    queue(db, attempt_id, order_id, kind,
          manual ? closes_work_ms : now_work_ms);
    payment_derive_status(db, order_id, now_ms);
}

#define ATTEMPT_COLUMNS                                                        \
    " attempt_id, order_id, attempt_no, kind, status, stage, asked, misses,"   \
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
        .stage = (enum payment_stage)db_value(s, 5, &payment_stage_names),
        .asked = db_int(s, 6) != 0,
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

void payment_ask(struct db *db, const char *attempt_id)
{
    struct db_statement *s = db_sql(db, "UPDATE payment_attempts SET asked = 1"
                                        " WHERE attempt_id = $1 AND asked = 0");
    db_put_text(s, attempt_id);
    db_run(s);
}

void payment_look_after(struct db *db, const char *attempt_id, int64_t delay_ms)
{
    work_move(db, WORK_CHARGE, attempt_id, db_clock_ms(db) + delay_ms);
}

/* The order's open attempt, without what has to be kept for a caller. */
static bool find_open(struct db *db, const char *order_id,
                      struct payment_attempt *out, char id[CRYPTO_UUID_SIZE])
{
    struct db_statement *s = db_sql(
        db, "SELECT attempt_id, kind,"
            " COALESCE(closes_work_ms, 9223372036854775807)"
            " FROM payment_attempts WHERE order_id = $1 AND status = 'open'");
    db_put_text(s, order_id);
    bool found = db_row(s);
    if (found) {
        db_copy(s, 0, id, CRYPTO_UUID_SIZE);
        *out = (struct payment_attempt){
            .attempt_id = id,
            .order_id = order_id,
            .kind = (enum payment_kind)db_value(s, 1, &payment_kind_names),
            .closes_work_ms = db_int(s, 2)};
    }
    db_done(s);
    return found;
}

bool payment_hurry(struct db *db, const char *order_id)
{
    char id[CRYPTO_UUID_SIZE];
    struct payment_attempt attempt;
    if (!find_open(db, order_id, &attempt, id))
        return false;
    bool manual = attempt.kind == PAYMENT_MANUAL;
    if (!manual)
        queue(db, id, order_id, attempt.kind, db_clock_ms(db));
    else if (!work_is_queued(db, WORK_CHARGE, id))
        queue(db, id, order_id, attempt.kind, attempt.closes_work_ms);
    return !manual;
}

void payment_park(struct db *db, const char *order_id, const char *message,
                  int64_t now_ms)
{
    char id[CRYPTO_UUID_SIZE];
    struct payment_attempt attempt;
    if (!find_open(db, order_id, &attempt, id))
        return;
    struct db_statement *s =
        db_sql(db, "UPDATE payment_attempts SET message = $1,"
                   " updated_at_ms = $2 WHERE attempt_id = $3");
    db_put_text(s, message);
    db_put_int(s, now_ms);
    db_put_text(s, id);
    db_run(s);
    work_drop(db, WORK_CHARGE, id);
}

int64_t payment_closes_at_ms(struct db *db,
                             const struct payment_attempt *attempt)
{
    if (attempt->closes_work_ms == WORK_NEVER)
        return 0;
    int64_t at_ms = clock_wall_ms() + attempt->closes_work_ms - db_clock_ms(db);
    return (at_ms + 500) / 1000 * 1000;
}

bool payment_was_asked(const struct payment_attempt *attempt)
{
    return attempt->kind != PAYMENT_MANUAL &&
           (attempt->stage != PAYMENT_ASK || attempt->asked ||
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
