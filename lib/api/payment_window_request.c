/* Until when an order waits to be paid by hand: see payment_window_request.h.
 */
#include "lib/api/payment_window_request.h"

#include <stdlib.h>
#include <string.h>

#include "lib/api/auth.h"
#include "lib/asl/timestamp.h"
#include "lib/base/clock.h"
#include "lib/base/json_writer.h"
#include "lib/shop/execution/execution.h"
#include "lib/shop/order/order.h"
#include "lib/shop/payment/payment.h"
#include "lib/view/staff/action.h"
#include "lib/view/staff/payment_form.h"
#include "lib/web/json_body.h"
#include "lib/web/problem.h"

#define DAY_MS INT64_C(86400000)

enum { WINDOW_DEPTH = 4, WINDOW_MAX_DAYS = 366 };

static const char NOT_AWAITED[] =
    "No payment by hand is awaited for this order.";

/* closes_at_ms 0: no end. False: no payment by hand is awaited. */
static bool set_window(struct web *web, const char *order_id,
                       int64_t closes_at_ms, const char *by, int64_t now_ms,
                       struct arena *arena)
{
    char until[CLOCK_RFC3339_SIZE];
    if (!payment_set_window(web->writer, order_id, closes_at_ms, by, now_ms))
        return false;
    clock_rfc3339(closes_at_ms, until);
    execution_note(
        web->writer, order_id, "PaymentWindowSet", by,
        closes_at_ms == 0
            ? "It waits for its payment without an end."
            : arena_printf(arena, "It waits for its payment until %s.", until),
        now_ms, arena);
    web->wake = true;
    return true;
}

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
    int64_t now_ms = clock_wall_ms();
    const char *text = json_string(value);
    if (text == NULL || !timestamp_parse(text, &at) || at.ms <= now_ms ||
        at.ms > now_ms + WINDOW_MAX_DAYS * DAY_MS)
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
    if (!set_window(web, order.order_id, *closes_at_ms,
                    auth_who(web, request)->name, clock_wall_ms(), arena))
        return problem(request, reply, 409, NOT_AWAITED);
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

/* From its end as it stands, or from now; -1: the field is wrong. */
static int64_t extended_ms(int64_t closes_at_ms, const char *days,
                           int64_t now_ms)
{
    char *end;
    long long count = days == NULL ? 0 : strtoll(days, &end, 10);
    if (count < 1 || count > WINDOW_MAX_DAYS || *end != '\0')
        return -1;
    int64_t from_ms = closes_at_ms > now_ms ? closes_at_ms : now_ms;
    int64_t until_ms = from_ms + count * DAY_MS;
    return until_ms > now_ms + WINDOW_MAX_DAYS * DAY_MS ? -1 : until_ms;
}

int payment_window_form(struct web *web, struct request *request,
                        struct reply *reply)
{
    const struct admin_form *own = request->state;
    struct arena *arena = request->arena;
    struct payment_attempt attempt;
    struct order order;
    int64_t now_ms = clock_wall_ms();
    int64_t closes_at_ms = 0;
    if (!order_find(web->writer, request->param, &order, arena))
        return problem(request, reply, 404, NULL);
    if (!payment_open(web->writer, order.order_id, &attempt, arena))
        return admin_form_refuse(web, request, reply, 409, "", NOT_AWAITED);
    const char *action = form_value(&own->fields, "action");
    if (action == NULL || strcmp(action, "no-end") != 0)
        closes_at_ms = extended_ms(payment_closes_at_ms(web->writer, &attempt),
                                   form_value(&own->fields, "days"), now_ms);
    if (closes_at_ms == -1)
        return admin_form_refuse(web, request, reply, 422, "days",
                                 "Give a number of days; it waits for a "
                                 "year from now at most.");
    if (!set_window(web, order.order_id, closes_at_ms, own->session->name,
                    now_ms, arena))
        return admin_form_refuse(web, request, reply, 409, "", NOT_AWAITED);
    return reply_redirect(
        reply,
        arena_printf(arena, "/admin/orders/%s?done=window", request->param));
}
