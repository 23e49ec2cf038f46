/* How a payment attempt moves on and ends: see payment.h. */
#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "lib/adapter/crypto.h"
#include "lib/shop/payment/private.h"
#include "lib/shop/queue/work.h"

#define MANUAL_PREFIX "manual-"
enum { MANUAL_SIZE = sizeof MANUAL_PREFIX + CRYPTO_UUID_SIZE };

int64_t payment_wait(struct db *db, const char *attempt_id,
                     const struct payment_place *place, int64_t look_ms,
                     int64_t now_ms)
{
    assert(look_ms > 0);
    int64_t now_work_ms = db_clock_ms(db);
    struct db_statement *s = db_sql(
        db, "UPDATE payment_attempts SET stage = 'wait',"
            " unknown_since_ms = NULL, misses = 0, message = NULL,"
            " session_id = COALESCE($1, session_id),"
            " intent_id = COALESCE($2, intent_id),"
            " payment_url = COALESCE($3, payment_url), updated_at_ms = $4"
            " WHERE attempt_id = $5 AND status = 'open'"
            " RETURNING COALESCE(closes_work_ms, 9223372036854775807)");
    db_put_text(s, place->session_id);
    db_put_text(s, place->intent_id);
    db_put_text(s, place->payment_url);
    db_put_int(s, now_ms);
    db_put_text(s, attempt_id);
    int64_t closes_work_ms = db_found_int(s, INT64_MAX);
    if (closes_work_ms <= now_work_ms)
        return 0;
    int64_t left_ms = closes_work_ms - now_work_ms;
    return left_ms < look_ms ? left_ms : look_ms;
}

void payment_go_on(struct db *db, const char *attempt_id,
                   enum payment_stage stage, int64_t now_ms)
{
    struct db_statement *s =
        db_sql(db, "UPDATE payment_attempts SET stage = $1, updated_at_ms = $2"
                   " WHERE attempt_id = $3 AND status = 'open'");
    db_put_name(s, &payment_stage_names, stage);
    db_put_int(s, now_ms);
    db_put_text(s, attempt_id);
    db_run(s);
}

void payment_unknown(struct db *db, const char *attempt_id,
                     enum payment_stage stage, bool missed, const char *message,
                     int64_t now_ms)
{
    struct db_statement *s = db_sql(
        db, "UPDATE payment_attempts SET message = $1, misses = misses + $2,"
            " unknown_since_ms = CASE WHEN unknown_since_ms <= $3"
            "  THEN unknown_since_ms ELSE CAST($3 AS BIGINT) END"
            " WHERE attempt_id = $4 AND status = 'open'");
    db_put_text(s, message);
    db_put_int(s, missed ? 1 : 0);
    db_put_int(s, now_ms);
    db_put_text(s, attempt_id);
    db_run(s);
    payment_go_on(db, attempt_id, stage, now_ms);
}

/* One that is closed already is not hurried again. A charge that is being asked
 * for, or looked up, is not: its answer comes. */
bool payment_close_window(struct db *db, const char *order_id)
{
    char id[CRYPTO_UUID_SIZE];
    int64_t now_work_ms = db_clock_ms(db);
    struct db_statement *s = db_sql(
        db, "SELECT attempt_id, CASE WHEN closes_work_ms <= $1 THEN 1"
            "  WHEN stage <> 'wait' AND kind = 'token' THEN 2 ELSE 3 END"
            " FROM payment_attempts WHERE order_id = $2 AND status = 'open'");
    db_put_int(s, now_work_ms);
    db_put_text(s, order_id);
    int64_t found = db_row(s) ? db_int(s, 1) : 0;
    if (found != 0)
        db_copy(s, 0, id, sizeof id);
    db_done(s);
    if (found < 2)
        return found == 1;
    s = db_sql(db, "UPDATE payment_attempts SET closes_work_ms = $1"
                   " WHERE attempt_id = $2");
    db_put_int(s, now_work_ms);
    db_put_text(s, id);
    db_run(s);
    if (found == 3)
        work_hasten(db, WORK_CHARGE, id, now_work_ms);
    return true;
}

/* Closes an open attempt; its order_id, or NULL when it was closed before. */
static bool close_attempt(struct db *db, const char *attempt_id,
                          enum attempt_status status, const char *code,
                          const char *message, const char *intent_id,
                          int64_t now_ms, char order_id[CRYPTO_UUID_SIZE])
{
    struct db_statement *s = db_sql(
        db, "UPDATE payment_attempts SET status = $1, code = $2,"
            " message = $3, intent_id = COALESCE($4, intent_id),"
            " untold = $5, updated_at_ms = $6"
            " WHERE attempt_id = $7 AND status = 'open' RETURNING order_id");
    db_put_name(s, &attempt_status_names, status);
    db_put_text(s, code);
    db_put_text(s, message);
    db_put_text(s, intent_id);
    db_put_int(s, status == ATTEMPT_FAILED ? 1 : 0);
    db_put_int(s, now_ms);
    db_put_text(s, attempt_id);
    bool closed = db_found_copy(s, order_id, CRYPTO_UUID_SIZE);
    if (closed)
        work_drop(db, WORK_CHARGE, attempt_id);
    return closed;
}

bool payment_succeeded(struct db *db, const char *attempt_id,
                       const char *intent_id, int64_t amount_minor,
                       int64_t now_ms)
{
    char order_id[CRYPTO_UUID_SIZE];
    if (!close_attempt(db, attempt_id, ATTEMPT_SUCCEEDED, NULL, NULL, intent_id,
                       now_ms, order_id))
        return false;
    payment_book(db, order_id, ENTRY_CHARGE, amount_minor, intent_id, intent_id,
                 now_ms);
    return true;
}

bool payment_failed(struct db *db, const char *attempt_id, const char *code,
                    const char *message, const char *intent_id, int64_t now_ms)
{
    char order_id[CRYPTO_UUID_SIZE];
    if (!close_attempt(db, attempt_id, ATTEMPT_FAILED, code, message, intent_id,
                       now_ms, order_id))
        return false;
    payment_derive_status(db, order_id, now_ms);
    return true;
}

static bool open_manual(struct db *db, const char *order_id,
                        char attempt_id[CRYPTO_UUID_SIZE])
{
    struct db_statement *s =
        db_sql(db, "SELECT attempt_id FROM payment_attempts WHERE order_id = $1"
                   " AND status = 'open' AND kind = 'manual'");
    db_put_text(s, order_id);
    return db_found_copy(s, attempt_id, CRYPTO_UUID_SIZE);
}

bool payment_close_manual(struct db *db, const char *order_id,
                          const char *message, int64_t now_ms)
{
    char attempt_id[CRYPTO_UUID_SIZE];
    return open_manual(db, order_id, attempt_id) &&
           payment_failed(db, attempt_id, "cancelled", message, NULL, now_ms);
}

void payment_revive(struct db *db, const char *attempt_id,
                    const char *intent_id, int64_t amount_minor, int64_t now_ms)
{
    char order_id[CRYPTO_UUID_SIZE];
    struct db_statement *s =
        db_sql(db, "UPDATE payment_attempts SET status = 'succeeded',"
                   " code = NULL, message = NULL, untold = 0, intent_id = $1,"
                   " updated_at_ms = $2"
                   " WHERE attempt_id = $3 AND status = 'failed'"
                   " RETURNING order_id");
    db_put_text(s, intent_id);
    db_put_int(s, now_ms);
    db_put_text(s, attempt_id);
    if (!db_found_copy(s, order_id, CRYPTO_UUID_SIZE))
        return;
    payment_book(db, order_id, ENTRY_CHARGE, amount_minor, intent_id, intent_id,
                 now_ms);
}

void payment_note(struct db *db, const char *attempt_id, const char *note,
                  const char *by)
{
    struct db_statement *s =
        db_sql(db, "UPDATE payment_attempts SET note = CAST($1 AS TEXT) ||"
                   " CASE WHEN CAST($2 AS TEXT) = ''"
                   "  THEN '' ELSE ': ' || CAST($2 AS TEXT) END"
                   " WHERE attempt_id = $3");
    db_put_text(s, by);
    db_put_text(s, note == NULL ? "" : note);
    db_put_text(s, attempt_id);
    db_run(s);
}

static void manual_id(const char *attempt_id, char out[MANUAL_SIZE])
{
    snprintf(out, MANUAL_SIZE, MANUAL_PREFIX "%s", attempt_id);
}

bool payment_mark_paid(struct db *db, const char *order_id, const char *note,
                       const char *by, int64_t now_ms)
{
    char attempt_id[CRYPTO_UUID_SIZE], intent_id[MANUAL_SIZE];
    if (!open_manual(db, order_id, attempt_id))
        return false;
    manual_id(attempt_id, intent_id);
    payment_note(db, attempt_id, note, by);
    struct db_statement *s =
        db_sql(db, "SELECT total_minor FROM orders WHERE order_id = $1");
    db_put_text(s, order_id);
    int64_t total_minor = db_found_int(s, 0);
    return payment_succeeded(db, attempt_id, intent_id, total_minor, now_ms);
}

const char *payment_manual_id(const char *attempt_id, struct arena *arena)
{
    char intent_id[MANUAL_SIZE];
    manual_id(attempt_id, intent_id);
    return arena_string(arena, intent_id);
}

bool payment_is_manual(const char *intent_id)
{
    return strncmp(intent_id, MANUAL_PREFIX, sizeof MANUAL_PREFIX - 1) == 0;
}

bool payment_take_refusal(struct db *db, const char *order_id,
                          const char **code, const char **message,
                          struct arena *arena)
{
    struct db_statement *s = db_sql(db, "UPDATE payment_attempts SET untold = 0"
                                        " WHERE order_id = $1 AND untold = 1"
                                        " RETURNING code, message");
    db_put_text(s, order_id);
    bool taken = db_row(s);
    if (taken) {
        *code = db_text(s, 0, arena);
        *message = db_text(s, 1, arena);
    }
    db_done(s);
    return taken;
}
