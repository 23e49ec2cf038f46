/* /receipts/FILE: checks a receipt link's signature and expiry and lets nginx
 * send the file, which no other URL reaches. */
#include <string.h>

#include "lib/shop/receipt.h"
#include "lib/web/link.h"
#include "lib/web/problem.h"

static int get(struct web *web, struct request *request, struct reply *reply)
{
    const char *file = request->param;
    switch (link_check_receipt(web, file, request->query, request->arena)) {
    case LINK_OK:
        break;
    case LINK_EXPIRED:
        return problem(request, reply, 403,
                       "This link has expired. The order's page has a fresh "
                       "one.");
    case LINK_FORGED:
        return problem(request, reply, 403, "This link is not complete.");
    }
    struct order order;
    const char *order_id = arena_copy(request->arena, file, strcspn(file, "."));
    if (!order_find(web->reader, order_id, &order, request->arena) ||
        !order.has_receipt)
        return problem(request, reply, 404, NULL);
    reply->content_type = "application/pdf";
    reply_header(reply, "Content-Disposition",
                 arena_printf(request->arena,
                              "inline; filename=\"receipt-%lld.pdf\"",
                              (long long)order.number));
    reply_header(
        reply, "X-Accel-Redirect",
        arena_printf(request->arena, "/internal/receipts/%s",
                     receipt_file(web->reader, order_id, request->arena)));
    return 200;
}

int main(void)
{
    static const struct route routes[] = {{"GET", "/receipts/{}", get, NULL}};
    return web_main(&(struct web_program){
        .name = "receipts", .routes = routes, .route_count = 1});
}
