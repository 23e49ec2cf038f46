/* Hosts in configured addresses: see host.h. */
#define _GNU_SOURCE
#include "lib/base/system/host.h"

#include <netdb.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

enum { HOST_MAX = 253, HOST_PORT_DIGITS = 5 };

static bool is_port(const char *digits, size_t length)
{
    long port = 0;
    if (length < 1 || length > HOST_PORT_DIGITS)
        return false;
    for (size_t i = 0; i < length; i++) {
        if (digits[i] < '0' || digits[i] > '9')
            return false;
        port = port * 10 + digits[i] - '0';
    }
    return port > 0 && port < 65536;
}

static enum host_kind kind_of_v4(uint32_t address)
{
    return address == INADDR_ANY     ? HOST_ANY
           : (address >> 24) == 0x7f ? HOST_LOOPBACK
                                     : HOST_OTHER;
}

static enum host_kind kind_of_v6(const struct in6_addr *address)
{
    uint32_t last;
    memcpy(&last, address->s6_addr + 12, sizeof last);
    if (IN6_IS_ADDR_V4MAPPED(address))
        return kind_of_v4(ntohl(last));
    return IN6_IS_ADDR_UNSPECIFIED(address) ? HOST_ANY
           : IN6_IS_ADDR_LOOPBACK(address)  ? HOST_LOOPBACK
                                            : HOST_OTHER;
}

/* HOST_INVALID: it is no address of that family; 0 is as good as 0.0.0.0. */
static enum host_kind kind_of_address(const char *host, int family)
{
    const struct addrinfo hints = {.ai_family = family,
                                   .ai_socktype = SOCK_STREAM,
                                   .ai_flags = AI_NUMERICHOST};
    struct addrinfo *found;
    if (getaddrinfo(host, NULL, &hints, &found) != 0)
        return HOST_INVALID;
    enum host_kind kind;
    if (family == AF_INET) {
        struct sockaddr_in v4;
        memcpy(&v4, found->ai_addr, sizeof v4);
        kind = kind_of_v4(ntohl(v4.sin_addr.s_addr));
    } else {
        struct sockaddr_in6 v6;
        memcpy(&v6, found->ai_addr, sizeof v6);
        kind = kind_of_v6(&v6.sin6_addr);
    }
    freeaddrinfo(found);
    return kind;
}

static enum host_kind kind_of_name(const char *host)
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyz"
                                  "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._";
    static const char local[] = "localhost", below[] = ".localhost";
    size_t length = strlen(host);
    if (length == 0 || host[0] == '.' || host[0] == '-' ||
        host[strspn(host, letters)] != '\0')
        return HOST_INVALID;
    return strcasecmp(host, local) == 0 ||
                   (length >= sizeof below &&
                    strcasecmp(host + length + 1 - sizeof below, below) == 0)
               ? HOST_LOOPBACK
               : HOST_OTHER;
}

enum host_kind host_kind(const char *address, size_t length)
{
    char host[HOST_MAX + 1];
    bool v6 = length > 0 && address[0] == '[';
    const char *end =
        v6 ? memchr(address, ']', length) : memchr(address, ':', length);
    const char *from = address + v6;
    if (v6 && end == NULL)
        return HOST_INVALID;
    size_t size = end == NULL ? length : (size_t)(end - from);
    const char *rest = end == NULL ? address + length : end + v6;
    size_t left = (size_t)(address + length - rest);
    if (size > HOST_MAX ||
        (left > 0 && (rest[0] != ':' || !is_port(rest + 1, left - 1))))
        return HOST_INVALID;
    memcpy(host, from, size);
    host[size] = '\0';
    if (v6)
        return kind_of_address(host, AF_INET6);
    if (strcmp(host, "*") == 0)
        return HOST_ANY;
    enum host_kind kind = kind_of_address(host, AF_INET);
    return kind != HOST_INVALID ? kind : kind_of_name(host);
}
