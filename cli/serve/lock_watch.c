/* Who hangs with the write lock: see lock_watch.h. */
#define _GNU_SOURCE
#include "cli/serve/lock_watch.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/pidfd.h>
#include <unistd.h>

#include "lib/base/time/clock.h"

enum {
    LOOK_EVERY_MS = 1000,
    LATE_MS = 500, /* then we were not awake */
    HANGS_MS = 2000,
    COMMIT_MS = 30000
};

struct lock_watch lock_watch(const char *database)
{
    return (struct lock_watch){
        .database = database, .holder = {.phase = DB_FREE}, .pidfd = -1};
}

/* proc(5): its third field, which follows the name in parentheses. */
static char process_state(pid_t pid)
{
    char path[32];
    char text[512];
    snprintf(path, sizeof path, "/proc/%d/stat", (int)pid);
    FILE *file = fopen(path, "re");
    if (file == NULL)
        return 'X';
    size_t length = fread(text, 1, sizeof text - 1, file);
    fclose(file);
    text[length] = '\0';
    const char *end = strrchr(text, ')');
    return end == NULL || end[1] != ' ' ? 'X' : end[2];
}

static bool same_turn(const struct db_holder *a, const struct db_holder *b)
{
    return a->pid == b->pid && a->turn == b->turn && a->phase == b->phase;
}

static void forget(struct lock_watch *watch)
{
    if (watch->pidfd >= 0)
        close(watch->pidfd);
    watch->pidfd = -1;
    watch->holder = (struct db_holder){.phase = DB_FREE};
}

/* From now on it is watched. That it still holds the lock once its pidfd is
 * open makes it the pidfd of the one that holds it. */
static void watch_it(struct lock_watch *watch, const struct db_holder *holder)
{
    struct db_holder still;
    forget(watch);
    watch->pidfd = pidfd_open((pid_t)holder->pid, 0);
    if (watch->pidfd >= 0 && db_holder(watch->database, &still) &&
        same_turn(holder, &still))
        watch->holder = still;
    else
        forget(watch);
}

/* How long it may keep the lock in this state of its process: T is stopped, D
 * waits for the disk, t is held by a debugger, X is gone. */
static int64_t patience_ms(const struct db_holder *holder)
{
    char state = process_state((pid_t)holder->pid);
    if (state == 'D' || state == 't' || state == 'X')
        return INT64_MAX;
    return state == 'T' || holder->phase == DB_WORKING ? HANGS_MS : COMMIT_MS;
}

pid_t lock_watch_look(struct lock_watch *watch)
{
    struct db_holder now;
    int64_t now_ms = clock_boot_ms();
    int64_t passed_ms = now_ms - watch->looked_boot_ms;
    if (passed_ms < LOOK_EVERY_MS)
        return 0;
    watch->looked_boot_ms = now_ms;
    if (!db_holder(watch->database, &now)) {
        forget(watch);
        return 0;
    }
    bool seen = same_turn(&now, &watch->holder);
    if (!seen)
        watch_it(watch, &now);
    int64_t limit_ms = patience_ms(&now);
    if (!seen || passed_ms > LOOK_EVERY_MS + LATE_MS || limit_ms == INT64_MAX)
        watch->since_boot_ms = now_ms;
    return now_ms - watch->since_boot_ms >= limit_ms ? (pid_t)now.pid : 0;
}

int64_t lock_watch_wait_ms(const struct lock_watch *watch)
{
    return watch->looked_boot_ms + LOOK_EVERY_MS - clock_boot_ms();
}

void lock_watch_end(struct lock_watch *watch)
{
    pidfd_send_signal(watch->pidfd, SIGKILL, NULL, 0);
    forget(watch);
}
