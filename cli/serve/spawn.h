/* Runs a verb of our own command as a process beside serve, so that whatever is
 * wrong with what it does harms nobody. Called by reload.c and checkup.c. */
#ifndef CLI_SERVE_SPAWN_H
#define CLI_SERVE_SPAWN_H

#include <sys/types.h>

#include "lib/base/settings/settings.h"

enum spawn_rank {
    SPAWN_LIKE_US,
    SPAWN_IDLE /* takes processor and disk when nobody else wants them */
};

/* words are at most three, and NULL ends them. The process ends when we do. 0
 * when none can be made, which is logged. */
pid_t spawn_verb(const struct settings *settings, const char *const *words,
                 enum spawn_rank rank);

#endif
