/* Refunds: they are queued in the transaction that decides them, and made by
 * the reaper. A credit note (credit_note.h) follows each that is booked. */
#ifndef SHOP_REFUND_REFUND_H
#define SHOP_REFUND_REFUND_H

#include <stddef.h>
#include <stdint.h>

#include "lib/adapter/db/db.h"
#include "lib/shop/order/order.h"

/* Queues refunds of so much; reason is for the books. The first gives back the
 * order's newest charge of which something is left, the next the one before,
 * and never more than is left. What was paid by hand is given back by hand:
 * that refund is booked at once, with an alarm. */
void refund_queue(struct db *db, const char *order_id, int64_t amount_minor,
                  const char *reason, int64_t now_ms);

/* Queues a refund of this charge alone, as much of the amount as is left. */
void refund_queue_charge(struct db *db, const char *order_id,
                         const char *intent_id, int64_t amount_minor,
                         const char *reason, int64_t now_ms);

struct refund_line {
    const char *sku;
    int64_t quantity;
};

/* What staff ask for: an amount, or lines, or neither: all that is left. */
struct refund_request {
    int64_t amount_minor; /* 0: not given */
    struct refund_line *lines;
    size_t line_count; /* 0: not given */
    const char *reason;
    bool restock; /* the lines' goods, or all, go back to stock */
    const char *by;
};

enum refund_outcome {
    REFUND_QUEUED,
    REFUND_IN_PROGRESS, /* its workflow wants it paid in full */
    REFUND_BEYOND,      /* more than is left */
    REFUND_NOTHING_LEFT,
    REFUND_NO_LINE,     /* lines[*fault] is no line of the order */
    REFUND_LINE_BEYOND, /* lines[*fault]: more than was not refunded yet */
    REFUND_NO_GOODS     /* restock: no goods, not sold, or there already */
};

enum refund_status { REFUND_DUE, REFUND_SUCCEEDED, REFUND_FAILED };
extern const struct names refund_status_names;

struct refund {
    const char *refund_id;
    const char *order_id;
    const char *intent_id; /* the same at every call */
    int64_t amount_minor;
    enum refund_status status;
    int64_t refusals;
    const char *gateway_id; /* NULL: not made yet */
    int64_t created_at_ms;
};

/* Unless it is REFUND_QUEUED nothing has changed. Where several charges must
 * bear it, out is the first refund, with the sum of all as its amount_minor. */
enum refund_outcome refund_make(struct db *db, const char *order_id,
                                const struct refund_request *request,
                                int64_t now_ms, struct refund *out,
                                size_t *fault, struct arena *arena);

/* One of the order's refunds is still to be made, or to get its credit note. */
bool refund_under_way(struct db *db, const char *order_id);

/* How many of a line's goods were not refunded by line yet. */
int64_t refund_line_left(struct db *db, const char *order_id,
                         const struct order_line *line);

/* The lines that a refund gave back, in the order of the order's; list has
 * room for ORDER_MAX_LINES. unit_price_minor and total_minor are set. */
size_t refund_lines(struct db *db, const char *refund_id,
                    struct order_line *list, struct arena *arena);

/* Whether staff ever asked for a refund of the order. */
bool refund_by_staff(struct db *db, const char *order_id);

/* A refund that is still to be made; false: it is not (any more). */
bool refund_find_due(struct db *db, const char *refund_id, struct refund *out,
                     struct arena *arena);

/* What the gateway said of a refund. A success is booked and gets its credit
 * note; it counts as a failure where the ledger has gateway_id already. */
void refund_succeeded(struct db *db, const char *refund_id,
                      const char *gateway_id, int64_t now_ms);
void refund_failed(struct db *db, const char *refund_id, const char *message,
                   int64_t now_ms);

/* The gateway refused and nothing moved: the next try has another key. */
void refund_refused(struct db *db, const char *refund_id, const char *message,
                    int64_t now_ms);

/* No answer came, or none that says anything. */
void refund_unknown(struct db *db, const char *refund_id, const char *message,
                    int64_t now_ms);

/* The gateway says that so much of this charge was refunded in all. What was
 * neither made here nor is under way must have been made there: it is booked
 * under reference and gets its credit note. Gives how much that is. */
int64_t refund_take_total(struct db *db, const char *intent_id,
                          int64_t refunded_minor, const char *reference,
                          int64_t now_ms);

/* A refund that was booked failed after all: the money is back with the shop,
 * and an alarm says so. False: the refund is not known, or failed before. */
bool refund_reversed(struct db *db, const char *gateway_id, const char *message,
                     int64_t now_ms);

/* Gives the order's waiting refunds up. */
void refund_give_up(struct db *db, const char *order_id, const char *message,
                    int64_t now_ms);

#endif
