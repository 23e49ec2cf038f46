/* /orders: placing, listing, reading and changing orders over the API. */
#include <stdlib.h>
#include <string.h>

#include "lib/adapter/json.h"
#include "lib/base/clock.h"
#include "lib/web/auth.h"
#include "lib/web/order_change.h"
#include "lib/web/order_json.h"
#include "lib/web/ordering.h"
#include "lib/web/problem.h"
#include "lib/web/query.h"

struct change {
    enum order_status to;
    const char *reason; /* NULL: none given */
};

static int place(struct web *web, struct request *request,
                 struct reply *reply)
{
    return ordering_write(web, request, reply, "Order placed", NULL);
}

static int show(const struct web *web, struct db *db,
                const struct request *request, struct reply *reply,
                struct order *order)
{
    order_load_lines(db, order, request->arena);
    struct json_writer w = json_writer(&reply->body);
    order_json(web, request->arena, order, &w);
    text_putc(&reply->body, '\n');
    return 200;
}

static void write_list(struct web *web, struct request *request,
                       struct reply *reply, struct order *list, size_t count,
                       const char *next)
{
    struct json_writer w = json_writer(&reply->body);
    json_open(&w, '{');
    json_key(&w, "orders");
    json_open(&w, '[');
    for (size_t i = 0; i < count; i++) {
        order_load_lines(web->reader, &list[i], request->arena);
        order_json(web, request->arena, &list[i], &w);
    }
    json_close(&w, ']');
    json_string_member(&w, "next", next);
    json_close(&w, '}');
    text_putc(&reply->body, '\n');
}

static int list(struct web *web, struct request *request, struct reply *reply)
{
    if (!auth_is_staff(web, request))
        return auth_refuse(request, reply);
    struct form form;
    struct order_filter filter = {.status = ORDER_NO_STATUS,
                                  .before = INT64_MAX};
    int status = query_read(request, reply, &form, &filter.limit);
    if (status != 0)
        return status;
    const char *name = query_value(&form, "status");
    const char *cursor = query_value(&form, "cursor");
    if (name != NULL)
        filter.status = order_status_of(name);
    if (name != NULL && filter.status == ORDER_NO_STATUS)
        return problem(request, reply, 400, "status: There is no such one.");
    char *end = NULL;
    if (cursor != NULL)
        filter.before = strtoll(cursor, &end, 10);
    if (cursor != NULL && (*end != '\0' || filter.before < 1))
        return problem(request, reply, 400,
                       "cursor: Must be the `next` of an earlier answer.");
    int64_t limit = filter.limit++;
    struct order *found = arena_alloc(
        request->arena, (size_t)filter.limit * sizeof *found);
    size_t count = order_list(web->reader, &filter, found, request->arena);
    const char *next = NULL;
    if (count > (size_t)limit) {
        count = (size_t)limit;
        next = arena_printf(request->arena, "%lld",
                            (long long)found[count - 1].number);
        reply_header(reply, "Link",
                     arena_printf(request->arena,
                                  "<%s/orders?limit=%lld%s%s&cursor=%s>; "
                                  "rel=\"next\"",
                                  web->settings->base_url, (long long)limit,
                                  name != NULL ? "&status=" : "",
                                  name != NULL ? name : "", next));
    }
    write_list(web, request, reply, found, count, next);
    return 200;
}

static int get(struct web *web, struct request *request, struct reply *reply)
{
    struct form form;
    int64_t limit;
    int status = query_read(request, reply, &form, &limit);
    if (status != 0)
        return status;
    const char *token = query_value(&form, "token");
    if (token == NULL && !auth_is_staff(web, request))
        return auth_refuse(request, reply);
    struct order order;
    if (!order_find(web->reader, request->param, &order, request->arena) ||
        order.hidden ||
        (token != NULL && !crypto_equal(token, order.track_token)))
        return problem(request, reply, 404, NULL);
    return show(web, web->reader, request, reply, &order);
}

static int read_change(struct web *web, struct request *request,
                       struct reply *reply)
{
    if (!auth_is_staff(web, request))
        return auth_refuse(request, reply);
    if (!request_is_json(request))
        return problem(request, reply, 415,
                       "The body must be application/json.");
    struct json_fault fault;
    const struct json *body = json_read(request->arena, request->body,
                                        request->body_length, 4, &fault);
    if (body == NULL)
        return problem(request, reply, 400, fault.detail);
    const struct json *reason = json_member(body, "reason");
    const char *name = json_string(json_member(body, "status"));
    struct change *change = arena_alloc(request->arena, sizeof *change);
    change->to = name == NULL ? ORDER_NO_STATUS : order_status_of(name);
    if (change->to == ORDER_NO_STATUS)
        return problem_field(request, reply, 422, "/status",
                             "This is not a status of an order.");
    if (reason != NULL && json_kind(reason) != JSON_NULL) {
        change->reason = json_string(reason);
        const char *wrong = change->reason == NULL
                                ? "Must be a string."
                                : order_reason_fault(change->reason);
        if (wrong != NULL)
            return problem_field(request, reply, 422, "/reason", wrong);
    }
    request->state = change;
    return WEB_GO_ON;
}

static int change(struct web *web, struct request *request,
                  struct reply *reply)
{
    const struct change *change = request->state;
    struct order order;
    if (!order_find(web->writer, request->param, &order, request->arena) ||
        order.hidden)
        return problem(request, reply, 404, NULL);
    enum order_change made = order_change(web, &order, change->to,
                                          change->reason, "staff token",
                                          request->arena);
    if (made == ORDER_CHANGE_REFUSED)
        return problem_field(
            request, reply, 409, "/status",
            arena_printf(request->arena, "An order that is %s cannot become "
                                         "%s this way.",
                         order_status_name(order.status),
                         order_status_name(change->to)));
    order_find(web->writer, request->param, &order, request->arena);
    show(web, web->writer, request, reply, &order);
    return made == ORDER_CHANGE_RECORDED ? 202 : 200;
}

static int read_removal(struct web *web, struct request *request,
                        struct reply *reply)
{
    return auth_is_staff(web, request) ? WEB_GO_ON
                                       : auth_refuse(request, reply);
}

static int remove_order(struct web *web, struct request *request,
                        struct reply *reply)
{
    struct order order;
    if (!order_find(web->writer, request->param, &order, request->arena) ||
        order.hidden)
        return problem(request, reply, 404, NULL);
    enum order_change made = order_change(web, &order, ORDER_CANCELLED, NULL,
                                          "staff token", request->arena);
    order_hide(web->writer, order.order_id, clock_wall_ms());
    return made == ORDER_CHANGE_RECORDED ? 202 : 204;
}

int main(void)
{
    static const struct route routes[] = {
        {"POST", "/orders", ordering_read, place},
        {"GET", "/orders", list, NULL},
        {"GET", "/orders/{}", get, NULL},
        {"PUT", "/orders/{}", read_change, change},
        {"DELETE", "/orders/{}", read_removal, remove_order}};
    return web_main(&(struct web_program){
        .name = "orders",
        .routes = routes,
        .route_count = sizeof routes / sizeof routes[0]});
}
