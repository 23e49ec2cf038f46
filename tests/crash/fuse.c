/* Preloaded by the crash tests. Kills the reaper at the n-th call that bounds
 * one of its effects - a lock, a sync, a rename, a word to or from the outside
 * - or leaves it no room for files; the test says which through the file
 * $ORDERMILL_FUSE. Any other program passes through untouched. With a word in
 * `poison` it dies whenever it is about to send that word: an order that kills
 * who works on it. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

/* The file's layout. */
struct fuse {
    volatile int32_t left; /* counts down; the call that makes it 0 kills */
    volatile int32_t calls;
    char no_room[8]; /* files whose name ends so cannot be written; "" */
    char poison[40];
};

static struct fuse *fuse;

__attribute__((constructor)) static void open_fuse(void)
{
    const char *path = getenv("ORDERMILL_FUSE");
    if (path == NULL || strcmp(program_invocation_short_name, "reaper") != 0)
        return;
    int fd = open(path, O_RDWR | O_CLOEXEC);
    void *map =
        mmap(NULL, sizeof *fuse, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    close(fd);
    if (map == MAP_FAILED)
        abort();
    fuse = map;
}

static void burn(void)
{
    if (fuse == NULL)
        return;
    fuse->calls++;
    if (fuse->left > 0 && --fuse->left == 0)
        kill(getpid(), SIGKILL);
}

static int has_room(int fd)
{
    char link[64];
    char name[4096];
    if (fuse == NULL || fuse->no_room[0] == '\0')
        return 1;
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t length = readlink(link, name, sizeof name - 1);
    size_t ending = strlen(fuse->no_room);
    return length < (ssize_t)ending ||
           memcmp(name + length - ending, fuse->no_room, ending) != 0;
}

int flock(int fd, int operation)
{
    burn();
    return (int)syscall(SYS_flock, fd, operation);
}

int fdatasync(int fd)
{
    burn();
    return (int)syscall(SYS_fdatasync, fd);
}

int fsync(int fd)
{
    burn();
    return (int)syscall(SYS_fsync, fd);
}

int syncfs(int fd)
{
    burn();
    return (int)syscall(SYS_syncfs, fd);
}

int rename(const char *from, const char *to)
{
    burn();
    return (int)syscall(SYS_renameat2, AT_FDCWD, from, AT_FDCWD, to, 0);
}

ssize_t send(int fd, const void *bytes, size_t length, int flags)
{
    burn();
    if (fuse != NULL && fuse->poison[0] != '\0' &&
        memmem(bytes, length, fuse->poison, strlen(fuse->poison)) != NULL)
        kill(getpid(), SIGKILL);
    return syscall(SYS_sendto, fd, bytes, length, flags, NULL, 0);
}

ssize_t recv(int fd, void *bytes, size_t length, int flags)
{
    burn();
    return syscall(SYS_recvfrom, fd, bytes, length, flags, NULL, NULL);
}

ssize_t write(int fd, const void *bytes, size_t length)
{
    if (!has_room(fd)) {
        errno = ENOSPC;
        return -1;
    }
    return syscall(SYS_write, fd, bytes, length);
}
