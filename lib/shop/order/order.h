/* Orders: reading them, listing them, and the moves of their status.
 * placement.h places orders; lib/workflow/order/undo.h undoes them. */
#ifndef SHOP_ORDER_ORDER_H
#define SHOP_ORDER_ORDER_H

#include <stddef.h>
#include <stdint.h>

#include "lib/adapter/db/db.h"
#include "lib/base/text/names.h"

enum order_status {
    ORDER_PENDING,
    ORDER_PROCESSING,
    ORDER_CONFIRMED,
    ORDER_COMPLETED,
    ORDER_CANCELLED,
    ORDER_FAILED,
    ORDER_NO_STATUS /* not a status */
};

extern const struct names order_status_names;

/* The name of ORDER_NO_STATUS is ""; a visitor's word that names no status
 * gives ORDER_NO_STATUS. */
const char *order_status_name(enum order_status status);
enum order_status order_status_of(const char *name);
bool order_status_is_final(enum order_status status);

/* Follows from the ledger and the attempts (payment.h). */
enum payment_status {
    PAYMENT_UNPAID,
    PAYMENT_PENDING,
    PAYMENT_PAID,
    PAYMENT_PARTIALLY_REFUNDED,
    PAYMENT_REFUNDED,
    PAYMENT_FAILED
};
extern const struct names payment_status_names;

enum { ORDER_MAX_REASON = 500 }; /* characters */

/* A sentence on what is wrong with the reason of a change to an order; NULL:
 * nothing is. */
const char *order_reason_fault(const char *reason);

struct order_line {
    const char *sku;
    const char *title;
    int64_t quantity;
    int64_t unit_price_minor;
    int64_t total_minor;
};

struct order {
    int64_t number;
    const char *order_id;
    const char *track_token; /* secret: 144 random bits, then the number */
    enum order_status status;
    enum payment_status payment_status;
    const char *reason; /* NULL unless cancelled or failed */
    const char *payment_method;
    const char *payment_url; /* of its open attempt; NULL: it has none */
    int64_t total_minor;
    const char *customer_name;  /* NULL: not given */
    const char *customer_email; /* NULL: not given */
    int64_t profile_id;
    const char *cancel_reason; /* asked for, not yet possible; else NULL */
    bool hidden;               /* deleted: only its customer still sees it */
    const char *receipt_file;  /* in its folder, the newest; NULL: none yet */
    int64_t confirmed_at_ms;   /* 0: not yet */
    int64_t created_at_ms;
    int64_t updated_at_ms;
    struct order_line *lines; /* filled by order_load_lines */
    size_t line_count;
};

/* False when there is none. The lines are not loaded. */
bool order_find(struct db *db, const char *order_id, struct order *out,
                struct arena *arena);
bool order_find_by_number(struct db *db, int64_t number, struct order *out,
                          struct arena *arena);
bool order_find_by_token(struct db *db, const char *token, struct order *out,
                         struct arena *arena);

/* Money came for the order, whatever became of it since. */
bool order_was_paid(const struct order *order);

void order_load_lines(struct db *db, struct order *order, struct arena *arena);

struct order_filter {
    enum order_status status; /* ORDER_NO_STATUS: any */
    const char *search; /* number, e-mail or a word of the name; NULL: all */
    int64_t before;     /* only numbers below; INT64_MAX: from the newest */
    int64_t limit;
};

/* Newest first, without the hidden; list has room for limit orders. */
size_t order_list(struct db *db, const struct order_filter *filter,
                  struct order *list, struct arena *arena);

/* Moves the order from one status to another; false when it is not in the
 * first. With reason NULL its reason stays what it was. */
bool order_move(struct db *db, const char *order_id, enum order_status from,
                enum order_status to, const char *reason, int64_t now_ms);

/* Moves the order from FAILED or CANCELLED to PROCESSING, for a redrive. Its
 * reason, and a cancellation that was asked for, are forgotten. False when it
 * is not in `from`. */
bool order_reopen(struct db *db, const char *order_id, enum order_status from,
                  int64_t now_ms);

/* Remembers a cancellation that must wait for a charge's outcome. */
void order_ask_cancel(struct db *db, const char *order_id, const char *reason,
                      int64_t now_ms);

/* The order's e-mail, which it must have, was wrong; staff find the order by
 * the new one from now on. */
void order_correct_email(struct db *db, const struct order *order,
                         const char *email, int64_t now_ms,
                         struct arena *arena);

void order_hide(struct db *db, const char *order_id, int64_t now_ms);

#endif
