/* /pay/TOKEN: sends the customer on to the gateway's page for the order, as
 * soon as the reaper has one. It is the same address from the moment the order
 * is placed, and once there is nothing to pay it leads to the order's page. */
#include "lib/adapter/page.h"
#include "lib/base/text/money.h"
#include "lib/shop/order/link.h"
#include "lib/site/site.h"
#include "lib/web/problem.h"
#include "lib/web/query.h"

#include <string.h>

/* How long each look is held back: the first are short, since the page is
 * normally there within milliseconds; after the last a page waits. */
static const int64_t holds_ms[] = {20, 40, 80, 120, 160, 200, 200, 200};

enum { LOOKS = sizeof holds_ms / sizeof holds_ms[0] };

/* How often it has looked already: n of the query, one digit. */
static size_t looks_so_far(const struct request *request)
{
    const struct form form = query_form(request);
    const char *n = form_value(&form, "n");
    return n != NULL && n[0] > '0' && n[0] <= '0' + LOOKS && n[1] == '\0'
               ? (size_t)(n[0] - '0')
               : 0;
}

static int wait_page(struct web *web, struct request *request,
                     struct reply *reply, const struct order *order)
{
    struct page *page = page_create();
    page_set(page, "SHOP_NAME", web->settings->shop_name);
    page_set(page, "NUMBER",
             arena_printf(request->arena, "%lld", (long long)order->number));
    page_set(page, "TOTAL",
             money_format(request->arena, order->total_minor,
                          web->settings->currency));
    page_set(page, "TRACK_URL",
             link_track(web->settings, request->arena, order));
    if (web->settings->gateway_is_local)
        page_section(page, "TEST_MONEY");
    return reply_page(reply, 200, page, "pay.html");
}

static int get(struct web *web, struct request *request, struct reply *reply)
{
    struct arena *arena = request->arena;
    struct order order;
    if (!order_find_by_token(web->reader, request->param, &order, arena))
        return problem(request, reply, 404, NULL);
    const char *pay = link_payment(web->settings, arena, &order);
    if (pay == NULL)
        return reply_redirect(reply, link_track(web->settings, arena, &order));
    if (order.payment_url != NULL)
        return reply_redirect(reply, order.payment_url);
    size_t looks = looks_so_far(request);
    if (looks >= LOOKS)
        return wait_page(web, request, reply, &order);
    reply->hold_ms = holds_ms[looks];
    return reply_redirect(reply,
                          arena_printf(arena, "%s?n=%zu", pay, looks + 1));
}

int main(void)
{
    static const char *const templates[] = {"pay.html", NULL};
    static const struct route routes[] = {{"GET", "/pay/{}", get, NULL}, {0}};
    return site_main(&(struct web_program){
        .name = "pay", .routes = routes, .templates = templates});
}
