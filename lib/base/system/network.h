/* Whom an address stands for where visitors are counted: one IPv4 address, or
 * an IPv6 /64, since that is what one visitor is given (RFC 6177, RIPE-690) and
 * changes his addresses within. */
#ifndef BASE_SYSTEM_NETWORK_H
#define BASE_SYSTEM_NETWORK_H

enum { NETWORK_SIZE = 64 };

/* IPv4 as it is; IPv4 written as IPv6 (::ffff:192.0.2.1, RFC 4291 section
 * 2.5.5.2) as IPv4; any spelling of an IPv6 address as its /64 in the one
 * spelling of RFC 5952, its last 64 bits zero. What is no address comes back as
 * it is. The result is address itself or stands in out. */
const char *network_of(const char *address, char out[NETWORK_SIZE]);

#endif
