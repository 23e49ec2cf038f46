/* A reaper among reapers: see presence.h. */
#include "reaper/presence.h"

#include "lib/base/log/log.h"
#include "lib/base/time/clock.h"
#include "lib/shop/health/alarm.h"
#include "lib/shop/mail/outbox.h"
#include "lib/shop/payment/payment.h"
#include "lib/shop/queue/reaper.h"
#include "lib/shop/refund/refund.h"
#include "reaper/kinds.h"

enum {
    PRESENCE_LOOK_MS = 500, /* at the others */
    PRESENCE_OTHERS = 16,
    PRESENCE_LOCK_MS = 2000,
    PRESENCE_DEATHS = 3 /* of one thing alone: it is given up */
};

/* One that held a single thing died of that. */
static void blame_held(struct db *db, int64_t dead)
{
    struct work work[2];
    char orders[2][CRYPTO_UUID_SIZE];
    size_t pieces = work_held(db, dead, work, 2);
    size_t executions = execution_held(db, dead, orders, 2);
    if (pieces + executions > 1) {
        work_suspect(db, dead);
        execution_suspect(db, dead);
    } else if (pieces == 1) {
        work_blame(db, work[0].kind, work[0].subject);
    } else if (executions == 1) {
        execution_blame(db, orders[0]);
    }
}

static void blame(struct db *db, int64_t dead,
                  const struct in_hand_found *found)
{
    switch (found->what) {
    case IN_HAND_ALIVE:
    case IN_HAND_ENDED:
        break;
    case IN_HAND_DIED:
        blame_held(db, dead);
        break;
    case IN_HAND_WORK:
        work_blame(db, found->kind, found->subject);
        break;
    case IN_HAND_EXECUTION:
        execution_blame(db, found->subject);
        break;
    }
}

void presence_park(struct db *db, const char *order_id, const char *why,
                   int64_t now_ms)
{
    execution_park(db, order_id);
    outbox_give_up(db, order_id, why, now_ms);
    refund_give_up(db, order_id, why, now_ms);
    payment_park(db, order_id, why, now_ms);
    alarm_raise(db, ALARM_PARKED, order_id, why, now_ms);
}

static void give_up_hopeless(struct reaper *reaper, int64_t now_ms)
{
    static const char why[] = "The reaper died over this order again and "
                              "again.";
    struct work work;
    const char *order_id;
    arena_reset(&reaper->step_arena);
    while (work_hopeless(reaper->db, PRESENCE_DEATHS, &work)) {
        work_drop(reaper->db, work.kind, work.subject);
        kind_of(work.kind)->give_up(reaper, &work, now_ms);
    }
    while ((order_id = execution_hopeless(reaper->db, PRESENCE_DEATHS,
                                          &reaper->step_arena)) != NULL)
        presence_park(reaper->db, order_id, why, now_ms);
}

static void take_over(struct reaper *reaper, int64_t other,
                      const struct in_hand_found *found)
{
    struct db *db = reaper->db;
    blame(db, other, found);
    work_take_over(db, other);
    execution_take_over(db, other);
    reaper_leave(db, other);
    log_info("takes over from reaper %lld", (long long)other);
}

/* Gives those it took over from. */
static size_t look_around(struct reaper *reaper, int64_t now_ms,
                          int64_t gone[PRESENCE_OTHERS])
{
    struct reaper_row others[PRESENCE_OTHERS];
    size_t count =
        reaper_others(reaper->db, reaper->number, others, PRESENCE_OTHERS);
    size_t taken = 0;
    reaper->alone = true;
    for (size_t i = 0; i < count; i++) {
        struct in_hand_found found =
            in_hand_find(reaper->settings->run, others[i].reaper);
        if (found.what == IN_HAND_ALIVE && !others[i].silent) {
            reaper->alone = false;
            continue;
        }
        take_over(reaper, others[i].reaper, &found);
        gone[taken++] = others[i].reaper;
    }
    if (taken > 0)
        give_up_hopeless(reaper, now_ms);
    return taken;
}

static void enter(struct reaper *reaper, int64_t now_ms)
{
    if (reaper->number != 0) {
        log_warning("reaper %lld was silent, and others took over from it",
                    (long long)reaper->number);
        in_hand_close(&reaper->hand);
        in_hand_remove(reaper->settings->run, reaper->number);
    }
    reaper->number = reaper_enter(reaper->db, now_ms);
    if (db_refused(reaper->db))
        die("the database cannot be written");
    reaper->hand = in_hand_open(reaper->settings->run, reaper->number);
    reaper->reconciling.at.run = 0;
    payment_give_windows(reaper->db, reaper->settings->manual_window_ms,
                         now_ms);
    reaper->look_boot_ms = 0;
    log_info("reaping as number %lld", (long long)reaper->number);
}

bool presence_begin(struct reaper *reaper, int64_t now_ms)
{
    int64_t gone[PRESENCE_OTHERS];
    size_t count = 0;
    if (db_begin(reaper->db, PRESENCE_LOCK_MS) != DB_OK)
        return false;
    bool entered =
        reaper->number == 0 || !reaper_beat(reaper->db, reaper->number);
    if (entered)
        enter(reaper, now_ms);
    if (clock_boot_ms() >= reaper->look_boot_ms)
        count = look_around(reaper, now_ms, gone);
    if (!entered && count == 0) {
        if (clock_boot_ms() >= reaper->look_boot_ms)
            reaper->look_boot_ms = clock_boot_ms() + PRESENCE_LOOK_MS;
        return true;
    }
    if (db_commit(reaper->db) != DB_OK)
        return false;
    for (size_t i = 0; i < count; i++)
        in_hand_remove(reaper->settings->run, gone[i]);
    return db_begin(reaper->db, PRESENCE_LOCK_MS) == DB_OK;
}

void presence_end(struct reaper *reaper)
{
    if (reaper->number != 0)
        in_hand_close(&reaper->hand);
}

bool presence_is_careful(struct reaper *reaper)
{
    return work_is_careful(reaper->db) || execution_is_careful(reaper->db);
}
