/* One process that `serve` keeps alive: nginx, an endpoint's program, the
 * reaper. Called by supervisor.c. */
#ifndef CLI_SERVE_CHILD_H
#define CLI_SERVE_CHILD_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "lib/base/settings/settings.h"

enum child_kind {
    CHILD_PROGRAM,   /* runs while it is asked; listen_fd is its socket */
    CHILD_DELIVERER, /* runs while it is woken by a datagram on listen_fd */
    CHILD_REAPER,
    CHILD_NGINX
};

enum { CHILD_MAX_ARGUMENTS = 8, CHILD_EARLY_DEATHS = 5, CHILD_DEATHS = 3 };

struct child {
    enum child_kind kind;
    const char *name; /* of its log, and its socket if it has one */
    const char *argv[CHILD_MAX_ARGUMENTS]; /* argv[0]: the program's path */
    int listen_fd;                         /* becomes fd 0; -1: none */
    pid_t pid;                             /* 0: not running */
    bool
        rests; /* not running, and not needed until its listen_fd is readable */
    int64_t started_boot_ms;
    int64_t due_boot_ms;    /* when not running: when to start it */
    int64_t signed_boot_ms; /* last sign of life, where any is given */
    int64_t pause_ms;       /* before its next start but one */
    int early_deaths;       /* in its first second, one after the other */
    bool proven;            /* it has lived longer */
    /* Its last deaths by itself; the oldest stands at deaths % CHILD_DEATHS. */
    int64_t died_boot_ms[CHILD_DEATHS];
    size_t deaths;
};

/* Starts it in a process group of its own, and appends to its log. Dies when
 * the process cannot be made. */
void child_start(struct child *child, const struct settings *settings,
                 const char *notify_path);

/* It ended with this wait status: says so, and sets when it starts again. A
 * child that runs on demand rests when it ended in order, as those do that
 * nobody asks. A child that dies at its start waits longer each time, up to
 * half a minute, and harms nobody else. False only when nginx has never lived
 * and has now died too often: there is no shop without it. */
bool child_ended(struct child *child, int status);

/* It waits long for its next start: requests must not wait as long. */
bool child_backs_off(const struct child *child);

/* Closes the connections that wait for it; nginx answers them 502. */
void child_refuse(const struct child *child);

/* It died by itself CHILD_DEATHS times within the last five minutes, or at each
 * of its last starts. */
bool child_keeps_dying(const struct child *child);

/* child_signal signals its process alone; child_kill_group kills all of its
 * group. */
void child_signal(const struct child *child, int signal_number);
void child_kill_group(pid_t pid);

/* Takes the secrets that the program of this name does not need out of this
 * process's environment. */
void child_drop_secrets(const char *name);

#endif
