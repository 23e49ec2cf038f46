/* The counts of the metrics: see metric.h. Each goes over an index that holds
 * only what is counted. */
#include "lib/shop/health/metric.h"

#include "lib/shop/health/alarm.h"
#include "lib/shop/health/heartbeat.h"
#include "lib/shop/payment/webhook_event.h"
#include "lib/shop/queue/work.h"

static int64_t events(struct db *db, enum webhook_status status)
{
    struct db_statement *s =
        db_sql(db, "SELECT COUNT(*) FROM webhook_events WHERE status = $1");
    db_put_name(s, &webhook_status_names, status);
    return db_found_int(s, 0);
}

/* What is open or still to be done. */
static void count_due(struct db *db, struct metric_counts *out)
{
    out->executions_running = db_found_int(
        db_sql(db, "SELECT COUNT(*) FROM executions WHERE status = 'RUNNING'"),
        0);
    out->attempts_open = db_found_int(
        db_sql(db,
               "SELECT COUNT(*) FROM payment_attempts WHERE status = 'open'"),
        0);
    out->refunds_due = work_count(db, WORK_REFUND);
    out->mails_due = work_count(db, WORK_MAIL);
    out->credit_notes_due = work_count(db, WORK_CREDIT_NOTE);
    out->findings_open = db_found_int(
        db_sql(db, "SELECT COUNT(*) FROM findings WHERE settled_at_ms IS NULL"),
        0);
}

static int64_t reconciliation_age_ms(struct db *db, int64_t now_ms)
{
    int64_t ended_at_ms = db_found_int(
        db_sql(db, "SELECT ended_at_ms FROM reconciliations"
                   " WHERE status = 'done' ORDER BY run DESC LIMIT 1"),
        INT64_MIN);
    return ended_at_ms == INT64_MIN ? INT64_MAX : now_ms - ended_at_ms;
}

struct metric_counts
metric_counts(struct db *db, const struct settings *settings, int64_t now_ms)
{
    struct metric_counts counts = {.guard = guard_state(db, settings, now_ms),
                                   .events_due = events(db, WEBHOOK_DUE),
                                   .events_early = events(db, WEBHOOK_EARLY),
                                   .events_failed = events(db, WEBHOOK_FAILED),
                                   .alarms_open = alarm_count(db),
                                   .heartbeat_age_ms = heartbeat_age_ms(db),
                                   .reconciliation_age_ms =
                                       reconciliation_age_ms(db, now_ms)};
    count_due(db, &counts);
    return counts;
}
