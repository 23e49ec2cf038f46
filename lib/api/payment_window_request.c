/* Until when an order waits to be paid by hand: see payment_window_request.h.
 */
#include "lib/api/payment_window_request.h"

#include "lib/api/auth.h"
#include "lib/asl/timestamp.h"
#include "lib/base/text/json_writer.h"
#include "lib/base/time/clock.h"
#include "lib/web/json_body.h"
#include "lib/web/problem.h"
#include "lib/workflow/payment/by_hand.h"

enum { WINDOW_DEPTH = 4 };

int payment_window_read(struct web *web, struct request *request,
                        struct reply *reply)
{
    static const char wrong[] =
        "Must be a time to come, at most a year away, as "
        "2026-12-24T18:00:00Z; or null, for no end.";
    if (!auth_is_staff(web, request))
        return auth_refuse(request, reply);
    const struct json *body;
    int status = json_body_read(request, reply, WINDOW_DEPTH, &body);
    if (status != WEB_GO_ON)
        return status;
    int64_t *closes_at_ms = arena_alloc(request->arena, sizeof *closes_at_ms);
    request->state = closes_at_ms;
    const struct json *value = json_member(body, "closes_at");
    if (value != NULL && json_kind(value) == JSON_NULL)
        return WEB_GO_ON;
    struct timestamp at;
    const char *text = json_string(value);
    if (text == NULL || !timestamp_parse(text, &at) ||
        !by_hand_end_fits(at.ms, clock_wall_ms()))
        return problem_field(request, reply, 422, "/closes_at", wrong);
    *closes_at_ms = at.ms;
    return WEB_GO_ON;
}

int payment_window_write(struct web *web, struct request *request,
                         struct reply *reply)
{
    struct order order;
    struct arena *arena = request->arena;
    const int64_t *closes_at_ms = request->state;
    if (!order_find(web->writer, request->param, &order, arena) || order.hidden)
        return problem(request, reply, 404, NULL);
    if (!by_hand_set_window(web->writer, order.order_id, *closes_at_ms,
                            auth_who(web, request)->name, clock_wall_ms(),
                            arena))
        return problem(request, reply, 409, BY_HAND_NOT_AWAITED);
    web->wake = true;
    struct json_writer w = json_writer(&reply->body);
    json_open(&w, '{');
    json_string_member(&w, "order_id", order.order_id);
    json_key(&w, "closes_at");
    if (*closes_at_ms == 0)
        json_put_null(&w);
    else
        json_put_time(&w, *closes_at_ms);
    json_close(&w, '}');
    text_putc(&reply->body, '\n');
    return 200;
}
