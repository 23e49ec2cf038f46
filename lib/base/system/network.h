/* Whom an address stands for where visitors are counted: an IPv4 address is one
 * visitor, and so is an IPv6 /64. One visitor is given a /64 and changes his
 * addresses within it (RFC 6177, RIPE-690). */
#ifndef BASE_SYSTEM_NETWORK_H
#define BASE_SYSTEM_NETWORK_H

enum { NETWORK_SIZE = 64 };

/* Gives IPv4 as it is; IPv4 written as IPv6 (::ffff:192.0.2.1, RFC 4291 section
 * 2.5.5.2) as IPv4; an IPv6 address, however it is spelled, as its /64 in the
 * one spelling of RFC 5952, with its last 64 bits zero; what is no address as
 * it is. The result is address itself or stands in out. */
const char *network_of(const char *address, char out[NETWORK_SIZE]);

#endif
