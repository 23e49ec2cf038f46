/* The reaper's main: starts, and cycles until it is told to stop. Started by
 * `ordermill serve` or a service manager. */
#define _GNU_SOURCE
#include <limits.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "lib/adapter/crypto.h"
#include "lib/adapter/page.h"
#include "lib/base/log/log.h"
#include "lib/base/log/metric.h"
#include "lib/base/memory/memory.h"
#include "lib/base/system/signals.h"
#include "lib/base/system/wake.h"
#include "lib/base/time/clock.h"
#include "lib/shop/setting.h"
#include "lib/view/paper/paper.h"
#include "reaper/presence.h"

enum {
    REAPER_PRESSED_ORDERS = 16, /* in one cycle, and as many as its ms */
    REAPER_PRESSED_MS = 40
};

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

/* Once it has had nothing to do for a while it gives back what work took; and
 * again while it still packs what that left. */
static void trim(struct reaper *reaper, bool worked)
{
    int64_t now_ms = clock_boot_ms();
    if (worked) {
        reaper->trim_boot_ms = now_ms + REAPER_TRIM_MS;
    } else if (reaper->trim_boot_ms != 0 && reaper->trim_boot_ms <= now_ms) {
        reaper->trim_boot_ms = reaper->unpacked ? now_ms + REAPER_TRIM_MS : 0;
        job_trim(reaper);
        transfer_pool_trim(reaper->calls);
        db_trim(reaper->db);
        memory_give_back();
    }
}

/* One alone is woken by who has work; one beside it looks by itself, and takes
 * the wake-ups over once it is alone. */
static void listen_alone(struct reaper *reaper, struct pollfd *wakes)
{
    char path[PATH_MAX];
    if (wakes->fd >= 0 && reaper->heard_as != reaper->number) {
        close(wakes->fd); /* another has taken them over meanwhile */
        wakes->fd = -1;
    }
    if (!reaper->alone || wakes->fd >= 0)
        return;
    reaper->heard_as = reaper->number;
    snprintf(path, sizeof path, "%s/reaper.sock", reaper->settings->run);
    wakes->fd = wake_listen(path);
}

static void run(struct reaper *reaper, int signal_fd)
{
    int64_t notified_ms = 0;
    reaper->trim_boot_ms = clock_boot_ms() + REAPER_TRIM_MS;
    int tell_fd = wake_sender();
    struct pollfd fds[] = {{.fd = -1, .events = POLLIN},
                           {.fd = signal_fd, .events = POLLIN}};
    while (fds[1].revents == 0) {
        int64_t began_ms = clock_boot_ms();
        notify(tell_fd, &notified_ms);
        int wait_ms = cycle_run(reaper);
        listen_alone(reaper, &fds[0]);
        transfer_wait(reaper->calls, fds, 2, wait_ms);
        int orders = fds[0].fd < 0
                         ? 0
                         : wake_drain(fds[0].fd, housekeeping_hear, reaper);
        trim(reaper, fds[0].revents != 0 || wait_ms == 0 ||
                         reaper->free_count < REAPER_JOBS);
        give_way(reaper, orders, began_ms, &fds[1]);
    }
    /* What has ended is written; what is still out is asked again later. */
    reaper->stopping = true;
    cycle_run(reaper);
    presence_end(reaper);
}

int main(void)
{
    memory_keep_little();
    struct arena arena = arena_create(1024 * 1024);
    struct settings settings;
    const char *fault;
    bool valid = settings_read(&arena, &settings, &fault);
    log_open("reaper", settings.log_level);
    log_follow(settings.log);
    if (!valid)
        die("%s", fault);
    metric_add(metrics_open(settings.run, "reaper"), METRIC_STARTS);
    int signal_fd = signals_open();
    /* On a busy machine orders come in before they are worked off. */
    setpriority(PRIO_PROCESS, 0, 10);
    struct reaper *reaper = calloc(1, sizeof *reaper);
    if (reaper == NULL)
        die("no memory for the reaper");
    reaper->settings = &settings;
    open_reaper(reaper, &arena);
    memory_give_back(); /* what only the start needed */
    run(reaper, signal_fd);
    log_info("stopped");
    return 0;
}
