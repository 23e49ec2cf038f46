/* Undoing an order, whoever asks: what was reserved is released, what was
 * sold goes back to stock, what was charged is refunded, a mail that
 * still waits is not sent, the customer is told. */
#ifndef UNDO_H
#define UNDO_H

#include "lib/shop/order.h"

enum undo_outcome {
    UNDO_DONE,
    UNDO_RECORDED, /* a charge's outcome is awaited; done when it is known */
    UNDO_REFUSED   /* the order is final */
};

/* Cancels an order that is not final; by is who asked ("staff", an e-mail)
 * and enters the history with the reason. */
enum undo_outcome undo_cancel(struct db *db, const struct order *order,
                              const char *reason, const char *by,
                              int64_t now_ms, struct arena *arena);

/* An execution ended without success. An order that was CONFIRMED stays so
 * (a receipt or mail is missing: an alarm); every other one is FAILED. */
void undo_failed(struct db *db, const struct order *order, const char *reason,
                 int64_t now_ms);

#endif
