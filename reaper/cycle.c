/* One cycle of the reaper; see reaper.h. */
#include "lib/base/log/log.h"
#include "lib/base/time/clock.h"
#include "lib/workflow/execution/advance.h"
#include "reaper/kinds.h"
#include "reaper/presence.h"

enum {
    CYCLE_MS = 20, /* what one transaction may take */
    CYCLE_EXECUTIONS = 256,
    CYCLE_PRESSED_EXECUTIONS = 8, /* while orders wait for the same lock */
    CYCLE_CAREFUL_MS = 50,        /* a job that lives so long is no killer */
    CYCLE_HEARTBEAT_MS = 1000,
    CYCLE_LITTLE_MS = 20, /* between turns of packing */
    CYCLE_CHECKPOINT_MS = 500,
    CYCLE_PAUSE_MS = 250 /* after a transaction that could not be stored */
};

/* A job that lives for a while kills nobody any more: the next one may begin,
 * however long the first takes. */
static void be_careful(struct reaper *reaper, int64_t began_ms)
{
    reaper->careful = presence_is_careful(reaper);
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
    struct driver driver = reaper_driver(reaper);
    size_t count = execution_due(reaper->db, reaper->number, limit, due);
    for (size_t i = 0; i < count; i++) {
        if (clock_boot_ms() - began_ms > CYCLE_MS)
            break;
        in_hand_execution(&reaper->hand, due[i]);
        advance_execution(&driver, due[i], now_ms);
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
    int64_t next = earliest(execution_next_due(reaper->db, reaper->number),
                            reconcile_next_due(reaper));
    for (enum work_kind kind = 0; kind < WORK_KINDS; kind++)
        next = earliest(next, kind_next_due(reaper, kind));
    next = earliest(
        next, now + (reaper->unpacked ? CYCLE_LITTLE_MS : CYCLE_HEARTBEAT_MS));
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

/* What the transaction does: ends what has been done, moves what is due, begins
 * what comes next. */
static void work(struct reaper *reaper, int64_t now_ms)
{
    int64_t began_ms = clock_boot_ms();
    job_settle_finished(reaper, now_ms);
    if (reaper->stopping)
        return;
    be_careful(reaper, began_ms);
    apply_due_events(reaper, now_ms);
    advance_due(reaper, began_ms, now_ms);
    kinds_begin(reaper, now_ms);
    reconcile_go_on(reaper, now_ms);
    housekeeping_run(reaper, now_ms);
}

int cycle_run(struct reaper *reaper)
{
    int64_t now_ms = clock_wall_ms();
    if (!presence_begin(reaper, now_ms)) {
        log_warning("the database stays locked, or cannot be written");
        return CYCLE_PAUSE_MS;
    }
    work(reaper, now_ms);
    if (db_commit(reaper->db) != DB_OK) {
        log_warning("a cycle could not be stored");
        job_refused(reaper);
        return CYCLE_PAUSE_MS;
    }
    job_committed(reaper);
    /* Now that the settled jobs are free again: what waited for them is due. */
    int next_ms = next_wait_ms(reaper);
    job_run_ready(reaper);
    checkpoint(reaper);
    return reaper->finished != NULL || reaper->ready != NULL ? 0 : next_ms;
}
