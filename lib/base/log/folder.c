/* Logs renamed, removed and thrown away: see log_folder.h. */
#define _GNU_SOURCE
#include "lib/base/log/folder.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <time.h>
#include <unistd.h>

#include "lib/base/log/log.h"
#include "lib/base/time/clock.h"

#define DAY_MS INT64_C(86400000)

enum { PRUNE_MS = 60 * 1000, RESERVE_BYTES = 64 * 1024 * 1024 };

void log_folder_room(const char *path, int64_t *free_bytes,
                     int64_t *reserve_bytes)
{
    struct statvfs disk;
    *free_bytes = INT64_MAX;
    *reserve_bytes = 0;
    if (statvfs(path, &disk) != 0)
        return;
    int64_t all = (int64_t)disk.f_blocks * (int64_t)disk.f_frsize;
    *free_bytes = (int64_t)disk.f_bavail * (int64_t)disk.f_frsize;
    *reserve_bytes = all / 20 < RESERVE_BYTES ? all / 20 : RESERVE_BYTES;
}

static int day_of(int64_t wall_ms)
{
    time_t seconds = (time_t)(wall_ms / 1000);
    struct tm local;
    localtime_r(&seconds, &local);
    return local.tm_year * 366 + local.tm_yday;
}

/* NAME.log, which is written to; NAME.log.TIME, which is not any more. */
static bool is_current(const char *name)
{
    const char *end = strstr(name, ".log");
    return name[0] != '.' && end != NULL && end[4] == '\0';
}

static bool is_renamed(const char *name)
{
    const char *end = strstr(name, ".log.");
    return name[0] != '.' && end != NULL && end[5] >= '0' && end[5] <= '9';
}

/* 20261129T081500123Z: names sort by their time. */
static void stamp(int64_t now_ms, char out[CLOCK_RFC3339_SIZE])
{
    char time[CLOCK_RFC3339_SIZE];
    size_t used = 0;
    clock_rfc3339(now_ms, time);
    for (const char *at = time; *at != '\0'; at++)
        if (strchr("-:.", *at) == NULL)
            out[used++] = *at;
    out[used] = '\0';
}

/* The new log stands ready before the old one is renamed; between the two
 * there is none for a moment, and nobody needs one. */
static bool rotate(int folder, const char *name, const struct stat *old,
                   int64_t now_ms)
{
    char aside[LOG_FOLDER_NAME + 8];
    char renamed[LOG_FOLDER_NAME + CLOCK_RFC3339_SIZE];
    char when[CLOCK_RFC3339_SIZE];
    stamp(now_ms, when);
    snprintf(aside, sizeof aside, ".%s", name);
    snprintf(renamed, sizeof renamed, "%s.%s", name, when);
    if (faccessat(folder, renamed, F_OK, 0) == 0)
        return false; /* of this very millisecond: at the next look */
    int fd = openat(folder, aside, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC,
                    old->st_mode & 0777);
    if (fd < 0)
        return false;
    bool ready = fchown(fd, old->st_uid, old->st_gid) == 0;
    close(fd);
    return ready && renameat(folder, name, folder, renamed) == 0 &&
           renameat(folder, aside, folder, name) == 0;
}

enum look {
    LOOK_ROTATE_LARGE,
    LOOK_ROTATE_OLD, /* these too; the first look, which knows no day before */
    LOOK_ROTATE_ALL,
    LOOK_THROW_AWAY
};

struct looked {
    bool rotated; /* at least one */
    bool failed;
};

static struct looked look_at_all(const struct log_folder *folder,
                                 enum look look, int64_t now_ms)
{
    struct looked looked = {false, false};
    DIR *dir = opendir(folder->path);
    if (dir == NULL)
        return (struct looked){.failed = true};
    int fd = dirfd(dir);
    for (struct dirent *entry; (entry = readdir(dir)) != NULL;) {
        struct stat file;
        if (!is_current(entry->d_name) ||
            fstatat(fd, entry->d_name, &file, AT_SYMLINK_NOFOLLOW) != 0 ||
            !S_ISREG(file.st_mode) || file.st_size == 0)
            continue;
        if (look == LOOK_THROW_AWAY) {
            int log = openat(fd, entry->d_name, O_WRONLY | O_CLOEXEC);
            looked.failed |= log < 0 || ftruncate(log, 0) != 0;
            if (log >= 0)
                close(log);
            continue;
        }
        bool due = look == LOOK_ROTATE_ALL ||
                   file.st_size > folder->max_bytes / LOG_FOLDER_PARTS ||
                   (look == LOOK_ROTATE_OLD &&
                    day_of((int64_t)file.st_mtime * 1000) < folder->day);
        if (due && rotate(fd, entry->d_name, &file, now_ms))
            looked.rotated = true;
        else
            looked.failed |= due;
    }
    closedir(dir);
    return looked;
}

/* Removes the oldest renamed log when there is too much, or it is too old. */
static bool prune_one(const struct log_folder *folder, int64_t now_ms)
{
    char oldest[LOG_FOLDER_NAME] = "";
    int64_t oldest_ms = INT64_MAX;
    int64_t all = 0;
    DIR *dir = opendir(folder->path);
    if (dir == NULL)
        return false;
    for (struct dirent *entry; (entry = readdir(dir)) != NULL;) {
        struct stat file;
        if (fstatat(dirfd(dir), entry->d_name, &file, AT_SYMLINK_NOFOLLOW) !=
                0 ||
            !S_ISREG(file.st_mode))
            continue;
        all += file.st_size;
        int64_t ms = (int64_t)file.st_mtime * 1000;
        if (is_renamed(entry->d_name) && ms < oldest_ms) {
            oldest_ms = ms;
            snprintf(oldest, sizeof oldest, "%s", entry->d_name);
        }
    }
    bool removed = oldest[0] != '\0' &&
                   (all > folder->max_bytes ||
                    oldest_ms < now_ms - folder->max_days * DAY_MS) &&
                   unlinkat(dirfd(dir), oldest, 0) == 0;
    closedir(dir);
    return removed;
}

/* What there is is renamed first, so that only what comes is thrown away. */
static bool mute(struct log_folder *folder, int64_t now_ms)
{
    if (!folder->muted)
        log_warning("the disk is nearly full: what is logged from now on is "
                    "thrown away, until there is room again");
    folder->muted = true;
    if (folder->kept) {
        look_at_all(folder, LOOK_THROW_AWAY, now_ms);
        return false;
    }
    struct looked looked = look_at_all(folder, LOOK_ROTATE_ALL, now_ms);
    folder->kept = !looked.failed;
    return looked.rotated;
}

static void unmute(struct log_folder *folder)
{
    folder->muted = false;
    folder->kept = false;
    log_warning("there is room on the disk again: logs are kept");
}

static void prune(struct log_folder *folder, int64_t now_ms)
{
    folder->pruned_ms = now_ms;
    while (prune_one(folder, now_ms))
        continue;
}

bool log_folder_look(struct log_folder *folder, int64_t now_ms,
                     int64_t free_bytes, int64_t reserve_bytes)
{
    int64_t enough = folder->muted ? reserve_bytes / 4 * 5 : reserve_bytes;
    if (free_bytes < enough)
        return mute(folder, now_ms);
    if (folder->muted)
        unmute(folder);
    int today = day_of(now_ms);
    enum look look = folder->day == 0       ? LOOK_ROTATE_OLD
                     : folder->day != today ? LOOK_ROTATE_ALL
                                            : LOOK_ROTATE_LARGE;
    folder->day = today;
    struct looked looked = look_at_all(folder, look, now_ms);
    if (looked.rotated || now_ms - folder->pruned_ms > PRUNE_MS ||
        now_ms < folder->pruned_ms)
        prune(folder, now_ms);
    return looked.rotated;
}

bool log_folder_next(const char *path, const char *program, const char *after,
                     char out[LOG_FOLDER_NAME])
{
    size_t length = strlen(program);
    DIR *dir = opendir(path);
    out[0] = '\0';
    if (dir == NULL)
        return false;
    for (struct dirent *entry; (entry = readdir(dir)) != NULL;) {
        const char *name = entry->d_name;
        if (is_renamed(name) && strncmp(name, program, length) == 0 &&
            strncmp(name + length, ".log.", 5) == 0 &&
            strcmp(name, after) > 0 &&
            (out[0] == '\0' || strcmp(name, out) < 0))
            snprintf(out, LOG_FOLDER_NAME, "%s", name);
    }
    closedir(dir);
    return out[0] != '\0';
}
