/* Loading the workflow anew: see reload.h. */
#define _GNU_SOURCE
#include "cli/serve/reload.h"

#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>

#include "cli/cli.h"
#include "cli/serve/spawn.h"

static void begin(struct reload *reload, const struct settings *settings)
{
    static const char *const words[] = {"workflow", "load", NULL};
    reload->again = false;
    reload->pid = spawn_verb(settings, words, SPAWN_LIKE_US);
}

void reload_ask(struct reload *reload, const struct settings *settings)
{
    if (reload->pid == 0)
        begin(reload, settings);
    else
        reload->again = true;
}

bool reload_ended(struct reload *reload, const struct settings *settings,
                  pid_t pid, int status)
{
    if (reload->pid == 0 || pid != reload->pid)
        return false;
    reload->pid = 0;
    if (WIFEXITED(status) && WEXITSTATUS(status) == CLI_DONE) {
        printf("New orders run %s as it now is.\n", settings->workflow);
        fflush(stdout);
    } else {
        cli_fail("%s was not loaded; new orders run the workflow they ran "
                 "before",
                 settings->workflow);
    }
    if (reload->again)
        begin(reload, settings);
    return true;
}

void reload_stop(struct reload *reload)
{
    reload->again = false;
    if (reload->pid > 0)
        kill(reload->pid, SIGTERM);
}
