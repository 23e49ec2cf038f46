/* Durable files: see file.h. */
#define _GNU_SOURCE
#include "lib/base/system/file.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

char *file_read(struct arena *arena, const char *path, size_t max,
                size_t *length)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return NULL;
    struct stat stat;
    char *bytes = NULL;
    if (fstat(fd, &stat) == 0 && (size_t)stat.st_size <= max) {
        size_t size = (size_t)stat.st_size;
        size_t used = 0;
        bytes = arena_alloc(arena, size + 1);
        while (used < size) {
            ssize_t got = read(fd, bytes + used, size - used);
            if (got < 0 && errno == EINTR)
                continue;
            if (got < 0)
                bytes = NULL;
            if (got <= 0)
                break;
            used += (size_t)got;
        }
        *length = used;
    } else {
        errno = EFBIG;
    }
    close(fd);
    return bytes;
}

static bool aside_name(const char *path, char out[PATH_MAX])
{
    int length = snprintf(out, PATH_MAX, "%s.new", path);
    return length > 0 && length < PATH_MAX;
}

static bool write_all(int fd, const char *bytes, size_t length)
{
    while (length > 0) {
        ssize_t put = write(fd, bytes, length);
        if (put < 0 && errno == EINTR)
            continue;
        if (put < 0)
            return false;
        bytes += put;
        length -= (size_t)put;
    }
    return true;
}

bool file_write_aside(const char *path, const char *bytes, size_t length)
{
    char aside[PATH_MAX];
    if (!aside_name(path, aside))
        return false;
    int fd = open(aside, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (fd < 0)
        return false;
    bool written = write_all(fd, bytes, length);
    int cause = errno;
    if (close(fd) != 0 && written) {
        written = false;
        cause = errno;
    }
    if (!written)
        unlink(aside);
    errno = cause;
    return written;
}

static bool sync_folder_with(const char *folder, int (*sync_call)(int))
{
    int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return false;
    bool synced = sync_call(fd) == 0;
    int cause = errno;
    close(fd);
    errno = cause;
    return synced;
}

bool file_sync_all(const char *folder)
{
    return sync_folder_with(folder, syncfs);
}

bool file_put_in_place(const char *path)
{
    char aside[PATH_MAX];
    return aside_name(path, aside) && rename(aside, path) == 0;
}

bool file_sync_folder(const char *folder)
{
    return sync_folder_with(folder, fsync);
}

bool file_replace(const char *folder, const char *path, const char *bytes,
                  size_t length)
{
    char own[PATH_MAX], aside[PATH_MAX];
    int size = snprintf(own, sizeof own, "%s.%ld", path, (long)getpid());
    if (size < 0 || (size_t)size >= sizeof own || !aside_name(own, aside) ||
        !file_write_aside(own, bytes, length))
        return false;
    if (!file_sync_all(folder) || rename(aside, path) != 0) {
        int cause = errno;
        unlink(aside);
        errno = cause;
        return false;
    }
    return file_sync_folder(folder);
}
