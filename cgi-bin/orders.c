/* /orders: placing, listing, reading and changing orders over the API, steering
 * their executions, refunding them and marking them paid. */
#include "lib/api/auth.h"
#include "lib/api/execution_request.h"
#include "lib/api/order_change.h"
#include "lib/api/order_json.h"
#include "lib/api/order_list.h"
#include "lib/api/ordering.h"
#include "lib/api/payment_request.h"
#include "lib/api/payment_window_request.h"
#include "lib/api/refund_request.h"
#include "lib/base/time/clock.h"
#include "lib/shop/execution/execution.h"
#include "lib/site/site.h"
#include "lib/web/problem.h"
#include "lib/web/query.h"

static int place(struct web *web, struct request *request, struct reply *reply)
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

static int get(struct web *web, struct request *request, struct reply *reply)
{
    struct form form;
    int64_t limit;
    int status = query_read(request, reply, &form, &limit);
    if (status != 0)
        return status;
    const char *token = query_value(&form, "token");
    bool staff = auth_is_staff(web, request);
    if (token == NULL && !staff)
        return auth_refuse(request, reply);
    struct order order;
    if (!order_find(web->reader, request->param, &order, request->arena) ||
        order.hidden || (!staff && !crypto_equal(token, order.track_token)))
        return problem(request, reply, 404, NULL);
    return show(web, web->reader, request, reply, &order);
}

static int read_change(struct web *web, struct request *request,
                       struct reply *reply)
{
    if (!auth_is_staff(web, request))
        return auth_refuse(request, reply);
    struct order_wish *wish = arena_alloc(request->arena, sizeof *wish);
    request->state = wish;
    wish->by = auth_who(web, request)->name;
    return order_change_read(request, reply, wish);
}

static int change(struct web *web, struct request *request, struct reply *reply)
{
    const struct order_wish *wish = request->state;
    struct order order;
    if (!order_find(web->writer, request->param, &order, request->arena) ||
        order.hidden)
        return problem(request, reply, 404, NULL);
    enum order_change made = order_change(web->writer, &order, wish,
                                          clock_wall_ms(), request->arena);
    web->wake = true;
    if (made == ORDER_CHANGE_REFUSED)
        return problem_field(request, reply, 409, "/status",
                             arena_printf(request->arena,
                                          "An order that is %s cannot become "
                                          "%s this way.",
                                          order_status_name(order.status),
                                          order_status_name(wish->to)));
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
    const char *by = auth_who(web, request)->name;
    int64_t now_ms = clock_wall_ms();
    enum order_change made =
        order_change(web->writer, &order,
                     &(struct order_wish){.to = ORDER_CANCELLED, .by = by},
                     now_ms, request->arena);
    web->wake = true;
    order_hide(web->writer, order.order_id, now_ms);
    execution_note(web->writer, order.order_id, "OrderRemoved", by, NULL,
                   now_ms, request->arena);
    if (made != ORDER_CHANGE_RECORDED)
        return 204;
    show(web, web->writer, request, reply, &order);
    return 202;
}

int main(void)
{
    static const struct route routes[] = {
        {"POST", "/orders", ordering_read, place},
        {"GET", "/orders", order_list_read, NULL},
        {"GET", "/orders/{}", get, NULL},
        {"PUT", "/orders/{}", read_change, change},
        {"DELETE", "/orders/{}", read_removal, remove_order},
        {"GET", "/orders/{}/execution", execution_request_get, NULL},
        {"POST", "/orders/{}/execution", execution_request_read,
         execution_request_write},
        {"POST", "/orders/{}/refunds", refund_request_read,
         refund_request_write},
        {"POST", "/orders/{}/payments", payment_request_read,
         payment_request_write},
        {"PUT", "/orders/{}/payment-window", payment_window_read,
         payment_window_write},
        {0}};
    return site_main(&(struct web_program){.name = "orders", .routes = routes});
}
