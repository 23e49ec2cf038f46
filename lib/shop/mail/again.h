/* Mails that could not be delivered, and sending them again. Called by the
 * staff's pages and by `ordermill mail`. */
#ifndef SHOP_MAIL_AGAIN_H
#define SHOP_MAIL_AGAIN_H

#include "lib/shop/mail/outbox.h"

/* One that failed and still is true: what became of its order since has not
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

/* Those of an order (NULL: of all) that failed in [since_ms, before_ms), the
 * longest ago first. */
size_t outbox_failures(struct db *db, const char *order_id, int64_t since_ms,
                       int64_t before_ms, int64_t limit,
                       struct outbox_failure *list, struct arena *arena);

/* Of all orders; *first_ms: when the first of them failed. */
int64_t outbox_failure_count(struct db *db, int64_t *first_ms);

/* Makes it due once more, with its tries and its three days before it. When
 * recipient is another than it was, the order's other failed mails to the same
 * address get it too, and so does the order if that was its customer's. Notes
 * in the order's history who did it; settles the alarm with the last of them.
 * False, and nothing is done: it is not one of these (any more), so it was
 * sent, is under way, or is no longer true. */
bool outbox_send_again(struct db *db, const char *outbox_id,
                       const char *recipient, const char *by, int64_t now_ms,
                       struct arena *arena);

#endif
