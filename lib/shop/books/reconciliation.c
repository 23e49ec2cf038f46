/* Reconciliations: see reconciliation.h. Their findings: finding.c. */
#include "lib/shop/books/reconciliation.h"

#include <assert.h>
#include <stdio.h>

#include "lib/base/time/clock.h"
#include "lib/shop/health/alarm.h"
#include "lib/shop/queue/work.h"

#define DAY_MS INT64_C(86400000)

enum {
    RECONCILIATION_FIRST_DAYS = 3,
    RECONCILIATION_MOST_DAYS = 30,
    RECONCILIATION_KEPT = 1000, /* runs */
    RECONCILIATION_FAILURES = 3 /* in a row: an alarm */
};

static const char *const statuses[] = {"due", "running", "done", "failed"};
const struct names reconciliation_status_names =
    NAMES("reconciliation status", statuses);

/* One at a time, of all reapers: its host has a cap of one. */
static void queue(struct db *db, int64_t run)
{
    char subject[WORK_SUBJECT_SIZE];
    snprintf(subject, sizeof subject, "%lld", (long long)run);
    work_queue(db, &(struct work_order){.kind = WORK_RECONCILIATION,
                                        .subject = subject,
                                        .host = "reconciliation",
                                        .due_work_ms = db_clock_ms(db)});
}

int64_t reconciliation_ask(struct db *db, int64_t since_ms, const char *by,
                           int64_t now_ms)
{
    struct db_statement *s = db_sql(
        db, "SELECT run FROM reconciliations WHERE status IN ('due', 'running')"
            " AND status = 'due' AND since_ms <= $1 ORDER BY run LIMIT 1");
    db_put_int(s, since_ms);
    int64_t run = db_found_int(s, 0);
    if (run != 0)
        return run;
    s = db_sql(db, "INSERT INTO reconciliations (run, status, asked_by,"
                   " since_ms, created_at_ms)"
                   " SELECT COALESCE(MAX(run), 0) + 1, 'due', CAST($1 AS TEXT),"
                   "  CAST($2 AS BIGINT), CAST($3 AS BIGINT)"
                   " FROM reconciliations RETURNING run");
    db_put_text(s, by);
    db_put_int(s, since_ms);
    db_put_int(s, now_ms);
    run = db_found_int(s, 0);
    queue(db, run);
    return run;
}

static int64_t earlier(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

int64_t reconciliation_last_ms(struct db *db)
{
    return db_found_int(
        db_sql(db, "SELECT created_at_ms FROM reconciliations"
                   " WHERE status = 'done' ORDER BY run DESC LIMIT 1"),
        0);
}

int64_t reconciliation_since(struct db *db, int64_t now_ms)
{
    int64_t last_ms = reconciliation_last_ms(db);
    int64_t since_ms = last_ms == 0
                           ? now_ms - RECONCILIATION_FIRST_DAYS * DAY_MS
                           : earlier(last_ms, now_ms) - DAY_MS;
    struct db_statement *s =
        db_sql(db, "SELECT at_ms FROM findings WHERE settled_at_ms IS NULL"
                   " ORDER BY at_ms LIMIT 1");
    int64_t oldest_ms = db_found_int(s, since_ms);
    since_ms = earlier(since_ms, oldest_ms);
    int64_t least_ms = now_ms - RECONCILIATION_MOST_DAYS * DAY_MS;
    return since_ms > least_ms ? since_ms : least_ms;
}

#define RUN_COLUMNS                                                            \
    " run, status, asked_by, since_ms, seen, settled, message,"                \
    " created_at_ms, COALESCE(ended_at_ms, 0)"

static struct reconciliation read_run(struct db_statement *s,
                                      struct arena *arena)
{
    int status = db_value(s, 1, &reconciliation_status_names);
    return (struct reconciliation){.run = db_int(s, 0),
                                   .status = (enum reconciliation_status)status,
                                   .asked_by = db_text(s, 2, arena),
                                   .since_ms = db_int(s, 3),
                                   .seen = db_int(s, 4),
                                   .settled = db_int(s, 5),
                                   .message = db_text(s, 6, arena),
                                   .created_at_ms = db_int(s, 7),
                                   .ended_at_ms = db_int(s, 8)};
}

static bool one_run(struct db_statement *s, struct reconciliation *out,
                    struct arena *arena)
{
    bool found = db_row(s);
    if (found)
        *out = read_run(s, arena);
    db_done(s);
    return found;
}

/* What it settled before stays settled; what it saw is looked at again. */
bool reconciliation_begin(struct db *db, int64_t run,
                          struct reconciliation *out, struct arena *arena)
{
    struct db_statement *s =
        db_sql(db, "UPDATE reconciliations SET status = 'running', seen = 0,"
                   " message = CASE status WHEN 'running'"
                   "  THEN 'The reaper stopped; it began anew.' END"
                   " WHERE run = $1 AND status IN ('due', 'running')"
                   " RETURNING" RUN_COLUMNS);
    db_put_int(s, run);
    return one_run(s, out, arena);
}

void reconciliation_count(struct db *db, int64_t run, int64_t seen,
                          int64_t settled)
{
    assert(seen >= 0 && settled >= 0);
    struct db_statement *s =
        db_sql(db, "UPDATE reconciliations SET seen = seen + $1,"
                   " settled = settled + $2 WHERE run = $3");
    db_put_int(s, seen);
    db_put_int(s, settled);
    db_put_int(s, run);
    db_run(s);
}

static bool fails_again(struct db *db, int64_t run)
{
    struct db_statement *s =
        db_sql(db, "SELECT COUNT(*) FROM reconciliations WHERE run <= $1"
                   " AND run > CAST($1 AS BIGINT) - $2 AND status = 'failed'");
    db_put_int(s, run);
    db_put_int(s, RECONCILIATION_FAILURES);
    return db_found_int(s, 0) == RECONCILIATION_FAILURES;
}

void reconciliation_end(struct db *db, int64_t run,
                        enum reconciliation_status status, const char *message,
                        int64_t now_ms)
{
    assert(status == RECONCILIATION_DONE || status == RECONCILIATION_FAILED);
    struct db_statement *s =
        db_sql(db, "UPDATE reconciliations SET status = $1, message = $2,"
                   " ended_at_ms = $3 WHERE run = $4");
    db_put_name(s, &reconciliation_status_names, status);
    db_put_text(s, message);
    db_put_int(s, now_ms);
    db_put_int(s, run);
    db_run(s);
    if (status == RECONCILIATION_DONE)
        alarm_settle_about(db, ALARM_RECONCILIATION_FAILED, "", now_ms);
    else if (fails_again(db, run))
        alarm_raise_about(db, ALARM_RECONCILIATION_FAILED, NULL, "",
                          "The books could not be held against the gateway's "
                          "three times in a row.",
                          now_ms);
    s = db_sql(db, "DELETE FROM reconciliations WHERE run <= $1");
    db_put_int(s, run - RECONCILIATION_KEPT);
    db_run(s);
}

bool reconciliation_find(struct db *db, int64_t run, struct reconciliation *out,
                         struct arena *arena)
{
    struct db_statement *s =
        db_sql(db, "SELECT" RUN_COLUMNS " FROM reconciliations WHERE run = $1");
    db_put_int(s, run);
    return one_run(s, out, arena);
}

size_t reconciliation_list(struct db *db, int64_t limit,
                           struct reconciliation *list, struct arena *arena)
{
    struct db_statement *s =
        db_sql(db, "SELECT" RUN_COLUMNS " FROM reconciliations"
                   " ORDER BY run DESC LIMIT $1");
    db_put_int(s, limit);
    size_t count = 0;
    while (db_row(s))
        list[count++] = read_run(s, arena);
    return count;
}

void reconciliation_saw(struct db *db, const char *attempt_id, int64_t run)
{
    struct db_statement *s = db_sql(
        db, "UPDATE payment_attempts SET seen_run = $1 WHERE attempt_id = $2");
    db_put_int(s, run);
    db_put_text(s, attempt_id);
    db_run(s);
}

/* Only what a finding about an attempt says of it. */
static size_t read_attempts(struct db_statement *s,
                            struct payment_attempt *list, struct arena *arena)
{
    size_t count = 0;
    while (db_row(s))
        list[count++] =
            (struct payment_attempt){.attempt_id = db_text(s, 0, arena),
                                     .order_id = db_text(s, 1, arena),
                                     .attempt_no = db_int(s, 2),
                                     .intent_id = db_text(s, 3, arena),
                                     .unknown_since_ms = db_int(s, 4),
                                     .created_at_ms = db_int(s, 5)};
    return count;
}

size_t reconciliation_unseen(struct db *db, int64_t run, int64_t from_ms,
                             int64_t until_ms, int64_t limit,
                             struct payment_attempt *list, struct arena *arena)
{
    struct db_statement *s =
        db_sql(db, "SELECT attempt_id, order_id, attempt_no, intent_id,"
                   " COALESCE(unknown_since_ms, 0), created_at_ms"
                   " FROM payment_attempts WHERE seen_run <> $1"
                   " AND created_at_ms >= $2 AND created_at_ms < $3"
                   " AND updated_at_ms < $3 AND status = 'succeeded'"
                   " AND kind <> 'manual' ORDER BY created_at_ms LIMIT $4");
    db_put_int(s, run);
    db_put_int(s, from_ms);
    db_put_int(s, until_ms);
    db_put_int(s, limit);
    return read_attempts(s, list, arena);
}

size_t reconciliation_unknown(struct db *db, int64_t before_ms, int64_t limit,
                              struct payment_attempt *list, struct arena *arena)
{
    struct db_statement *s =
        db_sql(db, "SELECT attempt_id, order_id, attempt_no, intent_id,"
                   " unknown_since_ms, created_at_ms FROM payment_attempts"
                   " WHERE status = 'open' AND unknown_since_ms < $1"
                   " ORDER BY unknown_since_ms LIMIT $2");
    db_put_int(s, before_ms);
    db_put_int(s, limit);
    return read_attempts(s, list, arena);
}

bool reconciliation_charge(struct db *db, const char *intent_id,
                           struct booked_charge *out, struct arena *arena)
{
    struct db_statement *s =
        db_sql(db, "SELECT c.order_id, c.charged_minor, c.refunded_minor,"
                   " COALESCE((SELECT MAX(CASE r.status WHEN 'due'"
                   "  THEN 9223372036854775807 ELSE r.updated_at_ms END)"
                   "  FROM refunds r WHERE r.intent_id = c.intent_id), 0)"
                   " FROM charge_balances c WHERE c.intent_id = $1");
    db_put_text(s, intent_id);
    bool found = db_row(s);
    if (found)
        *out = (struct booked_charge){.order_id = db_text(s, 0, arena),
                                      .amount_minor = db_int(s, 1),
                                      .refunded_minor = db_int(s, 2),
                                      .changed_at_ms = db_int(s, 3)};
    db_done(s);
    return found;
}
