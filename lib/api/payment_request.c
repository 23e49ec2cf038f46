/* Payments over the API: see payment_request.h. */
#include "lib/api/payment_request.h"

#include <string.h>

#include "lib/api/auth.h"
#include "lib/api/order_change.h"
#include "lib/base/clock.h"
#include "lib/base/json_writer.h"
#include "lib/shop/execution/execution.h"
#include "lib/shop/payment/payment.h"
#include "lib/web/json_body.h"
#include "lib/web/problem.h"
#include "lib/workflow/payment/late.h"
#include "lib/workflow/payment/outcome.h"

enum { PAYMENT_DEPTH = 4 };

int payment_request_read(struct web *web, struct request *request,
                         struct reply *reply)
{
    if (!auth_is_staff(web, request))
        return auth_refuse(request, reply);
    const struct json *body;
    int status = json_body_read(request, reply, PAYMENT_DEPTH, &body);
    if (status != WEB_GO_ON)
        return status;
    const char *method = json_string(json_member(body, "method"));
    if (method == NULL || strcmp(method, "manual") != 0)
        return problem_field(request, reply, 422, "/method",
                             "Must be manual: other payments are the "
                             "gateway's.");
    const struct json *note = json_body_given(body, "note");
    const char *text = json_string(note);
    const char *wrong = note == NULL   ? NULL
                        : text == NULL ? "Must be a string."
                                       : order_reason_fault(text);
    if (wrong != NULL)
        return problem_field(request, reply, 422, "/note", wrong);
    request->state = text == NULL ? NULL : text_trim(request->arena, text);
    return WEB_GO_ON;
}

enum payment_request_outcome
payment_request_mark(struct web *web, const struct order *order,
                     const char *note, const char *by, struct arena *arena)
{
    static const enum payment_request_outcome late[] = {
        [LATE_NONE] = PAYMENT_REQUEST_REFUSED,
        [LATE_REOPENED] = PAYMENT_REQUEST_REOPENED,
        [LATE_OWED] = PAYMENT_REQUEST_OWED};
    int64_t now_ms = clock_wall_ms();
    enum payment_request_outcome outcome = PAYMENT_REQUEST_PAID;
    if (!outcome_marked_paid(web->writer, order->order_id, note, by, now_ms,
                             arena))
        outcome = late[late_payment_by_hand(web->writer, order, note, by,
                                            now_ms, arena)];
    if (outcome == PAYMENT_REQUEST_REFUSED)
        return outcome;
    execution_note(web->writer, order->order_id, "OrderMarkedPaid", by, note,
                   now_ms, arena);
    web->wake = true;
    return outcome;
}

int payment_request_write(struct web *web, struct request *request,
                          struct reply *reply)
{
    static const char *const outcomes[] = {
        [PAYMENT_REQUEST_PAID] = "paid",
        [PAYMENT_REQUEST_REOPENED] = "reopened",
        [PAYMENT_REQUEST_OWED] = "to_be_paid_back"};
    struct order order;
    struct arena *arena = request->arena;
    if (!order_find(web->writer, request->param, &order, arena) || order.hidden)
        return problem(request, reply, 404, NULL);
    enum payment_request_outcome outcome = payment_request_mark(
        web, &order, request->state, auth_who(web, request)->name, arena);
    if (outcome == PAYMENT_REQUEST_REFUSED)
        return problem_field(request, reply, 409, "/method",
                             "No payment by hand is awaited for this order.");
    order_find(web->writer, request->param, &order, arena);
    struct json_writer w = json_writer(&reply->body);
    json_open(&w, '{');
    json_string_member(&w, "order_id", order.order_id);
    json_string_member(&w, "method", "manual");
    json_int_member(&w, "amount_minor", order.total_minor);
    json_string_member(&w, "currency", web->settings->currency);
    json_string_member(&w, "status", order_status_name(order.status));
    json_string_member(&w, "payment_status",
                       names_of(&payment_status_names, order.payment_status));
    json_string_member(&w, "outcome", outcomes[outcome]);
    json_close(&w, '}');
    text_putc(&reply->body, '\n');
    return 201;
}
