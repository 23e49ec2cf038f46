/* `ordermill logs`: what all programs logged, in the order of time, from the
 * renamed logs (lib/base/log/folder.h) to the last line; --follow goes on with
 * what comes. A line without a time of its own belongs to the one above it. */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "cli/cli.h"
#include "lib/asl/timestamp.h"
#include "lib/base/log/folder.h"
#include "lib/base/log/log.h"

enum {
    LOGS_MAX_SOURCES = 64,
    LOGS_MAX_LINES = 1000000,
    LOGS_FOLLOW_LINES = 10,
    LOGS_PAUSE_NS = 200000000
};

/* One program's logs, read one after the other. */
struct source {
    const char *program;
    char last[LOG_FOLDER_NAME]; /* the last renamed one that is read */
    FILE *file;                 /* NULL: none is open */
    char name[LOG_FOLDER_NAME]; /* of the file, when it was opened */
    char *line;                 /* NULL: none is in hand */
    char *buffer;
    size_t size;
    int64_t time_ms; /* of the line */
};

struct logs {
    const struct cli *cli;
    const char *program; /* NULL: all */
    int64_t since_ms;
    int64_t lines; /* the last so many; -1: all */
    bool follow;
    struct source sources[LOGS_MAX_SOURCES];
    size_t count;
    char **ring; /* the last lines, while they are not printed yet */
    size_t ring_at;
};

static FILE *open_log(const struct logs *logs, const char *name)
{
    return fopen(
        arena_printf(logs->cli->arena, "%s/%s", logs->cli->settings->log, name),
        "re");
}

static bool has_renamed(const struct logs *logs, const struct source *source,
                        char name[LOG_FOLDER_NAME])
{
    return log_folder_next(logs->cli->settings->log, source->program,
                           source->last, name);
}

/* The oldest that is not read yet. The current log is only taken when, once it
 * is open, no other has been renamed before it. */
static void open_next(const struct logs *logs, struct source *source)
{
    char *name = source->name;
    for (;;) {
        bool renamed = has_renamed(logs, source, name);
        if (!renamed)
            snprintf(name, LOG_FOLDER_NAME, "%s.log", source->program);
        source->file = open_log(logs, name);
        if (source->file == NULL && !renamed)
            return;
        if (renamed) {
            snprintf(source->last, sizeof source->last, "%s", name);
            if (source->file != NULL)
                return;
            continue; /* it was removed as too old */
        }
        if (!has_renamed(logs, source, name)) {
            snprintf(name, LOG_FOLDER_NAME, "%s.log", source->program);
            return;
        }
        fclose(source->file);
    }
}

static bool is_current(const struct source *source)
{
    return strcmp(source->name, source->last) != 0;
}

/* The current log was renamed while it was read: its rest is read, and it is
 * the next of the renamed ones. */
static bool was_renamed(const struct logs *logs, struct source *source)
{
    struct stat own, named;
    char name[LOG_FOLDER_NAME];
    const char *path = arena_printf(logs->cli->arena, "%s/%s.log",
                                    logs->cli->settings->log, source->program);
    if (fstat(fileno(source->file), &own) != 0 || stat(path, &named) != 0 ||
        own.st_ino == named.st_ino || !has_renamed(logs, source, name))
        return false;
    snprintf(source->last, sizeof source->last, "%s", name);
    snprintf(source->name, sizeof source->name, "%s", name);
    return true;
}

/* Our own lines and nginx's accesses begin with an RFC 3339 time, nginx's
 * errors with 2026/11/29 08:15:00, in the system's zone. */
static void read_time(struct source *source)
{
    char text[40];
    struct timestamp stamp;
    struct tm local = {.tm_isdst = -1};
    size_t length = strcspn(source->line, " \n");
    if (length < sizeof text) {
        memcpy(text, source->line, length);
        text[length] = '\0';
        if (timestamp_parse(text, &stamp)) {
            source->time_ms = stamp.ms;
            return;
        }
    }
    if (strptime(source->line, "%Y/%m/%d %H:%M:%S ", &local) != NULL)
        source->time_ms = (int64_t)mktime(&local) * 1000;
}

/* A whole line, or the rest of a log that nobody writes to any more. */
static bool read_line(struct source *source, bool may_grow)
{
    long at = ftell(source->file);
    ssize_t length = getline(&source->buffer, &source->size, source->file);
    if (length <= 0) {
        clearerr(source->file);
        return false;
    }
    if (may_grow && source->buffer[length - 1] != '\n') {
        fseek(source->file, at, SEEK_SET);
        return false;
    }
    source->line = source->buffer;
    read_time(source);
    return true;
}

/* True when the source has a line in hand. */
static bool fetch(const struct logs *logs, struct source *source)
{
    size_t used = logs->cli->arena->used;
    while (source->line == NULL) {
        if (source->file == NULL)
            open_next(logs, source);
        if (source->file == NULL ||
            read_line(source, logs->follow && is_current(source)))
            break;
        /* Looked at before its last line is asked for once more. */
        bool renamed = is_current(source) && was_renamed(logs, source);
        if (renamed && read_line(source, false))
            break;
        if (is_current(source))
            break;
        if (!renamed) {
            fclose(source->file);
            source->file = NULL;
        }
    }
    logs->cli->arena->used = used;
    return source->line != NULL;
}

static void print(const char *line)
{
    size_t length = strlen(line);
    fputs(line, stdout);
    if (length == 0 || line[length - 1] != '\n')
        putchar('\n');
}

static void keep(struct logs *logs, const char *line)
{
    if (logs->lines < 0) {
        print(line);
    } else if (logs->lines > 0) {
        char **place = &logs->ring[logs->ring_at++ % (size_t)logs->lines];
        free(*place);
        *place = strdup(line);
        if (*place == NULL)
            die("no memory for %lld lines", (long long)logs->lines);
    }
}

static void print_kept(struct logs *logs)
{
    for (int64_t i = 0; i < logs->lines; i++) {
        char **place =
            &logs->ring[(logs->ring_at + (size_t)i) % (size_t)logs->lines];
        if (*place != NULL)
            print(*place);
        free(*place);
        *place = NULL;
    }
    logs->lines = -1;
}

/* All there is now: of each program's next line the oldest. */
static void merge(struct logs *logs)
{
    for (;;) {
        struct source *first = NULL;
        for (size_t i = 0; i < logs->count; i++) {
            struct source *source = &logs->sources[i];
            if (fetch(logs, source) &&
                (first == NULL || source->time_ms < first->time_ms))
                first = source;
        }
        if (first == NULL)
            return;
        if (first->time_ms >= logs->since_ms)
            keep(logs, first->line);
        first->line = NULL;
    }
}

/* Each program that has a log, renamed or not, once. */
static bool find_sources(struct logs *logs)
{
    struct arena *arena = logs->cli->arena;
    DIR *dir = opendir(logs->cli->settings->log);
    if (dir == NULL) {
        cli_fail("%s: %s", logs->cli->settings->log, strerror(errno));
        return false;
    }
    for (struct dirent *entry; (entry = readdir(dir)) != NULL;) {
        const char *end = strstr(entry->d_name, ".log");
        if (end == NULL || entry->d_name[0] == '.' ||
            (end[4] != '\0' && end[4] != '.'))
            continue;
        const char *program =
            arena_copy(arena, entry->d_name, (size_t)(end - entry->d_name));
        bool known =
            logs->program != NULL && strcmp(logs->program, program) != 0;
        for (size_t i = 0; i < logs->count && !known; i++)
            known = strcmp(logs->sources[i].program, program) == 0;
        if (!known && logs->count < LOGS_MAX_SOURCES)
            logs->sources[logs->count++].program = program;
    }
    closedir(dir);
    if (logs->count == 0 && logs->program != NULL)
        cli_fail("`%s` has no log in %s", logs->program,
                 logs->cli->settings->log);
    return logs->count > 0 || logs->program == NULL;
}

static bool read_lines(struct logs *logs, const char *text)
{
    char *end;
    logs->lines = strtol(text, &end, 10);
    if (*end == '\0' && text[0] >= '0' && text[0] <= '9' &&
        logs->lines <= LOGS_MAX_LINES)
        return true;
    cli_fail("-n: `%s` is not a number from 0 to %d", text, LOGS_MAX_LINES);
    return false;
}

/* CLI_DONE: the words are read. */
static int read_words(struct logs *logs)
{
    const struct cli *cli = logs->cli;
    bool counted = false;
    for (int i = 0; i < cli->argc; i++) {
        const char *word = cli->argv[i];
        const char *value = i + 1 < cli->argc ? cli->argv[i + 1] : NULL;
        if (strcmp(word, "-f") == 0 || strcmp(word, "--follow") == 0) {
            logs->follow = true;
            continue;
        }
        if (value == NULL)
            return CLI_USAGE;
        i++;
        if (strcmp(word, "--program") == 0)
            logs->program = value;
        else if (strcmp(word, "--since") == 0 &&
                 !cli_read_since("--since", value, &logs->since_ms))
            return CLI_FAILED;
        else if (strcmp(word, "-n") == 0 && !read_lines(logs, value))
            return CLI_FAILED;
        else if (strcmp(word, "--since") != 0 && strcmp(word, "-n") != 0)
            return CLI_USAGE;
        counted |= strcmp(word, "--program") != 0;
    }
    if (logs->follow && !counted)
        logs->lines = LOGS_FOLLOW_LINES;
    return CLI_DONE;
}

int logs_run(const struct cli *cli)
{
    static const struct timespec pause = {.tv_nsec = LOGS_PAUSE_NS};
    struct logs *logs = arena_alloc(cli->arena, sizeof *logs);
    *logs = (struct logs){.cli = cli, .since_ms = INT64_MIN, .lines = -1};
    int status = read_words(logs);
    if (status != CLI_DONE)
        return status;
    if (!find_sources(logs))
        return CLI_FAILED;
    if (logs->lines > 0) {
        logs->ring = calloc((size_t)logs->lines, sizeof *logs->ring);
        if (logs->ring == NULL)
            return cli_fail("no memory for %lld lines", (long long)logs->lines);
    }
    merge(logs);
    print_kept(logs);
    while (logs->follow && fflush(stdout) == 0) {
        nanosleep(&pause, NULL);
        merge(logs);
    }
    return CLI_DONE;
}
