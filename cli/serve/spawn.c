/* Starting a verb: see spawn.h. */
#define _GNU_SOURCE
#include "cli/serve/spawn.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "cli/cli.h"
#include "cli/serve/child.h"
#include "lib/base/log/log.h"

/* linux/ioprio.h, which Debian's headers for programs lack. */
enum { IOPRIO_WHO_PROCESS = 1, IOPRIO_CLASS_IDLE = 3, IOPRIO_CLASS_SHIFT = 13 };

/* What serve prints of it is said by who started it. */
static void stand_back(void)
{
    setpriority(PRIO_PROCESS, 0, 19);
    syscall(SYS_ioprio_set, IOPRIO_WHO_PROCESS, 0,
            IOPRIO_CLASS_IDLE << IOPRIO_CLASS_SHIFT);
    int fd = open("/dev/null", O_WRONLY | O_CLOEXEC);
    if (fd >= 0)
        dup2(fd, STDOUT_FILENO);
}

static _Noreturn void become(const struct settings *settings,
                             const char *const *words, enum spawn_rank rank,
                             pid_t parent)
{
    char path[PATH_MAX];
    char *argv[5] = {path};
    sigset_t none;
    child_drop_secrets("ordermill");
    sigemptyset(&none);
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    if (getppid() != parent)
        _exit(CLI_FAILED);
    signal(SIGPIPE, SIG_DFL);
    sigprocmask(SIG_SETMASK, &none, NULL);
    if (rank == SPAWN_IDLE)
        stand_back();
    for (int i = 0; i < 3 && words[i] != NULL; i++)
        argv[i + 1] = strdup(words[i]);
    snprintf(path, sizeof path, "%s/ordermill", settings->build);
    execv(path, argv);
    fprintf(stderr, "ordermill: %s: %s\n", path, strerror(errno));
    _exit(CLI_FAILED);
}

pid_t spawn_verb(const struct settings *settings, const char *const *words,
                 enum spawn_rank rank)
{
    pid_t parent = getpid();
    pid_t pid = fork();
    if (pid == 0)
        become(settings, words, rank, parent);
    if (pid < 0)
        log_error("fork: %s", strerror(errno));
    return pid < 0 ? 0 : pid;
}
