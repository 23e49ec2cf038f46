/* Placing an order over HTTP: see ordering.h. */
#include "lib/api/ordering.h"

#include "lib/adapter/unicode.h"
#include "lib/api/auth.h"
#include "lib/base/text/money.h"
#include "lib/base/time/clock.h"
#include "lib/shop/health/damage.h"
#include "lib/shop/order/guard.h"
#include "lib/shop/order/held.h"
#include "lib/shop/order/link.h"
#include "lib/shop/payment/payment.h"
#include "lib/web/form_token.h"
#include "lib/web/idempotent.h"
#include "lib/web/problem.h"

struct ordering {
    struct order_request order;
    bool is_staff;
    const char *form; /* the form token's id; NULL: none */
    struct idempotent idempotent;
};

/* An order that is not kept safe is not taken. */
static int refuse_damaged(struct request *request, struct reply *reply)
{
    reply_header(reply, "Retry-After", "300");
    return problem(request, reply, 503,
                   "The shop cannot take orders at the moment, because its "
                   "records have to be repaired. Nothing was ordered or "
                   "charged; please come again later.");
}

int ordering_read(struct web *web, struct request *request, struct reply *reply)
{
    if (damage_known(web->settings))
        return refuse_damaged(request, reply);
    if (!request_is_json(request))
        return problem(request, reply, 415,
                       "The body must be application/json.");
    struct ordering *ordering = arena_alloc(request->arena, sizeof *ordering);
    struct faults *faults = arena_alloc(request->arena, sizeof *faults);
    const char *detail;
    switch (order_request_read(request->arena, request->body,
                               request->body_length, &ordering->order, faults,
                               &detail)) {
    case ORDER_REQUEST_OK:
        break;
    case ORDER_REQUEST_MALFORMED:
        return problem(request, reply, 400, detail);
    case ORDER_REQUEST_TOO_LONG:
        return problem(request, reply, 413, detail);
    case ORDER_REQUEST_FAULTY:
        return problem_fields(request, reply, 422, faults);
    }
    const struct asker *who = auth_who(web, request);
    ordering->is_staff = auth_is_staff(web, request);
    if (who->kind == ASKER_TOKEN && !who->may_change)
        return auth_refuse(request, reply);
    int status =
        idempotent_read(web, request, reply, "", &ordering->idempotent);
    if (status != WEB_GO_ON)
        return status;
    request->state = ordering;
    return WEB_GO_ON;
}

static void
write_answer(struct web *web, struct request *request, struct reply *reply,
             const struct order *order, const char *message,
             void (*extra)(struct json_writer *w, struct arena *arena,
                           const struct order *order))
{
    const char *currency = web->settings->currency;
    struct json_writer w = json_writer(&reply->body);
    json_open(&w, '{');
    json_string_member(&w, "message", message);
    json_string_member(&w, "order_id", order->order_id);
    json_int_member(&w, "number", order->number);
    json_string_member(&w, "status", order_status_name(order->status));
    json_int_member(&w, "total_minor", order->total_minor);
    json_string_member(
        &w, "total_text",
        money_format(request->arena, order->total_minor, currency));
    json_string_member(&w, "currency", currency);
    json_int_member(&w, "exponent", money_exponent(currency));
    json_key(&w, "created_at");
    json_put_time(&w, order->created_at_ms);
    json_string_member(&w, "track_url",
                       link_track(web->settings, request->arena, order));
    json_string_member(&w, "payment_url",
                       link_payment(web->settings, request->arena, order));
    if (extra != NULL)
        extra(&w, request->arena, order);
    json_close(&w, '}');
    text_putc(&reply->body, '\n');
}

/* 0, or the refusal of an order whose form token is not as it must be. */
static int check_form(struct web *web, struct request *request,
                      struct reply *reply, struct ordering *ordering,
                      int64_t now_ms)
{
    const char *token = ordering->order.form_token;
    if (token == NULL)
        return web->settings->form_token_required
                   ? problem_field(request, reply, 422, "/form_token",
                                   "This is missing; GET /payment-methods "
                                   "gives one.")
                   : 0;
    ordering->form =
        form_token_id(web->signing_key, token, now_ms, request->arena);
    return ordering->form != NULL
               ? 0
               : problem_field(request, reply, 422, "/form_token",
                               "The form is out of date. Please reload it and "
                               "try again.");
}

static bool is_by_token(const char *method)
{
    return method != NULL && payment_kind_of(method) == PAYMENT_TOKEN;
}

/* Against card testing: 0 and whether only the hosted page is taken, or the
 * refusal. */
static int check_guard(struct web *web, struct request *request,
                       struct reply *reply, const struct ordering *ordering,
                       int64_t now_ms, bool *hosted_only)
{
    const char *detail;
    if (!is_by_token(
            placement_method(&ordering->order, web->settings, false, &detail)))
        return 0;
    switch (guard_check(web->writer, web->settings, request->address,
                        ordering->order.email, ordering->form, now_ms)) {
    case GUARD_PASS:
        break;
    case GUARD_HOSTED_ONLY:
        *hosted_only = true;
        break;
    case GUARD_SLOW:
        reply_header(reply, "Retry-After", "60");
        return problem(request, reply, 429,
                       "Too many payments were declined or are under way. "
                       "Please wait, or choose another way to pay.");
    }
    return 0;
}

static const char *folded_email(const struct ordering *ordering,
                                struct arena *arena)
{
    return ordering->order.email == NULL
               ? NULL
               : unicode_fold(arena, ordering->order.email);
}

/* The same words whether it is the address or the e-mail: a stranger learns
 * nothing of whose orders these are. */
static int check_held(struct web *web, struct request *request,
                      struct reply *reply, const struct ordering *ordering)
{
    if (!held_is_full(web->writer, web->settings, request->address,
                      folded_email(ordering, request->arena)))
        return 0;
    return problem(request, reply, 409,
                   "Orders that are not paid yet hold as many goods as we can "
                   "set aside for one customer or address. Please pay for one "
                   "of yours, or try again once they have been cancelled.");
}

/* Guests alone are guarded against. */
static int check_guest(struct web *web, struct request *request,
                       struct reply *reply, struct ordering *ordering,
                       int64_t now_ms, bool *hosted_only)
{
    if (ordering->is_staff)
        return 0;
    int status = check_form(web, request, reply, ordering, now_ms);
    if (status == 0)
        status =
            check_guard(web, request, reply, ordering, now_ms, hosted_only);
    return status != 0 ? status : check_held(web, request, reply, ordering);
}

static void note_origin(struct web *web, const struct request *request,
                        const struct ordering *ordering,
                        const struct order *order, int64_t now_ms)
{
    struct guard_origin origin = {
        .order_id = order->order_id,
        .address = request->address,
        .form = ordering->form,
        .email_folded = folded_email(ordering, request->arena),
        .by_token = is_by_token(order->payment_method)};
    for (size_t i = 0; i < order->line_count; i++)
        origin.units += order->lines[i].quantity;
    guard_note_order(web->writer, web->settings, &origin, now_ms);
}

int ordering_write(struct web *web, struct request *request,
                   struct reply *reply, const char *message,
                   void (*extra)(struct json_writer *w, struct arena *arena,
                                 const struct order *order))
{
    struct ordering *ordering = request->state;
    int64_t now_ms = clock_wall_ms();
    int status =
        idempotent_replay(web, request, reply, &ordering->idempotent, now_ms);
    if (status != 0)
        return status;
    bool hosted_only = false;
    status = check_guest(web, request, reply, ordering, now_ms, &hosted_only);
    if (status != 0)
        return status;
    struct order order;
    struct faults *faults = arena_alloc(request->arena, sizeof *faults);
    switch (placement_make(web->writer, &ordering->order, web->settings,
                           hosted_only, now_ms, request->arena, &order,
                           faults)) {
    case PLACEMENT_PLACED:
        break;
    case PLACEMENT_FAULTY:
        return problem_fields(request, reply, 422, faults);
    case PLACEMENT_OTHER_TOTAL:
    case PLACEMENT_SHORT:
        return problem_fields(request, reply, 409, faults);
    }
    if (!ordering->is_staff)
        note_origin(web, request, ordering, &order, now_ms);
    if (db_refused(web->writer))
        return 503; /* the loop answers for the whole batch */
    write_answer(web, request, reply, &order, message, extra);
    const char *location =
        arena_printf(request->arena, "%s/orders/%s", web->settings->base_url,
                     order.order_id);
    reply_header(reply, "Location", location);
    idempotent_bind(web, reply, &ordering->idempotent, 201, location, now_ms);
    web->wake = true;
    return 201;
}
