/* Changes of an order's status as JSON: see order_change.h. */
#include "lib/api/order_change.h"

#include "lib/web/json_body.h"
#include "lib/web/problem.h"

int order_change_read(const struct request *request, struct reply *reply,
                      struct order_wish *out)
{
    const struct json *body;
    int status = json_body_read(request, reply, 4, &body);
    if (status != WEB_GO_ON)
        return status;
    const char *name = json_string(json_member(body, "status"));
    out->to = name == NULL ? ORDER_NO_STATUS : order_status_of(name);
    if (out->to == ORDER_NO_STATUS)
        return problem_field(request, reply, 422, "/status",
                             "This is not a status of an order.");
    const struct json *given = json_body_given(body, "reason");
    out->reason = NULL;
    if (given == NULL)
        return WEB_GO_ON;
    out->reason = json_string(given);
    const char *wrong = out->reason == NULL ? "Must be a string."
                                            : order_reason_fault(out->reason);
    return wrong == NULL ? WEB_GO_ON
                         : problem_field(request, reply, 422, "/reason", wrong);
}
