/* Starting and restarting one process: see child.h. */
#define _GNU_SOURCE
#include "cli/serve/child.h"
#include "cli/serve/owner.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/base/log/log.h"
#include "lib/base/time/clock.h"

enum {
    CHILD_EARLY_MS = 1000,
    CHILD_DYING_MS = 5 * 60 * 1000,
    CHILD_SETTLED_MS = 10000, /* after which it restarts at once again */
    CHILD_FIRST_PAUSE_MS = 100,
    CHILD_LONGEST_PAUSE_MS = 800, /* whatever dies is back within a second */
    CHILD_LONGEST_BACKOFF_MS = 30000, /* unless it does so at its start */
    CHILD_PATIENCE_MS = 1000          /* a request waits so long for a start */
};

static _Noreturn void give_up(const char *what, const char *which)
{
    /* Goes to the child's log once that is open, to ours before. */
    fprintf(stderr, "ordermill: %s: %s: %s\n", which, what, strerror(errno));
    _exit(127);
}

/* Each secret, and the programs that cannot do without it. */
static const struct {
    const char *variable;
    const char *programs[2];
} secrets[] = {
    {"ORDERMILL_STRIPE_KEY", {"reaper", "gateway"}},
    {"ORDERMILL_STRIPE_KEY_FILE", {"reaper", "gateway"}},
    {"ORDERMILL_STRIPE_WEBHOOK_SECRET", {"webhooks", "gateway"}},
    {"ORDERMILL_STRIPE_WEBHOOK_SECRET_FILE", {"webhooks", "gateway"}},
    {"ORDERMILL_SMTP_URL", {"reaper"}}, /* it may hold a password */
};

void child_drop_secrets(const char *name)
{
    for (size_t i = 0; i < sizeof secrets / sizeof secrets[0]; i++) {
        bool needed = false;
        for (size_t p = 0; p < 2 && secrets[i].programs[p] != NULL; p++)
            needed = needed || strcmp(secrets[i].programs[p], name) == 0;
        if (!needed)
            unsetenv(secrets[i].variable);
    }
}

static void set_environment(const struct child *child,
                            const struct settings *settings,
                            const char *notify_path)
{
    setenv("ORDERMILL_HOME", settings->home, 1);
    child_drop_secrets(child->name);
    if (child->kind == CHILD_REAPER)
        setenv("NOTIFY_SOCKET", notify_path, 1);
    else
        unsetenv("NOTIFY_SOCKET");
    /* Its sockets are named relative to HOME. */
    if (child->kind == CHILD_NGINX && chdir(settings->home) != 0)
        give_up("chdir", settings->home);
}

static void set_files(const struct child *child,
                      const struct settings *settings)
{
    char path[PATH_MAX];
    snprintf(path, sizeof path, "%s/%s.log", settings->log, child->name);
    int log_fd = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
    int in_fd = child->listen_fd >= 0 ? child->listen_fd
                                      : open("/dev/null", O_RDONLY | O_CLOEXEC);
    if (log_fd < 0)
        give_up("open", path);
    if (in_fd < 0 || dup2(in_fd, STDIN_FILENO) < 0 ||
        dup2(log_fd, STDOUT_FILENO) < 0 || dup2(log_fd, STDERR_FILENO) < 0)
        give_up("dup2", child->name);
}

/* In the new process. The signals that serve blocks and ignores are as they
 * were before it. */
static _Noreturn void become(const struct child *child,
                             const struct settings *settings,
                             const char *notify_path, pid_t parent)
{
    setpgid(0, 0);
    set_files(child, settings);
    if (child->kind == CHILD_NGINX)
        owner_hand_on_ports();
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    if (getppid() != parent)
        _exit(0); /* it died before we asked to be told */
    sigset_t none;
    sigemptyset(&none);
    signal(SIGPIPE, SIG_DFL);
    set_environment(child, settings, notify_path);
    sigprocmask(SIG_SETMASK, &none, NULL);
    char *argv[CHILD_MAX_ARGUMENTS + 1] = {NULL};
    for (int i = 0; i < CHILD_MAX_ARGUMENTS && child->argv[i] != NULL; i++)
        argv[i] = strdup(child->argv[i]);
    execv(argv[0], argv);
    give_up("exec", argv[0]);
}

void child_start(struct child *child, const struct settings *settings,
                 const char *notify_path)
{
    assert(child->pid == 0);
    pid_t parent = getpid();
    pid_t pid = fork();
    if (pid < 0)
        die("fork: %s", strerror(errno));
    if (pid == 0)
        become(child, settings, notify_path, parent);
    setpgid(pid, pid); /* both sides do: whoever comes first */
    child->pid = pid;
    child->rests = false;
    child->started_boot_ms = clock_boot_ms();
    child->signed_boot_ms = child->started_boot_ms;
}

static void log_end(const struct child *child, int status)
{
    if (child->rests)
        log_info("%s[%d] rests", child->name, (int)child->pid);
    else if (WIFSIGNALED(status))
        log_warning("%s[%d] was ended by signal %d", child->name,
                    (int)child->pid, WTERMSIG(status));
    else
        log_warning("%s[%d] ended with status %d", child->name, (int)child->pid,
                    WEXITSTATUS(status));
}

static bool is_on_demand(const struct child *child)
{
    return child->kind == CHILD_PROGRAM || child->kind == CHILD_DELIVERER;
}

/* When it starts again. What kills the reaper is parked after some deaths, so
 * it does not wait long for the next; nor does what is killed from outside. */
static void set_pause(struct child *child, bool early)
{
    int64_t longest_ms = early && is_on_demand(child) ? CHILD_LONGEST_BACKOFF_MS
                                                      : CHILD_LONGEST_PAUSE_MS;
    child->due_boot_ms = clock_boot_ms() + child->pause_ms;
    child->pause_ms =
        child->pause_ms == 0 ? CHILD_FIRST_PAUSE_MS : 2 * child->pause_ms;
    if (child->pause_ms > longest_ms)
        child->pause_ms = longest_ms;
}

bool child_ended(struct child *child, int status)
{
    int64_t now = clock_boot_ms();
    int64_t lived_ms = now - child->started_boot_ms;
    /* Being killed from outside says nothing against the program. */
    bool killed = WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL;
    bool early = lived_ms <= CHILD_EARLY_MS && !killed;
    child->rests =
        is_on_demand(child) && WIFEXITED(status) && WEXITSTATUS(status) == 0;
    log_end(child, status);
    child_kill_group(child->pid); /* nginx's workers outlive their master */
    child->pid = 0;
    if (lived_ms > CHILD_EARLY_MS) {
        child->proven = true;
        child->early_deaths = 0;
    }
    if (lived_ms > CHILD_SETTLED_MS || child->rests)
        child->pause_ms = 0;
    if (child->rests)
        return true;
    set_pause(child, early);
    if (early)
        child->early_deaths++;
    if (!killed)
        child->died_boot_ms[child->deaths++ % CHILD_DEATHS] = now;
    return child->kind != CHILD_NGINX || child->proven ||
           child->early_deaths < CHILD_EARLY_DEATHS;
}

bool child_backs_off(const struct child *child)
{
    return child->kind == CHILD_PROGRAM && child->pid == 0 && !child->rests &&
           child->due_boot_ms - clock_boot_ms() > CHILD_PATIENCE_MS;
}

void child_refuse(const struct child *child)
{
    int fd;
    while ((fd = accept4(child->listen_fd, NULL, NULL, SOCK_CLOEXEC)) >= 0)
        close(fd);
}

bool child_keeps_dying(const struct child *child)
{
    int64_t now = clock_boot_ms();
    bool lives =
        child->pid != 0 && now - child->started_boot_ms > CHILD_EARLY_MS;
    bool often = child->deaths >= CHILD_DEATHS &&
                 now - child->died_boot_ms[child->deaths % CHILD_DEATHS] <
                     CHILD_DYING_MS;
    return often || (child->early_deaths >= CHILD_DEATHS && !lives);
}

void child_signal(const struct child *child, int signal_number)
{
    if (child->pid > 0)
        kill(child->pid, signal_number);
}

void child_kill_group(pid_t pid)
{
    if (pid > 1)
        kill(-pid, SIGKILL);
}
