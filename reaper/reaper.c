/* The reaper's main: starts, takes over from the one before, cycles until it
 * is told to stop. Started by `ordermill serve` or a service manager. */
#define _GNU_SOURCE
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "lib/adapter/crypto.h"
#include "lib/adapter/page.h"
#include "lib/base/clock.h"
#include "lib/base/counter.h"
#include "lib/base/log.h"
#include "lib/base/memory.h"
#include "lib/base/signals.h"
#include "lib/base/wake.h"
#include "lib/shop/books/reconciliation.h"
#include "lib/shop/health/alarm.h"
#include "lib/shop/health/heartbeat.h"
#include "lib/shop/mail/outbox.h"
#include "lib/shop/paper/credit_note.h"
#include "lib/shop/payment/payment.h"
#include "lib/shop/payment/webhook_event.h"
#include "lib/shop/refund/refund.h"
#include "lib/shop/setting.h"
#include "lib/view/paper/paper.h"
#include "reaper/reaper.h"

enum {
    REAPER_PRESSED_ORDERS = 16, /* in one cycle, and as many as its ms */
    REAPER_PRESSED_MS = 40
};

/* An order over which the reaper died again and again is parked, an event
 * fails: it harms no other, and staff look at it. */
static void blame(struct db *db, const char *last_in_hand, int64_t fence,
                  struct arena *arena)
{
    static const char why[] = "The reaper died over this order again and "
                              "again.";
    int64_t now_ms = clock_wall_ms();
    const char *order_id;
    if (in_hand_event(last_in_hand) != 0)
        webhook_event_blame(db, in_hand_event(last_in_hand), REAPER_CRASHES,
                            now_ms);
    else if (strcmp(last_in_hand, IN_HAND_NOTHING) == 0)
        execution_blame_held(db, fence);
    else
        execution_blame(db, last_in_hand);
    while ((order_id = execution_hopeless(db, REAPER_CRASHES, arena)) != NULL) {
        execution_park(db, order_id);
        outbox_give_up(db, order_id, why, now_ms);
        refund_give_up(db, order_id, why, now_ms);
        payment_set_aside(db, order_id, why, now_ms);
        alarm_raise(db, ALARM_PARKED, order_id, why, now_ms);
    }
}

/* The new fencing token; what the last reaper held becomes due at once. */
static int64_t take_over(struct db *db, const struct settings *settings,
                         const char *last_in_hand, struct arena *arena)
{
    if (db_begin(db, 10000) != DB_OK)
        die("the database stays locked");
    int64_t fence = heartbeat_take_over(db);
    blame(db, last_in_hand, fence, arena);
    execution_take_over(db, fence);
    outbox_take_over(db);
    refund_take_over(db);
    credit_note_take_over(db);
    payment_take_over(db);
    payment_give_windows(db, settings->manual_window_ms, clock_wall_ms());
    webhook_event_take_over(db);
    reconciliation_take_over(db);
    if (db_commit(db) != DB_OK)
        die("the database cannot be written");
    return fence;
}

/* Tells the supervisor that the loop turns (sd_notify(3), WATCHDOG=1). */
static void notify(int fd, int64_t *last_ms)
{
    const char *path = getenv("NOTIFY_SOCKET");
    int64_t now = clock_boot_ms();
    if (path == NULL || now - *last_ms < 1000)
        return;
    *last_ms = now;
    wake_send(fd, path, "WATCHDOG=1");
}

static void open_reaper(struct reaper *reaper, struct arena *arena)
{
    static const char *const templates[] = {"mail-confirmation.txt",
                                            "mail-confirmation.html",
                                            "mail-failed.txt",
                                            "mail-failed.html",
                                            "mail-cancelled.txt",
                                            "mail-cancelled.html",
                                            "mail-refunded.txt",
                                            "mail-refunded.html",
                                            NULL};
    const struct settings *settings = reaper->settings;
    crypto_open();
    page_load(arena_printf(arena, "%s/templates", settings->root), templates);
    reaper->pdf = paper_open_pdf(settings, arena);
    if (reaper->pdf == NULL)
        die("the papers' fonts cannot be read");
    reaper->db = db_open(settings->database, DB_WRITE);
    reaper->calls = transfer_pool_create(REAPER_JOBS);
    transfer_pool_bound_hosts(reaper->calls, (int)settings->calls_per_host);
    reaper->stripe = (struct stripe){.pool = reaper->calls,
                                     .base_url = settings->stripe_url,
                                     .key = settings->stripe_key,
                                     .ca_file = settings->ca_file,
                                     .timeout_ms = settings->stripe_timeout_ms};
    reaper->definitions = workflow_cache_create();
    setting_signing_key(reaper->db, reaper->signing_key);
    reaper->task_secret = setting_get(reaper->db, "task_secret", arena);
    reaper->step_arena = arena_create(REAPER_STEP_ARENA);
    reaper->step_arena.kept = REAPER_STEP_KEPT;
    reaper->event_arena = arena_create(REAPER_EVENT_ARENA);
    job_pool_create(reaper);
    char last_in_hand[CRYPTO_UUID_SIZE];
    reaper->hand = in_hand_open(settings->run, last_in_hand);
    reaper->fence = take_over(reaper->db, settings, last_in_hand, arena);
}

/* While orders come in faster than any reaper works them off (one a ms), they
 * have precedence: it takes shorter turns and leaves the lock, the disk and the
 * processors to them. */
static void give_way(struct reaper *reaper, int orders, int64_t began_ms,
                     struct pollfd *signals)
{
    reaper->pressed =
        orders >= REAPER_PRESSED_ORDERS && orders >= clock_boot_ms() - began_ms;
    int64_t end_ms = clock_boot_ms() + REAPER_PRESSED_MS;
    int64_t left_ms = REAPER_PRESSED_MS;
    /* An answer that comes meanwhile ends the wait, but not the pause. */
    while (reaper->pressed && left_ms > 0 && signals->revents == 0) {
        transfer_wait(reaper->calls, signals, 1, (int)left_ms);
        left_ms = end_ms - clock_boot_ms();
    }
}

/* Once it has had nothing to do for a while it gives back what work took. */
static void trim(struct reaper *reaper, bool worked)
{
    int64_t now_ms = clock_boot_ms();
    if (worked) {
        reaper->trim_boot_ms = now_ms + REAPER_TRIM_MS;
    } else if (reaper->trim_boot_ms != 0 && reaper->trim_boot_ms <= now_ms) {
        reaper->trim_boot_ms = 0;
        job_trim(reaper);
        transfer_pool_trim(reaper->calls);
        db_trim(reaper->db);
        memory_give_back();
    }
}

static void run(struct reaper *reaper, int wake_fd, int signal_fd)
{
    int64_t notified_ms = 0;
    int wait_ms = 0;
    reaper->trim_boot_ms = clock_boot_ms() + REAPER_TRIM_MS;
    struct pollfd fds[] = {{.fd = wake_fd, .events = POLLIN},
                           {.fd = signal_fd, .events = POLLIN}};
    while (fds[1].revents == 0) {
        int64_t began_ms = clock_boot_ms();
        notify(wake_fd, &notified_ms);
        if (!cycle_run(reaper, &wait_ms))
            return;
        transfer_wait(reaper->calls, fds, 2, wait_ms);
        trim(reaper, fds[0].revents != 0 || wait_ms == 0 ||
                         reaper->free_count < REAPER_JOBS);
        give_way(reaper, wake_drain(wake_fd, housekeeping_hear, reaper),
                 began_ms, &fds[1]);
    }
    /* What has ended is written; what is still out is asked again later. */
    reaper->stopping = true;
    cycle_run(reaper, &wait_ms);
    in_hand_close(&reaper->hand);
}

int main(void)
{
    struct arena arena = arena_create(1024 * 1024);
    struct settings settings;
    const char *fault;
    bool valid = settings_read(&arena, &settings, &fault);
    log_open("reaper", settings.log_level);
    log_follow(settings.log);
    if (!valid)
        die("%s", fault);
    counters_add(counters_open(settings.run, "reaper"), COUNTER_STARTS);
    int signal_fd = signals_open();
    /* On a busy machine orders come in before they are worked off. */
    setpriority(PRIO_PROCESS, 0, 10);
    struct reaper *reaper = calloc(1, sizeof *reaper);
    if (reaper == NULL)
        die("no memory for the reaper");
    reaper->settings = &settings;
    open_reaper(reaper, &arena);
    int wake_fd =
        wake_listen(arena_printf(&arena, "%s/reaper.sock", settings.run));
    log_info("reaping as number %lld", (long long)reaper->fence);
    run(reaper, wake_fd, signal_fd);
    log_info("stopped");
    return 0;
}
