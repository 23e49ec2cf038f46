/* Keeps calls of transfer.c within their reach: out of the shop's own network,
 * or on this machine. The address is judged, not the name: what a name stands
 * for may change between a look and the call. */
#define _GNU_SOURCE
#include "lib/adapter/transfer/private.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>

struct block {
    unsigned char start[4];
    int bits;
};

static bool within(const unsigned char *bytes, struct block block)
{
    for (int bit = 0; bit < block.bits; bit++)
        if (((bytes[bit / 8] ^ block.start[bit / 8]) >> (7 - bit % 8)) & 1)
            return false;
    return true;
}

static bool v4_is_public(const unsigned char bytes[4])
{
    static const struct block not_public[] = {
        {{0}, 8},             /* "this network" */
        {{10}, 8},            /* private */
        {{100, 64}, 10},      /* shared with the provider, RFC 6598 */
        {{127}, 8},           /* loopback */
        {{169, 254}, 16},     /* link-local; the cloud's metadata */
        {{172, 16}, 12},      /* private */
        {{192, 0, 0}, 24},    /* IETF protocol assignments */
        {{192, 0, 2}, 24},    /* documentation */
        {{192, 88, 99}, 24},  /* relays of 6to4 */
        {{192, 168}, 16},     /* private */
        {{198, 18}, 15},      /* benchmarks */
        {{198, 51, 100}, 24}, /* documentation */
        {{203, 0, 113}, 24},  /* documentation */
        {{224}, 3},           /* multicast, reserved, broadcast */
    };
    for (size_t i = 0; i < sizeof not_public / sizeof not_public[0]; i++)
        if (within(bytes, not_public[i]))
            return false;
    return true;
}

/* Of all of IPv6 only 2000::/3 is given out as global unicast. */
static bool v6_is_public(const unsigned char bytes[16])
{
    static const struct block not_public[] = {
        {{0x20, 0x01}, 23},             /* IETF protocol assignments */
        {{0x20, 0x01, 0x0d, 0xb8}, 32}, /* documentation */
        {{0x20, 0x02}, 16},             /* 6to4 */
        {{0x3f, 0xff}, 20},             /* documentation, RFC 9637 */
    };
    static const unsigned char mapped[12] = {[10] = 0xff, 0xff};
    static const unsigned char translated[12] = {0x00, 0x64, 0xff, 0x9b};
    if (memcmp(bytes, mapped, sizeof mapped) == 0 ||
        memcmp(bytes, translated, sizeof translated) == 0)
        return v4_is_public(bytes + 12);
    for (size_t i = 0; i < sizeof not_public / sizeof not_public[0]; i++)
        if (within(bytes, not_public[i]))
            return false;
    return within(bytes, (struct block){{0x20}, 3});
}

static bool v4_is_loopback(const unsigned char bytes[4])
{
    return bytes[0] == 127;
}

static bool v6_is_loopback(const unsigned char bytes[16])
{
    static const unsigned char loopback[16] = {[15] = 1};
    return memcmp(bytes, loopback, sizeof loopback) == 0;
}

static bool v4_within(enum transfer_reach reach, const unsigned char bytes[4])
{
    return reach == TRANSFER_PUBLIC ? v4_is_public(bytes)
                                    : v4_is_loopback(bytes);
}

static bool v6_within(enum transfer_reach reach, const unsigned char bytes[16])
{
    return reach == TRANSFER_PUBLIC ? v6_is_public(bytes)
                                    : v6_is_loopback(bytes);
}

static bool address_within(enum transfer_reach reach,
                           const struct sockaddr *address)
{
    const void *any = address;
    if (address->sa_family == AF_INET) {
        unsigned char bytes[4];
        memcpy(bytes, &((const struct sockaddr_in *)any)->sin_addr, 4);
        return v4_within(reach, bytes);
    }
    return address->sa_family == AF_INET6 &&
           v6_within(reach,
                     ((const struct sockaddr_in6 *)any)->sin6_addr.s6_addr);
}

bool transfer_address_is_public(const struct sockaddr *address)
{
    return address_within(TRANSFER_PUBLIC, address);
}

static curl_socket_t open_socket(void *context, curlsocktype purpose,
                                 struct curl_sockaddr *address)
{
    struct transfer_call *call = context;
    (void)purpose;
    if (address_within(call->reach, &address->addr))
        return socket(address->family, address->socktype | SOCK_CLOEXEC,
                      address->protocol);
    call->met_forbidden = true;
    return CURL_SOCKET_BAD;
}

/* A connection kept from a call that may go anywhere is used again without
 * another open_socket. */
static int before_request(void *context, char *peer, char *own, int peer_port,
                          int own_port)
{
    struct transfer_call *call = context;
    unsigned char bytes[16];
    (void)own, (void)peer_port, (void)own_port;
    if ((inet_pton(AF_INET, peer, bytes) == 1 &&
         v4_within(call->reach, bytes)) ||
        (inet_pton(AF_INET6, peer, bytes) == 1 &&
         v6_within(call->reach, bytes)))
        return CURL_PREREQFUNC_OK;
    call->met_forbidden = true;
    return CURL_PREREQFUNC_ABORT;
}

void transfer_address_guard(CURL *easy, struct transfer_call *call)
{
    TRANSFER_SET(easy, CURLOPT_OPENSOCKETFUNCTION, open_socket);
    TRANSFER_SET(easy, CURLOPT_OPENSOCKETDATA, call);
    TRANSFER_SET(easy, CURLOPT_PREREQFUNCTION, before_request);
    TRANSFER_SET(easy, CURLOPT_PREREQDATA, call);
}
