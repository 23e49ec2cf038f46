/* Counters in mapped files: see counter.h. */
#define _GNU_SOURCE
#include "lib/base/counter.h"

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

#include "lib/base/log.h"

#define ENDING ".counters"

/* Those of one name stand together. */
static const struct {
    const char *name;
    const char *label; /* what tells it from others of its name; "": none */
    const char *help;
} kinds[COUNTER_KINDS] = {
    [COUNTER_STARTS] = {"program_starts_total", "",
                        "How often a process of the program began."},
    [COUNTER_ANSWERS_2XX] = {"answers_total", ",status=\"2xx\"",
                             "Requests that the program answered, by status."},
    [COUNTER_ANSWERS_3XX] = {"answers_total", ",status=\"3xx\"", NULL},
    [COUNTER_ANSWERS_4XX] = {"answers_total", ",status=\"4xx\"", NULL},
    [COUNTER_ANSWERS_5XX] = {"answers_total", ",status=\"5xx\"", NULL},
    [COUNTER_BATCHES] = {"batches_total", "",
                         "Batches of writes that the program committed."},
};

/* The file as it is: a mark of ours, and what the machine takes in one piece.
 */
struct counters {
    char mark[8];
    uint64_t kinds;
    _Atomic int64_t counts[COUNTER_KINDS];
};

static const struct counters fresh = {.mark = "omcount1",
                                      .kinds = COUNTER_KINDS};

static bool is_ours(const struct counters *counters)
{
    bool ours = memcmp(counters->mark, fresh.mark, sizeof fresh.mark) == 0 &&
                counters->kinds == COUNTER_KINDS;
    for (int i = 0; i < COUNTER_KINDS; i++)
        ours = ours && counters->counts[i] >= 0;
    return ours;
}

/* False: there is none, or it is not one of ours. */
static bool read_file(int fd, struct counters *out)
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

static struct counters *map(int fd)
{
    void *at = mmap(NULL, sizeof(struct counters), PROT_READ | PROT_WRITE,
                    fd >= 0 ? MAP_SHARED : MAP_PRIVATE | MAP_ANONYMOUS, fd, 0);
    if (at == MAP_FAILED)
        die("mmap: %s", strerror(errno));
    return at;
}

struct counters *counters_open(const char *folder, const char *program)
{
    enum { TRIES = 3 }; /* another process may do the same beside us */
    char path[PATH_MAX];
    struct counters found;
    snprintf(path, sizeof path, "%s/%s" ENDING, folder, program);
    for (int i = 0; i < TRIES; i++) {
        int fd = open(path, O_RDWR | O_NOFOLLOW | O_CLOEXEC);
        if (fd >= 0 && read_file(fd, &found)) {
            struct counters *counters = map(fd);
            close(fd);
            return counters;
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
    struct counters *counters = map(-1);
    memcpy(counters, &fresh, sizeof fresh);
    return counters;
}

void counters_add(struct counters *counters, enum counter which)
{
    assert(which < COUNTER_KINDS);
    atomic_fetch_add_explicit(&counters->counts[which], 1,
                              memory_order_relaxed);
}

struct counters_of {
    const char *program;
    struct counters counters;
};

static int by_name(const void *a, const void *b)
{
    return strcmp(((const struct counters_of *)a)->program,
                  ((const struct counters_of *)b)->program);
}

/* False: this is no file of counters. */
static bool read_one(struct arena *arena, int folder_fd, const char *name,
                     struct counters_of *out)
{
    const char *end = strstr(name, ENDING);
    if (end == NULL || strcmp(end, ENDING) != 0)
        return false;
    int fd = openat(folder_fd, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0)
        return false;
    bool found = read_file(fd, &out->counters);
    close(fd);
    out->program = arena_copy(arena, name, (size_t)(end - name));
    return found;
}

static size_t read_all(struct arena *arena, const char *folder,
                       struct counters_of *out, size_t max)
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

void counters_write(struct text *out, const char *folder)
{
    enum { MOST = 64 };
    struct counters_of *list = arena_alloc(out->arena, MOST * sizeof *list);
    size_t count = read_all(out->arena, folder, list, MOST);
    for (int kind = 0; kind < COUNTER_KINDS; kind++) {
        const char *name = kinds[kind].name;
        if (kinds[kind].help != NULL)
            text_printf(out,
                        "# HELP ordermill_%s %s\n# TYPE ordermill_%s counter\n",
                        name, kinds[kind].help, name);
        for (size_t i = 0; i < count; i++)
            text_printf(out, "ordermill_%s{program=\"%s\"%s} %lld\n", name,
                        list[i].program, kinds[kind].label,
                        (long long)list[i].counters.counts[kind]);
    }
}
