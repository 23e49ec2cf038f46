/* Refunds that staff decide: see refund.h. */
#include "lib/workflow/order/refund.h"

#include <assert.h>

#include "lib/shop/execution/execution.h"

struct refund_made order_refund(struct db *db, const char *order_id,
                                const struct refund_request *request,
                                int64_t now_ms, struct arena *arena)
{
    assert(db_in_transaction(db));
    struct refund_made made;
    struct refund_request asked = *request;
    if (asked.reason == NULL || asked.reason[0] == '\0')
        asked.reason = "Refunded by the shop.";
    made.outcome = refund_make(db, order_id, &asked, now_ms, &made.refund,
                               &made.line, arena);
    if (made.outcome == REFUND_QUEUED)
        execution_note(db, order_id, "RefundRequested", asked.by, asked.reason,
                       now_ms, arena);
    return made;
}

struct refund_refusal refund_refusal(const struct refund_made *made,
                                     const struct refund_request *request)
{
    struct refund_refusal why = {.field = REFUND_OF_ALL, .line = made->line};
    switch (made->outcome) {
    case REFUND_IN_PROGRESS:
        why.detail = "The order is still in progress; cancelling it gives all "
                     "of its money back.";
        break;
    case REFUND_BEYOND:
        why.field =
            request->line_count > 0 ? REFUND_OF_LINES : REFUND_OF_AMOUNT;
        why.detail = "This is more than is left to refund.";
        break;
    case REFUND_NOTHING_LEFT:
        why.detail = "Nothing is left to refund.";
        break;
    case REFUND_NO_LINE:
        why.field = REFUND_OF_SKU;
        why.detail = "The order has no such line.";
        break;
    case REFUND_LINE_BEYOND:
        why.field = REFUND_OF_QUANTITY;
        why.detail = "This is more than is left of the line to refund.";
        break;
    case REFUND_NO_GOODS:
        why.field = REFUND_OF_RESTOCK;
        why.detail = "The goods are not out of stock: they were never sold, or "
                     "are back already.";
        break;
    case REFUND_QUEUED:
        assert(!"a refund that was made is not refused");
    }
    return why;
}
