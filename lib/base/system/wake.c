/* Wake-ups: see wake.h. */
#define _GNU_SOURCE
#include "lib/base/system/wake.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "lib/base/log/log.h"

static struct sockaddr_un address_of(const char *path)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int length =
        snprintf(address.sun_path, sizeof address.sun_path, "%s", path);
    if (length < 0 || (size_t)length >= sizeof address.sun_path)
        die("%s: path too long for a socket", path);
    return address;
}

int wake_sender(void)
{
    int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0)
        die("socket: %s", strerror(errno));
    return fd;
}

int wake_listen(const char *path)
{
    struct sockaddr_un address = address_of(path);
    int fd = wake_sender();
    unlink(path);
    if (bind(fd, (const struct sockaddr *)&address, sizeof address) != 0)
        die("%s: %s", path, strerror(errno));
    return fd;
}

int wake_drain(int fd, void (*words)(void *own, const char *message), void *own)
{
    char message[32];
    ssize_t length;
    int sum = 0;
    while ((length = recv(fd, message, sizeof message - 1, 0)) >= 0) {
        message[length] = '\0';
        if (isdigit((unsigned char)message[0]))
            sum += atoi(message);
        else if (words != NULL)
            words(own, message);
    }
    return sum;
}

void wake_send(int fd, const char *path, const char *message)
{
    struct sockaddr_un address = address_of(path);
    (void)sendto(fd, message, strlen(message), MSG_DONTWAIT | MSG_NOSIGNAL,
                 (const struct sockaddr *)&address, sizeof address);
}
