/* Refunds that staff decide, by amount or by line, over the API and from the
 * staff page. Inside the write transaction; the caller wakes the reaper, which
 * makes them. */
#ifndef WORKFLOW_ORDER_REFUND_H
#define WORKFLOW_ORDER_REFUND_H

#include "lib/shop/refund/refund.h"

struct refund_made {
    enum refund_outcome outcome;
    struct refund refund; /* when it is QUEUED; as refund_make */
    size_t line;          /* of the request, that the outcome is about */
};

/* Also notes it in the order's history. With reason NULL or "" the shop gives
 * one of its own. */
struct refund_made order_refund(struct db *db, const char *order_id,
                                const struct refund_request *request,
                                int64_t now_ms, struct arena *arena);

/* Why a refund was not made, and the field of the request that is at fault. */
enum refund_field {
    REFUND_OF_ALL, /* none by itself */
    REFUND_OF_AMOUNT,
    REFUND_OF_LINES,
    REFUND_OF_SKU,      /* of one line, */
    REFUND_OF_QUANTITY, /* likewise */
    REFUND_OF_RESTOCK
};
struct refund_refusal {
    enum refund_field field;
    size_t line;
    const char *detail; /* a sentence */
};
struct refund_refusal refund_refusal(const struct refund_made *made,
                                     const struct refund_request *request);

#endif
