/* Checking the whole database while the shop runs, after an unclean end and
 * once a night. `ordermill check` does it, as a process of its own that takes
 * only what nobody else wants of the machine. Called by supervisor.c. */
#ifndef CLI_SERVE_CHECKUP_H
#define CLI_SERVE_CHECKUP_H

#include <stdbool.h>
#include <sys/types.h>

#include "cli/cli.h"

struct checkup {
    pid_t pid; /* of the check under way; 0: none is */
    bool now;  /* one is due, whatever the time */
    int64_t next_boot_ms;
};

/* Notes that the shop runs, until checkup_close. If a run before has left its
 * note, a check is due at once. False, and said so, when it cannot. */
bool checkup_open(struct checkup *checkup, const struct cli *cli);

/* Starts a check when one is due. */
void checkup_look(struct checkup *checkup, const struct cli *cli);

/* False: this process was no check. Else says what it found. */
bool checkup_ended(struct checkup *checkup, const struct cli *cli, pid_t pid,
                   int status);

void checkup_stop(const struct checkup *checkup);

/* The shop has ended in order. */
void checkup_close(const struct cli *cli);

#endif
