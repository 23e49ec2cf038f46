/* Looks after the write lock of a database while its programs run, so that one
 * that hangs with it costs the shop seconds. Called by supervisor.c. */
#ifndef CLI_SERVE_LOCK_WATCH_H
#define CLI_SERVE_LOCK_WATCH_H

#include <sys/types.h>

#include "lib/adapter/db/db.h"

struct lock_watch {
    const char *database;
    struct db_holder last;
    int looks; /* at which the last holder did not go on */
    int64_t looked_boot_ms;
};

/* One look a second, however often it is called. Gives the process to end, or
 * 0: it has kept the lock for LOCK_WATCH_LOOKS looks within one turn, and
 * either is stopped or is not yet in COMMIT. A slow disk shows in COMMIT or as
 * a wait for the disk, and counts as nothing; nor does the time go by in which
 * the machine is paused, since nobody looks then. */
pid_t lock_watch_look(struct lock_watch *watch);

enum { LOCK_WATCH_LOOKS = 5 };

#endif
