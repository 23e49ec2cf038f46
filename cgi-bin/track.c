/* /track/TOKEN: the customer's page of one order, opened by the unguessable
 * token in its link. */
#include "lib/shop/execution.h"
#include "lib/web/link.h"
#include "lib/web/order_page.h"
#include "lib/web/problem.h"

#include <string.h>

/* Nothing on the page can change any more. */
static bool is_settled(struct db *db, const struct order *order,
                       struct arena *arena)
{
    struct execution execution;
    return order_status_is_final(order->status) &&
           (!execution_find(db, order->order_id, &execution, arena) ||
            strcmp(execution.status, "RUNNING") != 0);
}

static int get(struct web *web, struct request *request, struct reply *reply)
{
    struct arena *arena = request->arena;
    struct order order;
    if (!order_find_by_token(web->reader, request->param, &order, arena))
        return problem(request, reply, 404, NULL);
    order_load_lines(web->reader, &order, arena);
    struct page *page = page_create();
    order_page_fill(page, web->settings, &order, arena);
    order_page_steps(page, web->reader, &order, arena);
    if (is_settled(web->reader, &order, arena))
        page_section(page, "FINAL");
    if (order.has_receipt)
        page_set(page_section(page, "RECEIPT"), "RECEIPT_URL",
                 link_receipt(web, arena, &order));
    if (order.customer_name != NULL || order.customer_email != NULL)
        order_page_customer(page_section(page, "CUSTOMER"), &order);
    page_render(page, "track.html", &reply->body);
    page_destroy(page);
    reply->content_type = "text/html; charset=utf-8";
    return 200;
}

int main(void)
{
    static const char *const templates[] = {"track.html", NULL};
    static const struct route routes[] = {{"GET", "/track/{}", get, NULL}};
    return web_main(&(struct web_program){.name = "track",
                                          .routes = routes,
                                          .route_count = 1,
                                          .templates = templates});
}
