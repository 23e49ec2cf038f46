/* The log: see log.h. */
#define _GNU_SOURCE
#include "lib/base/log/log.h"

#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/base/time/clock.h"

/* Set once at start, before anything else runs. */
static const char *log_program = "ordermill";
static enum log_level log_threshold = LOG_INFO;
static char log_followed[PATH_MAX]; /* "": stderr is no log */
static char log_copied[PATH_MAX];

static const char *const level_names[] = {"debug", "info", "warning", "error"};

void log_open(const char *program, const char *level_name)
{
    log_program = program;
    for (int i = 0; level_name != NULL && i < 4; i++)
        if (strcmp(level_name, level_names[i]) == 0)
            log_threshold = (enum log_level)i;
}

static bool name_log(const char *folder, char out[PATH_MAX])
{
    int length = snprintf(out, PATH_MAX, "%s/%s.log", folder, log_program);
    if (length < PATH_MAX)
        return true;
    out[0] = '\0';
    return false;
}

void log_follow(const char *folder)
{
    char own[PATH_MAX];
    ssize_t got = readlink("/proc/self/fd/2", own, sizeof own - 1);
    own[got < 0 ? 0 : got] = '\0';
    if (name_log(folder, log_followed) &&
        strncmp(own, log_followed, strlen(log_followed)) != 0)
        log_followed[0] = '\0';
}

void log_copy(const char *folder)
{
    name_log(folder, log_copied);
}

/* The log was renamed when its name is another file's. */
static void follow(void)
{
    struct stat named, own;
    if (log_followed[0] == '\0' || stat(log_followed, &named) != 0 ||
        fstat(STDERR_FILENO, &own) != 0 ||
        (named.st_ino == own.st_ino && named.st_dev == own.st_dev))
        return;
    int fd = open(log_followed, O_WRONLY | O_APPEND | O_CLOEXEC);
    if (fd < 0)
        return;
    dup2(fd, STDOUT_FILENO);
    dup2(fd, STDERR_FILENO);
    close(fd);
}

static void copy(const char *line, size_t length)
{
    if (log_copied[0] == '\0')
        return;
    int fd = open(log_copied, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
    if (fd < 0)
        return;
    ssize_t put = write(fd, line, length);
    (void)put; /* nowhere left to say it */
    close(fd);
}

static void write_line(enum log_level level, const char *format, va_list list)
{
    if (level < log_threshold)
        return;
    char line[1024];
    char when[CLOCK_RFC3339_SIZE];
    clock_rfc3339(clock_wall_ms(), when);
    int head = snprintf(line, sizeof line, "%s %s %s[%d] ", when,
                        level_names[level], log_program, (int)getpid());
    size_t used = head > 0 ? (size_t)head : 0;
    int body = vsnprintf(line + used, sizeof line - used - 1, format, list);
    size_t end = used + (body > 0 ? (size_t)body : 0);
    if (end > sizeof line - 2)
        end = sizeof line - 2;
    for (size_t i = used; i < end; i++)
        if ((unsigned char)line[i] < 0x20)
            line[i] = ' '; /* a message stays one line */
    line[end] = '\n';
    follow();
    copy(line, end + 1);
    if (write(STDERR_FILENO, line, end + 1) < 0)
        return; /* nowhere left to say it */
}

#define LOG_AT(level)                                                          \
    do {                                                                       \
        va_list list;                                                          \
        va_start(list, format);                                                \
        write_line(level, format, list);                                       \
        va_end(list);                                                          \
    } while (0)

void log_debug(const char *format, ...)
{
    LOG_AT(LOG_DEBUG);
}

void log_info(const char *format, ...)
{
    LOG_AT(LOG_INFO);
}

void log_warning(const char *format, ...)
{
    LOG_AT(LOG_WARNING);
}

void log_error(const char *format, ...)
{
    LOG_AT(LOG_ERROR);
}

void die(const char *format, ...)
{
    LOG_AT(LOG_ERROR);
    exit(1);
}
