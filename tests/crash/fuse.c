/* Preloaded by the crash tests. Kills or stops the reaper (or the program that
 * $ORDERMILL_FUSED names), or makes it slow, at the n-th call
 * that bounds one of its effects - a lock, a sync, a rename, a word to or from
 * the outside - or leaves it no room for files; the test says which through
 * the file $ORDERMILL_FUSE. Any other program passes through untouched. With a
 * word in `poison` it dies whenever it is about to send that word, to open or
 * rename a file of such a name, or to write it into the database: an order
 * that kills who works on it. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sqlite3.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

enum where { SENT, OPENED, RENAMED, BOUND };

/* The file's layout; crash.mjs knows it. */
struct fuse {
    volatile int32_t left; /* counts down; the call that makes it 0 kills */
    volatile int32_t calls;
    int32_t signal;  /* it kills by; 0: SIGKILL */
    int32_t where;   /* enum where: what the poison is looked for in */
    char no_room[8]; /* files whose name ends so cannot be written; "" */
    char poison[48];
    char only[24];  /* the one sort of call that counts down; "": every one */
    char fired[24]; /* the call that made it 0 */
    int32_t slow_s; /* not 0: it takes so long, and nothing dies */
};

static struct fuse *fuse;

__attribute__((constructor)) static void open_fuse(void)
{
    const char *path = getenv("ORDERMILL_FUSE");
    const char *name = getenv("ORDERMILL_FUSED");
    if (path == NULL || strcmp(program_invocation_short_name,
                               name == NULL ? "reaper" : name) != 0)
        return;
    int fd = open(path, O_RDWR | O_CLOEXEC);
    void *map =
        mmap(NULL, sizeof *fuse, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    close(fd);
    if (map == MAP_FAILED)
        abort();
    fuse = map;
}

static void strike(void)
{
    kill(getpid(), fuse->signal == 0 ? SIGKILL : fuse->signal);
}

static void burn(const char *call)
{
    if (fuse == NULL)
        return;
    fuse->calls++;
    if (fuse->left <= 0 ||
        (fuse->only[0] != '\0' && strcmp(fuse->only, call) != 0))
        return;
    snprintf(fuse->fired, sizeof fuse->fired, "%s", call);
    if (--fuse->left > 0)
        return;
    if (fuse->slow_s > 0)
        sleep((unsigned)fuse->slow_s);
    else
        strike();
}

static void taste(enum where where, const void *bytes, size_t length)
{
    if (fuse != NULL && fuse->poison[0] != '\0' &&
        fuse->where == (int32_t)where &&
        memmem(bytes, length, fuse->poison, strlen(fuse->poison)) != NULL)
        strike();
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
    burn("flock");
    return (int)syscall(SYS_flock, fd, operation);
}

int fdatasync(int fd)
{
    burn("fdatasync");
    return (int)syscall(SYS_fdatasync, fd);
}

int fsync(int fd)
{
    burn("fsync");
    return (int)syscall(SYS_fsync, fd);
}

int syncfs(int fd)
{
    burn("syncfs");
    return (int)syscall(SYS_syncfs, fd);
}

int open(const char *path, int flags, ...)
{
    va_list more;
    va_start(more, flags);
    mode_t mode = (flags & (O_CREAT | O_TMPFILE)) ? va_arg(more, mode_t) : 0;
    va_end(more);
    taste(OPENED, path, strlen(path));
    return (int)syscall(SYS_openat, AT_FDCWD, path, flags, mode);
}

int rename(const char *from, const char *to)
{
    burn("rename");
    taste(RENAMED, to, strlen(to));
    return (int)syscall(SYS_renameat2, AT_FDCWD, from, AT_FDCWD, to, 0);
}

ssize_t send(int fd, const void *bytes, size_t length, int flags)
{
    burn("send");
    taste(SENT, bytes, length);
    return syscall(SYS_sendto, fd, bytes, length, flags, NULL, 0);
}

ssize_t recv(int fd, void *bytes, size_t length, int flags)
{
    burn("recv");
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

int sqlite3_bind_text(sqlite3_stmt *statement, int number, const char *text,
                      int length, void (*destroy)(void *))
{
    static int (*next)(sqlite3_stmt *, int, const char *, int,
                       void (*)(void *));
    if (next == NULL)
        *(void **)&next = dlsym(RTLD_NEXT, "sqlite3_bind_text");
    if (text != NULL)
        taste(BOUND, text, length < 0 ? strlen(text) : (size_t)length);
    return next(statement, number, text, length, destroy);
}
