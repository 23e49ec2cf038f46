/* Loading the workflow anew: see reload.h. */
#define _GNU_SOURCE
#include "cli/reload.h"

#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cli/child.h"
#include "cli/cli.h"
#include "cli/owner.h"
#include "lib/base/log.h"

static _Noreturn void become(const struct settings *settings, pid_t parent)
{
    owner_become_user(settings);
    child_drop_secrets("ordermill");
    char path[PATH_MAX];
    char workflow[] = "workflow", load[] = "load";
    char *argv[] = {path, workflow, load, NULL};
    sigset_t none;
    sigemptyset(&none);
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    if (getppid() != parent)
        _exit(CLI_FAILED);
    signal(SIGPIPE, SIG_DFL);
    sigprocmask(SIG_SETMASK, &none, NULL);
    snprintf(path, sizeof path, "%s/ordermill", settings->build);
    execv(path, argv);
    fprintf(stderr, "ordermill: %s: %s\n", path, strerror(errno));
    _exit(CLI_FAILED);
}

static void begin(struct reload *reload, const struct settings *settings)
{
    pid_t parent = getpid();
    reload->again = false;
    reload->pid = fork();
    if (reload->pid == 0)
        become(settings, parent);
    if (reload->pid < 0) {
        log_error("fork: %s", strerror(errno));
        reload->pid = 0;
    }
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
