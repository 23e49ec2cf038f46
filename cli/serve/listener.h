/* The sockets of `serve`: the programs' listening ones in HOME/run, and the
 * TCP addresses that nginx listens on, seen from outside. */
#ifndef CLI_SERVE_LISTENER_H
#define CLI_SERVE_LISTENER_H

#include <stdbool.h>

/* Whether path can be a Unix socket's name (unix(7): 107 bytes). */
bool listener_path_fits(const char *path);

/* A stream socket that listens at path, or a datagram socket bound to it, in
 * the place of any stale one; neither blocks. Dies when there can be none. */
int listener_open(const char *path, int type);

/* NULL when address ("host:port") can be listened on; else why not. */
const char *listener_fault(const char *address);

/* The HTTP status of GET path at address; 0 when none comes within about half
 * a second. */
int listener_http_status(const char *address, const char *path);

#endif
