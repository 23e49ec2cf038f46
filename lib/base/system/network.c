/* Whom an address stands for: see network.h. Called by whatever is limited per
 * address: charges by token, sign-ins. */
#include "lib/base/system/network.h"

#include <arpa/inet.h>
#include <assert.h>
#include <string.h>

enum { NETWORK_BYTES = 8, NETWORK_MAPPED = 12 };

static_assert(NETWORK_SIZE >= INET6_ADDRSTRLEN, "any address fits");

const char *network_of(const char *address, char out[NETWORK_SIZE])
{
    struct in6_addr six;
    if (inet_pton(AF_INET6, address, &six) != 1)
        return address;
    if (IN6_IS_ADDR_V4MAPPED(&six))
        return inet_ntop(AF_INET, six.s6_addr + NETWORK_MAPPED, out,
                         NETWORK_SIZE);
    memset(six.s6_addr + NETWORK_BYTES, 0, sizeof six.s6_addr - NETWORK_BYTES);
    return inet_ntop(AF_INET6, &six, out, NETWORK_SIZE);
}
