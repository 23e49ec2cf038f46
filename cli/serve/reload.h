/* Taking the workflow file anew on SIGHUP, while the shop runs. `ordermill
 * workflow load` does it, as a process of its own, so that whatever is wrong
 * with the file harms nobody. Called by supervisor.c. */
#ifndef CLI_SERVE_RELOAD_H
#define CLI_SERVE_RELOAD_H

#include <stdbool.h>
#include <sys/types.h>

#include "lib/base/settings/settings.h"

struct reload {
    pid_t pid;  /* of the load under way; 0: none is */
    bool again; /* the file may have changed since it began */
};

/* Begins a load, or has another follow the one under way. */
void reload_ask(struct reload *reload, const struct settings *settings);

/* False: this process was no load. Else says how it ended. */
bool reload_ended(struct reload *reload, const struct settings *settings,
                  pid_t pid, int status);

/* Ends the load under way, and lets none follow it. */
void reload_stop(struct reload *reload);

#endif
