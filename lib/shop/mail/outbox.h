/* The outbox: mails are queued in the transaction that decides them, and
 * delivered by the reaper. An order has each kind once a round; the round is
 * how often it had been redriven. */
#ifndef SHOP_MAIL_OUTBOX_H
#define SHOP_MAIL_OUTBOX_H

#include <stddef.h>
#include <stdint.h>

#include "lib/adapter/db/db.h"

enum mail_kind {
    MAIL_CONFIRMATION,
    MAIL_FAILURE, /* the order has failed */
    MAIL_CANCELLATION,
    MAIL_REFUND
};
extern const struct names mail_kind_names;

struct outbox_mail {
    const char *outbox_id; /* also the Message-ID's left part */
    const char *order_id;
    enum mail_kind kind;
    const char *refund_id; /* of a MAIL_REFUND; else "" */
    const char *recipient;
    int64_t created_at_ms; /* when it was queued, or sent again */
};

/* Queues a mail of any kind but MAIL_REFUND. Nothing happens when the order has
 * no e-mail, or has had a mail of this kind in this round. */
void outbox_queue(struct db *db, const char *order_id, enum mail_kind kind,
                  int64_t now_ms);

/* Queues a MAIL_REFUND, once for each refund. */
void outbox_queue_refund(struct db *db, const char *order_id,
                         const char *refund_id, int64_t now_ms);

/* Finds a mail, whatever its status. */
bool outbox_find(struct db *db, const char *outbox_id, struct outbox_mail *out,
                 struct arena *arena);

void outbox_sent(struct db *db, const char *outbox_id, int64_t now_ms);
/* Notes why it has not gone out yet. */
void outbox_waits(struct db *db, const char *outbox_id, const char *message,
                  int64_t now_ms);
void outbox_failed(struct db *db, const char *outbox_id, const char *order_id,
                   const char *message, int64_t now_ms);

/* The order's mails that have not gone out are no longer true, save those about
 * refunds. Gives up those that wait; those that failed cannot be sent again
 * (again.h). */
void outbox_supersede(struct db *db, const char *order_id, const char *message,
                      int64_t now_ms);

/* Gives all of the order's waiting mails up. */
void outbox_give_up(struct db *db, const char *order_id, const char *message,
                    int64_t now_ms);

/* Settles the order's alarm about failed mails once none is left. */
void outbox_settle_alarm(struct db *db, const char *order_id, int64_t now_ms);

#endif
