/* One FastCGI connection and the request in hand on it. Private to the loop. */
#ifndef WEB_SLOT_H
#define WEB_SLOT_H

#include <fcgiapp.h>

#include "lib/web/web.h"

enum slot_state {
    SLOT_FREE,    /* no connection */
    SLOT_IDLE,    /* connected, nothing asked */
    SLOT_WAITING, /* has a write to do and no lock yet */
    SLOT_WRITTEN, /* reply finished, its batch not on disk */
    SLOT_HELD     /* reply finished, kept back until held_until_ms */
};

struct slot {
    FCGX_Request fcgx;
    bool known; /* to libfcgi */
    enum slot_state state;
    struct arena arena; /* the request's in hand; else none */
    size_t bytes;       /* what the loop counts for it while it is held back */
    struct request request;
    struct reply reply;
    const struct route *route;
    int status;
    int64_t held_until_ms;
};

/* Takes what the connection has (or a new connection) and fills request;
 * false when there was none. The slot is then IDLE or FREE. */
bool slot_accept(struct slot *slot, int listen_fd);

/* Fills request from the FastCGI parameters, in an arena of the pool. */
void slot_open(struct slot *slot, struct arena_pool *pool);

/* How long the body is by the request's own word; -1: that is no number. */
long slot_body_length(const struct slot *slot);

/* Reads the body, which has at most max_body bytes; a status other than 0
 * refuses it (400, 413). */
int slot_read_body(struct slot *slot, size_t max_body);

/* Sends the reply, gives the arena back and leaves the slot IDLE or FREE. */
void slot_send(struct slot *slot, struct arena_pool *pool);

#endif
