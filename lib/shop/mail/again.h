/* Mails that could not be delivered, and sending them again. Called by the
 * staff's pages and by `ordermill mail`. */
#ifndef SHOP_MAIL_AGAIN_H
#define SHOP_MAIL_AGAIN_H

#include "lib/shop/mail/outbox.h"

/* A mail that failed and is still true: what became of its order since has not
 * superseded it. */
struct outbox_failure {
    const char *outbox_id;
    const char *order_id;
    int64_t number;
    enum mail_kind kind;
    const char *recipient;
    const char *message; /* why, in the server's words */
    int64_t failed_at_ms;
};

bool outbox_failure_find(struct db *db, const char *outbox_id,
                         struct outbox_failure *out, struct arena *arena);

/* The mails of an order (NULL: of all) that failed in [since_ms, before_ms),
 * the longest ago first. */
size_t outbox_failures(struct db *db, const char *order_id, int64_t since_ms,
                       int64_t before_ms, int64_t limit,
                       struct outbox_failure *list, struct arena *arena);

/* Of all orders; *first_ms: when the first of them failed. */
int64_t outbox_failure_count(struct db *db, int64_t *first_ms);

/* Makes a failed mail due once more, with all of its tries and its three days
 * ahead. A new recipient also replaces the old address in the order's other
 * failed mails, and in the order if the address was its customer's. The order's
 * history notes who did it. The last mail settles the alarm. False, with
 * nothing done: the mail is no such failure (any more): it was sent, is under
 * way, or is no longer true. */
bool outbox_send_again(struct db *db, const char *outbox_id,
                       const char *recipient, const char *by, int64_t now_ms,
                       struct arena *arena);

#endif
