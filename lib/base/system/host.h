/* What a host in a configured address stands for. */
#ifndef BASE_SYSTEM_HOST_H
#define BASE_SYSTEM_HOST_H

#include <stddef.h>

enum host_kind {
    HOST_INVALID,  /* neither an address nor a name in ASCII */
    HOST_ANY,      /* 0.0.0.0, [::], "*": all of a machine's own addresses */
    HOST_LOOPBACK, /* 127.0.0.0/8, [::1], localhost and names below it */
    HOST_OTHER
};

/* Of "host", "host:port" or "[IPv6]:port" in length bytes; also HOST_INVALID
 * when the port is none. Asks no name server. */
enum host_kind host_kind(const char *address, size_t length);

#endif
