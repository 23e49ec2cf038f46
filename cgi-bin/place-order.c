/* /place-order: an order for those who start a Step Functions execution. */
#include "lib/api/ordering.h"
#include "lib/site/site.h"

/* An ARN has six parts (AWS General Reference, "ARNs"); this one's account
 * and region are the shop itself. */
static void write_execution(struct json_writer *w, struct arena *arena,
                            const struct order *order)
{
    json_string_member(
        w, "executionArn",
        arena_printf(arena,
                     "arn:aws:states:local:000000000000:execution:order:%s",
                     order->order_id));
}

static int place(struct web *web, struct request *request, struct reply *reply)
{
    return ordering_write(web, request, reply, "Order processing started",
                          write_execution);
}

int main(void)
{
    static const struct route routes[] = {
        {"POST", "/place-order", ordering_read, place}, {0}};
    return site_main(
        &(struct web_program){.name = "place-order", .routes = routes});
}
