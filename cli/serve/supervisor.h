/* The loop of `serve`: starts the children (the programs when somebody connects
 * to their sockets), restarts those that die, watches the reaper, and stops all
 * of them in order. Called by serve.c. */
#ifndef CLI_SERVE_SUPERVISOR_H
#define CLI_SERVE_SUPERVISOR_H

#include <stddef.h>
#include <stdint.h>

#include "cli/cli.h"
#include "cli/serve/checkup.h"
#include "cli/serve/child.h"
#include "cli/serve/lock_watch.h"
#include "cli/serve/reload.h"
#include "lib/base/log/folder.h"

enum { SUPERVISOR_MAX_CHILDREN = 64, SUPERVISOR_LOCKS = 2 };

struct supervisor {
    const struct cli *cli;
    struct child children[SUPERVISOR_MAX_CHILDREN];
    size_t count;
    int signal_fd;
    int notify_fd; /* the reaper's signs of life arrive here */
    const char *notify_path;
    int64_t began_boot_ms;
    int64_t woke_boot_ms;  /* when its loop last went round */
    int64_t asked_boot_ms; /* when /health was last asked, until ready */
    struct reload reload;
    struct checkup checkup;
    struct log_folder logs;
    int64_t logs_boot_ms; /* when they were last looked at */
    bool reopen;          /* nginx is to be told of renamed ones */
    uint64_t dying;       /* whose programs keep dying, as last told: a
                             bit for each of children */
    struct lock_watch
        locks[SUPERVISOR_LOCKS]; /* the shop's and the local gateway's */
    bool keeps_on; /* started with SIGHUP ignored, as nohup does */
    bool ready;
    bool warned; /* that it takes long */
    bool stopping;
    bool programs_told; /* to end: none is started any more */
    bool failed;
};

/* Blocks the signals the loop reads; before any child is started. */
void supervisor_open(struct supervisor *supervisor, const struct cli *cli);

/* One more to keep alive; before supervisor_run. */
void supervisor_add(struct supervisor *supervisor, const struct child *child);

/* Runs until TERM, INT or the end of its terminal, or until a child cannot be
 * kept alive; gives the exit status. A HUP that someone sends takes the
 * workflow file anew. announce is called once, when all can be used. */
int supervisor_run(struct supervisor *supervisor,
                   void (*announce)(const struct cli *cli));

#endif
