/* One FastCGI connection and the request it has in hand; the loop's own. */
#ifndef SLOT_H
#define SLOT_H

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
    enum slot_state state;
    struct arena arena;
    struct request request;
    struct reply reply;
    const struct route *route;
    int status;
    int64_t held_until_ms;
};

/* Takes what the connection has (or a new connection) and fills request;
 * false when there was none. The slot is then IDLE or FREE. */
bool slot_accept(struct slot *slot, int listen_fd);

/* Fills request from the FastCGI parameters and the body, which has at most
 * max_body bytes; a status other than 0 refuses it (400, 413). */
int slot_read(struct slot *slot, size_t max_body);

/* Sends the reply and leaves the slot IDLE or FREE. */
void slot_send(struct slot *slot);

#endif
