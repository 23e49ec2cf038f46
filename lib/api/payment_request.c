/* Payments over the API: see payment_request.h. */
#include "lib/api/payment_request.h"

#include <string.h>

#include "lib/api/auth.h"
#include "lib/base/text/json_writer.h"
#include "lib/base/time/clock.h"
#include "lib/web/json_body.h"
#include "lib/web/problem.h"
#include "lib/workflow/payment/by_hand.h"

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

int payment_request_write(struct web *web, struct request *request,
                          struct reply *reply)
{
    static const char *const outcomes[] = {[BY_HAND_PAID] = "paid",
                                           [BY_HAND_REOPENED] = "reopened",
                                           [BY_HAND_TO_PAY_BACK] =
                                               "to_be_paid_back"};
    struct order order;
    struct arena *arena = request->arena;
    if (!order_find(web->writer, request->param, &order, arena) || order.hidden)
        return problem(request, reply, 404, NULL);
    enum by_hand outcome =
        by_hand_paid(web->writer, &order, request->state,
                     auth_who(web, request)->name, clock_wall_ms(), arena);
    if (outcome == BY_HAND_REFUSED)
        return problem_field(request, reply, 409, "/method",
                             BY_HAND_NOT_AWAITED);
    web->wake = true;
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
