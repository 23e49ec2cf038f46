/* Sockets of `serve`: see listener.h. */
#define _GNU_SOURCE
#include "cli/serve/listener.h"

#include <errno.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include "lib/base/log/log.h"

enum {
    LISTENER_BACKLOG = 511,
    LISTENER_HOST_MAX = 256,
    LISTENER_PATIENCE_US = 250000
};

bool listener_path_fits(const char *path)
{
    struct sockaddr_un address;
    return strlen(path) < sizeof address.sun_path;
}

int listener_open(const char *path, int type)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    snprintf(address.sun_path, sizeof address.sun_path, "%s", path);
    int fd = socket(AF_UNIX, type | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    unlink(path);
    if (fd < 0 ||
        bind(fd, (const struct sockaddr *)&address, sizeof address) != 0 ||
        (type == SOCK_STREAM && listen(fd, LISTENER_BACKLOG) != 0))
        die("%s: %s", path, strerror(errno));
    return fd;
}

/* What "host:port" stands for; "*" and "[::1]" as nginx reads them. */
static const char *resolve(const char *address, struct addrinfo **out)
{
    char host[LISTENER_HOST_MAX];
    const char *colon = strrchr(address, ':');
    size_t length = (size_t)(colon - address);
    if (length > 1 && address[0] == '[' && colon[-1] == ']') {
        address++;
        length -= 2;
    }
    snprintf(host, sizeof host, "%.*s", (int)length, address);
    const struct addrinfo hints = {.ai_family = AF_UNSPEC,
                                   .ai_socktype = SOCK_STREAM,
                                   .ai_flags = AI_PASSIVE};
    bool any = strcmp(host, "*") == 0;
    int code = getaddrinfo(any ? "0.0.0.0" : host, colon + 1, &hints, out);
    return code == 0 ? NULL : gai_strerror(code);
}

const char *listener_fault(const char *address)
{
    struct addrinfo *list;
    const char *fault = resolve(address, &list);
    if (fault != NULL)
        return fault;
    for (struct addrinfo *a = list; a != NULL && fault == NULL;
         a = a->ai_next) {
        int fd = socket(a->ai_family, a->ai_socktype | SOCK_CLOEXEC, 0);
        const int on = 1;
        setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
        if (fd < 0 || bind(fd, a->ai_addr, a->ai_addrlen) != 0)
            fault = strerror(errno);
        if (fd >= 0)
            close(fd);
    }
    freeaddrinfo(list);
    return fault;
}

static int ask(int fd, const char *path)
{
    char text[256];
    const struct timeval patience = {.tv_usec = LISTENER_PATIENCE_US};
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    int length = snprintf(text, sizeof text,
                          "GET %s HTTP/1.1\r\nHost: localhost\r\n"
                          "Connection: close\r\n\r\n",
                          path);
    if (send(fd, text, (size_t)length, MSG_NOSIGNAL) != length)
        return 0;
    ssize_t got = recv(fd, text, sizeof text - 1, 0);
    text[got > 0 ? got : 0] = '\0';
    if (strncmp(text, "HTTP/1.1 ", 9) != 0)
        return 0;
    return (int)strtol(text + 9, NULL, 10);
}

int listener_http_status(const char *address, const char *path)
{
    struct addrinfo *list;
    if (resolve(address, &list) != NULL)
        return 0;
    int status = 0;
    int fd = socket(list->ai_family, list->ai_socktype | SOCK_CLOEXEC, 0);
    const struct timeval patience = {.tv_usec = LISTENER_PATIENCE_US};
    if (fd >= 0 &&
        setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience) ==
            0 &&
        connect(fd, list->ai_addr, list->ai_addrlen) == 0)
        status = ask(fd, path);
    if (fd >= 0)
        close(fd);
    freeaddrinfo(list);
    return status;
}
