/* One cycle of the reaper; see reaper.h. */
#include "lib/base/clock.h"
#include "lib/base/log.h"
#include "lib/shop/health/heartbeat.h"
#include "lib/shop/mail/outbox.h"
#include "lib/shop/paper/credit_note.h"
#include "lib/shop/payment/payment.h"
#include "lib/shop/payment/webhook_event.h"
#include "lib/shop/refund/refund.h"
#include "reaper/reaper.h"

enum {
    CYCLE_MS = 20, /* what one transaction may take */
    CYCLE_EXECUTIONS = 256,
    CYCLE_PRESSED_EXECUTIONS = 8, /* while orders wait for the same lock */
    CYCLE_CAREFUL_MS = 50,        /* a job that lives so long is no killer */
    CYCLE_HEARTBEAT_MS = 1000,
    CYCLE_LOCK_MS = 2000,
    CYCLE_CHECKPOINT_MS = 500,
    CYCLE_PAUSE_MS = 250 /* after a transaction that could not be stored */
};

/* A job that lives for a while kills nobody any more: the next one may begin,
 * however long the first takes. */
static void be_careful(struct reaper *reaper, int64_t began_ms)
{
    reaper->careful = execution_is_careful(reaper->db);
    reaper->holds_back = reaper->careful && job_in_flight(reaper) &&
                         began_ms < reaper->careful_boot_ms;
    if (!reaper->holds_back)
        reaper->careful_boot_ms = began_ms + CYCLE_CAREFUL_MS;
}

bool reaper_may_begin(const struct reaper *reaper)
{
    return !reaper->careful || (!reaper->holds_back && reaper->begun == NULL);
}

/* Moves what is due by one state, as long as the cycle's time lasts. */
static void advance_due(struct reaper *reaper, int64_t began_ms, int64_t now_ms)
{
    char due[CYCLE_EXECUTIONS][CRYPTO_UUID_SIZE];
    size_t limit =
        reaper->pressed ? CYCLE_PRESSED_EXECUTIONS : CYCLE_EXECUTIONS;
    if (reaper->careful)
        limit = reaper->holds_back ? 0 : 1;
    size_t count =
        execution_due(reaper->db, db_clock_ms(reaper->db), limit, due);
    for (size_t i = 0; i < count; i++) {
        if (clock_boot_ms() - began_ms > CYCLE_MS)
            break;
        arena_reset(&reaper->step_arena);
        in_hand_take(&reaper->hand, due[i]);
        advance_execution(reaper, due[i], now_ms);
    }
    in_hand_clear(&reaper->hand);
}

static int64_t earliest(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

/* How long nothing is due, at most until the next heartbeat. */
static int next_wait_ms(struct reaper *reaper)
{
    int64_t now = db_clock_ms(reaper->db);
    if (reaper->careful && job_in_flight(reaper))
        return CYCLE_CAREFUL_MS; /* or until the job ends */
    int64_t next = execution_next_due(reaper->db);
    next = earliest(next, webhook_event_next_due(reaper->db));
    if (reaper->mails < REAPER_MAILS)
        next = earliest(next, outbox_next_due(reaper->db));
    if (reaper_free_calls(reaper) > 0) {
        next = earliest(next, payment_next_due(reaper->db));
        next = earliest(next, refund_next_due(reaper->db));
        next = earliest(next, reconcile_next_due(reaper));
    }
    if (reaper->free_count > 0)
        next = earliest(next, credit_note_next_due(reaper->db));
    next = earliest(next, now + CYCLE_HEARTBEAT_MS);
    return next > now ? (int)(next - now) : 0;
}

/* Moves the write-ahead log into the database, beside the writers. */
static void checkpoint(struct reaper *reaper)
{
    int64_t now_boot_ms = clock_boot_ms();
    if (now_boot_ms < reaper->checkpoint_boot_ms)
        return;
    db_checkpoint(reaper->db);
    reaper->checkpoint_boot_ms = now_boot_ms + CYCLE_CHECKPOINT_MS;
}

bool cycle_run(struct reaper *reaper, int *wait_ms)
{
    *wait_ms = CYCLE_PAUSE_MS;
    if (db_begin(reaper->db, CYCLE_LOCK_MS) != DB_OK) {
        log_warning("the database stays locked");
        return true;
    }
    if (!heartbeat_beat(reaper->db, reaper->fence)) {
        db_rollback(reaper->db);
        log_error("another reaper has taken over");
        return false;
    }
    int64_t now_ms = clock_wall_ms();
    int64_t began_ms = clock_boot_ms();
    job_settle_finished(reaper, now_ms);
    if (!reaper->stopping) {
        if (reaper->free_count > 0)
            execution_release_queued(reaper->db, reaper->free_count);
        be_careful(reaper, began_ms);
        apply_due_events(reaper, now_ms);
        advance_due(reaper, began_ms, now_ms);
        charge_due_attempts(reaper, now_ms);
        if (reaper_may_begin(reaper)) {
            deliver_due_mails(reaper, now_ms);
            repay_due_refunds(reaper, now_ms);
            reconcile_due(reaper, now_ms);
            draw_due_credit_notes(reaper);
        }
        housekeeping_run(reaper, now_ms);
    }
    if (db_commit(reaper->db) != DB_OK) {
        log_warning("a cycle could not be stored");
        job_refused(reaper);
        return true;
    }
    job_committed(reaper);
    /* Now that the settled jobs are free again: what waited for them is due. */
    int next_ms = next_wait_ms(reaper);
    job_run_ready(reaper);
    checkpoint(reaper);
    *wait_ms = reaper->finished != NULL || reaper->ready != NULL ? 0 : next_ms;
    return true;
}
