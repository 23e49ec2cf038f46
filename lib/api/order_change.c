/* Completing and cancelling: see order_change.h. */
#include "lib/api/order_change.h"

#include "lib/base/clock.h"
#include "lib/shop/execution/execution.h"
#include "lib/web/json_body.h"
#include "lib/web/problem.h"
#include "lib/workflow/order/undo.h"

enum order_change order_change(struct web *web, const struct order *order,
                               enum order_status to, const char *reason,
                               const char *by, struct arena *arena)
{
    int64_t now_ms = clock_wall_ms();
    if (to == ORDER_COMPLETED) {
        if (!order_move(web->writer, order->order_id, ORDER_CONFIRMED,
                        ORDER_COMPLETED, NULL, now_ms))
            return ORDER_CHANGE_REFUSED;
        execution_note(web->writer, order->order_id, "OrderCompleted", by,
                       reason, now_ms, arena);
        return ORDER_CHANGED;
    }
    if (to != ORDER_CANCELLED)
        return ORDER_CHANGE_REFUSED;
    web->wake = true; /* a refund and a mail may be due */
    switch (undo_cancel(web->writer, order,
                        reason == NULL ? "Cancelled by the shop." : reason, by,
                        now_ms, arena)) {
    case UNDO_DONE:
        return ORDER_CHANGED;
    case UNDO_RECORDED:
        return ORDER_CHANGE_RECORDED;
    case UNDO_REFUSED:
        break;
    }
    return ORDER_CHANGE_REFUSED;
}

const char *order_reason_fault(const char *reason)
{
    if (text_has_control(reason))
        return "Must not hold control characters.";
    if (text_count(reason) > ORDER_MAX_REASON)
        return "Must have at most 500 characters.";
    if (text_has_card_number(reason))
        return "Must not hold a card number.";
    return NULL;
}

int order_change_read(const struct request *request, struct reply *reply,
                      enum order_status *to, const char **reason)
{
    const struct json *body;
    int status = json_body_read(request, reply, 4, &body);
    if (status != WEB_GO_ON)
        return status;
    const char *name = json_string(json_member(body, "status"));
    *to = name == NULL ? ORDER_NO_STATUS : order_status_of(name);
    if (*to == ORDER_NO_STATUS)
        return problem_field(request, reply, 422, "/status",
                             "This is not a status of an order.");
    const struct json *given = json_body_given(body, "reason");
    *reason = NULL;
    if (given == NULL)
        return WEB_GO_ON;
    *reason = json_string(given);
    const char *wrong =
        *reason == NULL ? "Must be a string." : order_reason_fault(*reason);
    return wrong == NULL ? WEB_GO_ON
                         : problem_field(request, reply, 422, "/reason", wrong);
}
