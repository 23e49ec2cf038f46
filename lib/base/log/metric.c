/* Counters in mapped files: see metric.h. */
#define _GNU_SOURCE
#include "lib/base/log/metric.h"

#include <assert.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/base/log/log.h"

#define ENDING ".metrics"

/* Those of one name stand together. */
static const struct {
    const char *name;
    const char *label; /* what tells it from others of its name; "": none */
    const char *help;
} kinds[METRIC_KINDS] = {
    [METRIC_STARTS] = {"program_starts_total", "",
                       "How often a process of the program began."},
    [METRIC_ANSWERS_2XX] = {"answers_total", ",status=\"2xx\"",
                            "Requests that the program answered, by status."},
    [METRIC_ANSWERS_3XX] = {"answers_total", ",status=\"3xx\"", NULL},
    [METRIC_ANSWERS_4XX] = {"answers_total", ",status=\"4xx\"", NULL},
    [METRIC_ANSWERS_5XX] = {"answers_total", ",status=\"5xx\"", NULL},
    [METRIC_BATCHES] = {"batches_total", "",
                        "Batches of writes that the program committed."},
};

/* The file as it is: a mark of ours, and what the machine takes in one piece.
 */
struct metrics {
    char mark[8];
    uint64_t kinds;
    _Atomic int64_t counts[METRIC_KINDS];
};

static const struct metrics fresh = {.mark = "ommetric", .kinds = METRIC_KINDS};

static bool is_ours(const struct metrics *metrics)
{
    bool ours = memcmp(metrics->mark, fresh.mark, sizeof fresh.mark) == 0 &&
                metrics->kinds == METRIC_KINDS;
    for (int i = 0; i < METRIC_KINDS; i++)
        ours = ours && metrics->counts[i] >= 0;
    return ours;
}

/* False: there is none, or it is not one of ours. */
static bool read_file(int fd, struct metrics *out)
{
    struct stat file;
    return fstat(fd, &file) == 0 && S_ISREG(file.st_mode) &&
           file.st_size == sizeof *out &&
           pread(fd, out, sizeof *out, 0) == sizeof *out && is_ours(out);
}

/* Puts a fresh one at path, unless another process was quicker. Its blocks are
 * written before it is mapped: there is room for whatever it will hold. */
static bool make(const char *path)
{
    char aside[PATH_MAX + 16];
    snprintf(aside, sizeof aside, "%s.%d", path, (int)getpid());
    int fd = open(aside, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    bool made = fd >= 0 && write(fd, &fresh, sizeof fresh) == sizeof fresh &&
                (link(aside, path) == 0 || errno == EEXIST);
    int fault = errno;
    if (fd >= 0)
        close(fd);
    unlink(aside);
    errno = fault;
    return made;
}

static struct metrics *map(int fd)
{
    void *at = mmap(NULL, sizeof(struct metrics), PROT_READ | PROT_WRITE,
                    fd >= 0 ? MAP_SHARED : MAP_PRIVATE | MAP_ANONYMOUS, fd, 0);
    if (at == MAP_FAILED)
        die("mmap: %s", strerror(errno));
    return at;
}

struct metrics *metrics_open(const char *folder, const char *program)
{
    enum { TRIES = 3 }; /* another process may do the same beside us */
    char path[PATH_MAX];
    struct metrics found;
    snprintf(path, sizeof path, "%s/%s" ENDING, folder, program);
    for (int i = 0; i < TRIES; i++) {
        int fd = open(path, O_RDWR | O_NOFOLLOW | O_CLOEXEC);
        if (fd >= 0 && read_file(fd, &found)) {
            struct metrics *metrics = map(fd);
            close(fd);
            return metrics;
        }
        if (fd >= 0)
            close(fd);
        if (fd >= 0 || errno != ENOENT) {
            log_warning("%s holds no counts of ours and begins anew", path);
            unlink(path);
        }
        if (!make(path))
            break;
    }
    log_warning("%s: %s; what is counted ends with this process", path,
                strerror(errno));
    struct metrics *metrics = map(-1);
    memcpy(metrics, &fresh, sizeof fresh);
    return metrics;
}

void metric_add(struct metrics *metrics, enum metric which)
{
    assert(which < METRIC_KINDS);
    atomic_fetch_add_explicit(&metrics->counts[which], 1, memory_order_relaxed);
}

struct metrics_of {
    const char *program;
    struct metrics metrics;
};

static int by_name(const void *a, const void *b)
{
    return strcmp(((const struct metrics_of *)a)->program,
                  ((const struct metrics_of *)b)->program);
}

/* False: this is no file of metrics. */
static bool read_one(struct arena *arena, int folder_fd, const char *name,
                     struct metrics_of *out)
{
    const char *end = strstr(name, ENDING);
    if (end == NULL || strcmp(end, ENDING) != 0)
        return false;
    int fd = openat(folder_fd, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0)
        return false;
    bool found = read_file(fd, &out->metrics);
    close(fd);
    out->program = arena_copy(arena, name, (size_t)(end - name));
    return found;
}

static size_t read_all(struct arena *arena, const char *folder,
                       struct metrics_of *out, size_t max)
{
    size_t count = 0;
    DIR *files = opendir(folder);
    const struct dirent *file;
    if (files == NULL)
        return 0;
    while (count < max && (file = readdir(files)) != NULL)
        count += read_one(arena, dirfd(files), file->d_name, &out[count]);
    closedir(files);
    qsort(out, count, sizeof *out, by_name);
    return count;
}

void metrics_write(struct text *out, const char *folder)
{
    enum { MOST = 64 };
    struct metrics_of *list = arena_alloc(out->arena, MOST * sizeof *list);
    size_t count = read_all(out->arena, folder, list, MOST);
    for (int kind = 0; kind < METRIC_KINDS; kind++) {
        const char *name = kinds[kind].name;
        if (kinds[kind].help != NULL)
            text_printf(out,
                        "# HELP ordermill_%s %s\n# TYPE ordermill_%s counter\n",
                        name, kinds[kind].help, name);
        for (size_t i = 0; i < count; i++)
            text_printf(out, "ordermill_%s{program=\"%s\"%s} %lld\n", name,
                        list[i].program, kinds[kind].label,
                        (long long)list[i].metrics.counts[kind]);
    }
}
