/* Undoing an order, whoever asks: what was reserved is released, what was sold
 * goes back to stock, what was charged is refunded, a mail that still waits is
 * not sent, and the customer is told. While a payment is open that the gateway
 * must be asked about, nothing is undone: the payment's window closes at once,
 * and the goods are kept until its outcome is known. undo_after_payment then
 * does what waited. An open manual payment just ends. */
#ifndef WORKFLOW_ORDER_UNDO_H
#define WORKFLOW_ORDER_UNDO_H

#include "lib/shop/order/order.h"

enum undo_outcome {
    UNDO_DONE,
    UNDO_RECORDED, /* a charge's outcome is awaited; done when it is known */
    UNDO_REFUSED   /* the order is final */
};

/* Cancels an order that is not final. by says who asked ("staff", an e-mail);
 * it enters the history with the reason. */
enum undo_outcome undo_cancel(struct db *db, const struct order *order,
                              const char *reason, const char *by,
                              int64_t now_ms, struct arena *arena);

/* An execution ended without success. An order that was CONFIRMED stays so; an
 * alarm says that a receipt or mail is missing. Every other order is FAILED, at
 * once or when its open payment's outcome is known. If it is FAILED already,
 * the rest of it is undone, without a second mail. */
void undo_failed(struct db *db, const struct order *order, const char *reason,
                 int64_t now_ms);

/* A payment attempt's outcome became known: does what waited for it. A
 * cancellation that was asked for is carried out; the money of an order that
 * was undone goes back; an execution that ended without success meanwhile fails
 * its order. True: it was one of these, so no task is told of the outcome. */
bool undo_after_payment(struct db *db, const char *order_id, int64_t now_ms,
                        struct arena *arena);

/* What a definition undoes by its own tasks; each is harmless twice. */

/* ReleaseStock: what is reserved and what is sold. */
void undo_release(struct db *db, const char *order_id, int64_t now_ms);

/* RefundPayment: queues a refund of all that is left; gives the amount, 0:
 * nothing is left. */
int64_t undo_refund(struct db *db, const char *order_id, const char *reason,
                    int64_t now_ms);

/* FailOrder: the order, also a CONFIRMED one, is FAILED and undone. False: a
 * payment is open, and nothing was done yet. An order that is COMPLETED or
 * CANCELLED is left alone (true). */
bool undo_fail_order(struct db *db, const struct order *order,
                     const char *reason, int64_t now_ms);

enum undo_redrive {
    UNDO_REDRIVE_OK,
    UNDO_REDRIVE_SHORT,  /* too little stock: *missing_sku, in arena */
    UNDO_REDRIVE_REFUSED /* CANCELLED (unless paid_late) or COMPLETED; or only
                            a part of its money went back, so that charging it
                            again would take too much */
};

/* Makes an order ready whose execution ended without success and is to be taken
 * up again. An order that is FAILED, or CANCELLED and paid late, has its goods
 * reserved afresh, all lines or none, and is PROCESSING again. Call it before
 * execution_reopen, in the same transaction; unless it gives UNDO_REDRIVE_OK
 * nothing has changed. */
enum undo_redrive undo_redrive(struct db *db, const struct order *order,
                               bool paid_late, int64_t now_ms,
                               const char **missing_sku, struct arena *arena);

#endif
