/* The supervisor's loop: see supervisor.h. */
#define _GNU_SOURCE
#include "cli/serve/supervisor.h"

#include <assert.h>
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "cli/serve/listener.h"
#include "lib/base/log/log.h"
#include "lib/base/memory/memory.h"
#include "lib/base/system/file.h"
#include "lib/base/text/text.h"
#include "lib/base/time/clock.h"

enum {
    WATCHDOG_MS = 10000,
    ASK_EVERY_MS = 50,
    ASK_LATE_EVERY_MS = 1000,
    READY_MS = 10000,
    SETTLED_MS = 2000,
    STOP_NGINX_MS = 2000, /* for what is in hand */
    STOP_ALL_MS = 4500,
    IDLE_MS = 1000,
    LATE_MS = 1000 /* than IDLE_MS: then we were not awake */
};

void supervisor_open(struct supervisor *supervisor, const struct cli *cli)
{
    const struct settings *settings = cli->settings;
    *supervisor =
        (struct supervisor){.cli = cli,
                            .locks = {lock_watch(settings->database),
                                      lock_watch(settings->gateway_database)},
                            .logs = {.path = settings->log,
                                     .max_bytes = settings->log_bytes,
                                     .max_days = settings->log_days}};
    sigset_t set;
    struct sigaction hangup;
    sigaction(SIGHUP, NULL, &hangup);
    supervisor->keeps_on = hangup.sa_handler == SIG_IGN;
    sigemptyset(&set);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGHUP);
    sigaddset(&set, SIGCHLD);
    sigprocmask(SIG_BLOCK, &set, NULL);
    signal(SIGPIPE, SIG_IGN);
    /* nginx's workers come to us when their master is killed. */
    prctl(PR_SET_CHILD_SUBREAPER, 1);
    supervisor->signal_fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
    if (supervisor->signal_fd < 0)
        die("signalfd: %s", strerror(errno));
    supervisor->notify_path =
        arena_printf(cli->arena, "%s/notify.sock", cli->settings->run);
    supervisor->notify_fd = listener_open(supervisor->notify_path, SOCK_DGRAM);
}

void supervisor_add(struct supervisor *supervisor, const struct child *child)
{
    assert(supervisor->count < SUPERVISOR_MAX_CHILDREN &&
           supervisor->began_boot_ms == 0);
    supervisor->children[supervisor->count++] = *child;
}

static struct child *find_child(struct supervisor *s, pid_t pid)
{
    for (size_t i = 0; i < s->count; i++)
        if (s->children[i].pid == pid)
            return &s->children[i];
    return NULL;
}

static bool any_left(const struct supervisor *s)
{
    for (size_t i = 0; i < s->count; i++)
        if (s->children[i].pid > 0)
            return true;
    return false;
}

static void reap(struct supervisor *s)
{
    int status;
    pid_t pid;
    while ((pid = waitpid(-1, &status, WNOHANG)) > 0) {
        struct child *child = find_child(s, pid);
        if (reload_ended(&s->reload, s->cli->settings, pid, status) ||
            checkup_ended(&s->checkup, s->cli, pid, status))
            continue;
        if (child == NULL)
            continue; /* an orphan we took in */
        if (s->stopping) {
            child_kill_group(child->pid);
            child->pid = 0;
        } else if (!child_ended(child, status) && !s->failed) {
            cli_fail("%s died %d times at its start; %s/%s.log may say why",
                     child->name, CHILD_EARLY_DEATHS, s->cli->settings->log,
                     child->name);
            s->failed = true;
        }
    }
}

/* True when the HUP tells that the terminal is gone: the kernel sends it, or
 * the shell on that terminal, which is hung up by then. The children stand in
 * process groups of their own and get none of it. */
static bool terminal_gone(const struct signalfd_siginfo *info)
{
    if (info->ssi_code > 0) /* SI_KERNEL: not by kill(2) */
        return true;
    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++) {
        struct pollfd hung = {.fd = fd};
        struct stat file;
        if (fstat(fd, &file) == 0 && S_ISCHR(file.st_mode) &&
            poll(&hung, 1, 0) > 0 && (hung.revents & POLLHUP) != 0)
            return true;
    }
    return false;
}

static void read_signals(struct supervisor *s)
{
    struct signalfd_siginfo info;
    while (read(s->signal_fd, &info, sizeof info) == sizeof info) {
        if (info.ssi_signo == SIGCHLD)
            continue;
        if (info.ssi_signo != SIGHUP)
            s->stopping = true;
        else if (!terminal_gone(&info))
            reload_ask(&s->reload, s->cli->settings);
        else if (!s->keeps_on)
            s->stopping = true;
    }
    /* One SIGCHLD may stand for many. */
    reap(s);
}

/* sd_notify(3): lines of NAME=value. */
static void read_notifications(struct supervisor *s)
{
    char text[256];
    ssize_t length;
    while ((length = recv(s->notify_fd, text, sizeof text - 1, 0)) >= 0) {
        text[length] = '\0';
        if (strstr(text, "WATCHDOG=1") == NULL)
            continue;
        for (size_t i = 0; i < s->count; i++)
            if (s->children[i].kind == CHILD_REAPER)
                s->children[i].signed_boot_ms = clock_boot_ms();
    }
}

/* Where the machine was paused, or we had no turn for long, so may the others
 * have been: their time begins anew. */
static void note_pause(struct supervisor *s)
{
    int64_t now = clock_boot_ms();
    if (now - s->woke_boot_ms > IDLE_MS + LATE_MS)
        for (size_t i = 0; i < s->count; i++)
            s->children[i].signed_boot_ms = now;
    s->woke_boot_ms = now;
}

static void watch(const struct child *child)
{
    if (child->kind != CHILD_REAPER || child->pid == 0 ||
        clock_boot_ms() - child->signed_boot_ms <= WATCHDOG_MS)
        return;
    log_error("%s[%d] gave no sign of life for %d s", child->name,
              (int)child->pid, WATCHDOG_MS / 1000);
    child_signal(child, SIGKILL);
}

/* Only our own are ended. */
static void watch_locks(struct supervisor *s)
{
    for (size_t i = 0; i < SUPERVISOR_LOCKS; i++) {
        pid_t pid = lock_watch_look(&s->locks[i]);
        const struct child *child = pid > 0 ? find_child(s, pid) : NULL;
        if (child == NULL)
            continue;
        log_error("%s[%d] hangs with the lock of %s", child->name, (int)pid,
                  s->locks[i].database);
        lock_watch_end(&s->locks[i]);
    }
}

/* For /health: the names of the programs that keep dying, a line each. */
static void tell_dying(struct supervisor *s)
{
    struct arena *arena = s->cli->arena;
    size_t used = arena->used;
    uint64_t dying = 0;
    struct text names = text_create(arena, 256);
    for (size_t i = 0; i < s->count; i++)
        if (child_keeps_dying(&s->children[i])) {
            text_printf(&names, "%s\n", s->children[i].name);
            dying |= UINT64_C(1) << i;
        }
    const char *path = s->cli->settings->dying;
    if (dying == 0 && s->dying != 0)
        unlink(path);
    else if (dying != s->dying &&
             (!file_write_aside(path, names.bytes, names.length) ||
              !file_put_in_place(path)))
        log_error("%s: %s", path, strerror(errno));
    s->dying = dying;
    arena->used = used;
}

/* nginx dies of the signal before it has begun to listen for it. */
static void tell_nginx(struct supervisor *s)
{
    for (size_t i = 0; i < s->count; i++) {
        const struct child *child = &s->children[i];
        if (child->kind != CHILD_NGINX || child->pid == 0 ||
            clock_boot_ms() - child->started_boot_ms < SETTLED_MS)
            continue;
        child_signal(child, SIGUSR1);
        s->reopen = false;
    }
}

static void look_at_logs(struct supervisor *s)
{
    int64_t free_bytes, reserve_bytes;
    if (s->logs_boot_ms != 0 && clock_boot_ms() - s->logs_boot_ms < IDLE_MS)
        return;
    s->logs_boot_ms = clock_boot_ms();
    log_folder_room(s->logs.path, &free_bytes, &reserve_bytes);
    if (log_folder_look(&s->logs, clock_wall_ms(), free_bytes, reserve_bytes))
        s->reopen = true;
    if (s->reopen)
        tell_nginx(s);
}

static void start_due(struct supervisor *s)
{
    for (size_t i = 0; i < s->count; i++) {
        struct child *child = &s->children[i];
        watch(child);
        if (child->pid != 0 || child->rests ||
            child->due_boot_ms > clock_boot_ms())
            continue;
        child_start(child, s->cli->settings, s->notify_path);
    }
}

static void look_ready(struct supervisor *s,
                       void (*announce)(const struct cli *cli))
{
    int64_t now = clock_boot_ms();
    int64_t pause = s->warned ? ASK_LATE_EVERY_MS : ASK_EVERY_MS;
    if (s->ready || now - s->asked_boot_ms < pause)
        return;
    int status = listener_http_status(s->cli->settings->listen, "/health");
    s->asked_boot_ms = clock_boot_ms();
    if (status == 200) {
        s->ready = true;
        announce(s->cli);
        memory_give_back();
    } else if (!s->warned && now - s->began_boot_ms > READY_MS) {
        s->warned = true;
        cli_fail("not ready after %d s (/health says %d); still trying, see "
                 "%s",
                 READY_MS / 1000, status, s->cli->settings->log);
    }
}

/* Until the next start that is due, or the next look at something. */
static int64_t wait_ms(const struct supervisor *s)
{
    int64_t wait = s->stopping             ? 20
                   : s->ready || s->warned ? IDLE_MS
                                           : ASK_EVERY_MS;
    int64_t now = clock_boot_ms();
    for (size_t i = 0; i < SUPERVISOR_LOCKS && !s->stopping; i++)
        if (lock_watch_wait_ms(&s->locks[i]) < wait)
            wait = lock_watch_wait_ms(&s->locks[i]);
    for (size_t i = 0; i < s->count && !s->stopping; i++)
        if (s->children[i].pid == 0 && !s->children[i].rests &&
            s->children[i].due_boot_ms - now < wait)
            wait = s->children[i].due_boot_ms - now;
    return wait < 0 ? 0 : wait;
}

/* Whether somebody asks for it is of interest. */
static bool is_watched(const struct supervisor *s, const struct child *child)
{
    return !s->programs_told && (child->rests || child_backs_off(child));
}

/* Starts what rests and is asked for, refuses for what cannot start yet. */
static void serve_asked(struct supervisor *s, struct child *child)
{
    if (child->rests)
        child_start(child, s->cli->settings, s->notify_path);
    else if (child_backs_off(child))
        child_refuse(child);
}

static void wait_for_events(struct supervisor *s)
{
    struct pollfd fds[2 + SUPERVISOR_MAX_CHILDREN] = {
        {.fd = s->signal_fd, .events = POLLIN},
        {.fd = s->notify_fd, .events = POLLIN}};
    for (size_t i = 0; i < s->count; i++)
        fds[2 + i] = (struct pollfd){.fd = is_watched(s, &s->children[i])
                                               ? s->children[i].listen_fd
                                               : -1,
                                     .events = POLLIN};
    int64_t wait = wait_ms(s);
    const struct timespec timeout = {.tv_sec = (time_t)(wait / 1000),
                                     .tv_nsec = (long)(wait % 1000) * 1000000};
    int ready = ppoll(fds, 2 + s->count, &timeout, NULL);
    if (ready < 0 && errno != EINTR)
        die("ppoll: %s", strerror(errno));
    for (size_t i = 0; i < s->count && ready > 0; i++)
        if (fds[2 + i].revents != 0)
            serve_asked(s, &s->children[i]);
    read_signals(s);
    read_notifications(s);
}

static void signal_kind(const struct supervisor *s, enum child_kind kind,
                        int signal_number)
{
    for (size_t i = 0; i < s->count; i++)
        if (s->children[i].kind == kind)
            child_signal(&s->children[i], signal_number);
}

static bool kind_left(const struct supervisor *s, enum child_kind kind)
{
    for (size_t i = 0; i < s->count; i++)
        if (s->children[i].kind == kind && s->children[i].pid > 0)
            return true;
    return false;
}

/* nginx finishes what it has in hand while the programs still answer; then
 * they end. The reaper is told first of all: a charge it has under way goes
 * through nginx when the gateway is the local one. */
static void stop(struct supervisor *s)
{
    int64_t began = clock_boot_ms();
    s->stopping = true;
    reload_stop(&s->reload);
    checkup_stop(&s->checkup);
    signal_kind(s, CHILD_REAPER, SIGTERM);
    signal_kind(s, CHILD_NGINX, SIGQUIT);
    while (any_left(s) && clock_boot_ms() - began < STOP_ALL_MS) {
        bool late = clock_boot_ms() - began > STOP_NGINX_MS;
        if (!s->programs_told && (late || !kind_left(s, CHILD_NGINX))) {
            s->programs_told = true;
            signal_kind(s, CHILD_NGINX, SIGTERM);
            signal_kind(s, CHILD_PROGRAM, SIGTERM);
            signal_kind(s, CHILD_DELIVERER, SIGTERM);
        }
        wait_for_events(s);
    }
    for (size_t i = 0; i < s->count; i++)
        child_kill_group(s->children[i].pid);
    while (waitpid(-1, NULL, 0) > 0)
        continue;
}

int supervisor_run(struct supervisor *supervisor,
                   void (*announce)(const struct cli *cli))
{
    supervisor->began_boot_ms = clock_boot_ms();
    supervisor->woke_boot_ms = supervisor->began_boot_ms;
    while (!supervisor->stopping && !supervisor->failed) {
        note_pause(supervisor);
        look_at_logs(supervisor);
        start_due(supervisor);
        watch_locks(supervisor);
        tell_dying(supervisor);
        checkup_look(&supervisor->checkup, supervisor->cli);
        wait_for_events(supervisor);
        if (!supervisor->stopping && !supervisor->failed)
            look_ready(supervisor, announce);
    }
    stop(supervisor);
    return supervisor->failed ? CLI_FAILED : CLI_DONE;
}
