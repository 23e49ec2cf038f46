/* The log: see log.h. */
#define _GNU_SOURCE
#include "lib/base/log.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/base/clock.h"

/* Set once at start, by log_open, before anything else runs. */
static const char *log_program = "ordermill";
static enum log_level log_threshold = LOG_INFO;

static const char *const level_names[] = {"debug", "info", "warning", "error"};

void log_open(const char *program, const char *level_name)
{
    log_program = program;
    for (int i = 0; level_name != NULL && i < 4; i++)
        if (strcmp(level_name, level_names[i]) == 0)
            log_threshold = (enum log_level)i;
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
