/* Watches the write lock of a database while its programs run, so that a
 * program that hangs with it costs the shop only seconds. Called by
 * supervisor.c. */
#ifndef CLI_SERVE_LOCK_WATCH_H
#define CLI_SERVE_LOCK_WATCH_H

#include <stdbool.h>
#include <sys/types.h>

#include "lib/adapter/db/db.h"

struct lock_watch {
    const char *database;
    struct db_holder holder; /* as last seen; DB_FREE: there was none */
    int pidfd;               /* the holder's; -1: none */
    int64_t since_boot_ms;   /* it is seen in this turn and phase, and we were
                                awake all the while */
    int64_t looked_boot_ms;
};

struct lock_watch lock_watch(const char *database);

/* Looks once a second, however often it is called. Gives the process that is to
 * be ended, or 0. That process has kept the lock in one turn for 2 s and is
 * stopped or not yet in COMMIT, or it has been in COMMIT for 30 s. Time does
 * not count while it waits for the disk or is held by a debugger, nor while we
 * are late ourselves: then the machine was paused or has too much to do. */
pid_t lock_watch_look(struct lock_watch *watch);

/* How long until the next look. */
int64_t lock_watch_wait_ms(const struct lock_watch *watch);

/* Ends the process that lock_watch_look gave, and never another that got its
 * number. */
void lock_watch_end(struct lock_watch *watch);

#endif
