/* The local payment gateway: a stand-in for Stripe on an origin of its own
 * ($ORDERMILL_GATEWAY_LISTEN), speaking the part of Stripe's API that charging
 * and refunding need, with test cards only. nginx's second server passes
 * everything to it; it shares nothing with the shop but the machine. */
#include "cgi-bin/gateway/api.h"
#include "cgi-bin/gateway/journal.h"
#include "cgi-bin/gateway/payment_intents.h"
#include "cgi-bin/gateway/refunds.h"

static void open_journal(struct web *web)
{
    journal_create(web->writer);
}

static const struct route routes[] = {
    {"POST", "/v1/payment_intents", payment_intents_create_read,
     payment_intents_create_write},
    {"GET", "/v1/payment_intents", payment_intents_list, NULL},
    {"GET", "/v1/payment_intents/{}", payment_intents_show, NULL},
    {"POST", "/v1/refunds", refunds_create_read, refunds_create_write},
    {"GET", "/v1/refunds/{}", refunds_show, NULL},
    /* What Stripe has and this gateway has not. */
    {"POST", "/v1/payment_intents/{}", api_unrecognized, NULL},
    {"POST", "/v1/payment_intents/{}/confirm", api_unrecognized, NULL},
    {"POST", "/v1/payment_intents/{}/cancel", api_unrecognized, NULL},
    {"POST", "/v1/payment_intents/{}/capture", api_unrecognized, NULL},
    {"POST", "/v1/refunds/{}", api_unrecognized, NULL},
    {"GET", "/v1/{}", api_unrecognized, NULL},
    {"POST", "/v1/{}", api_unrecognized, NULL},
    {"DELETE", "/v1/{}", api_unrecognized, NULL},
};

int main(void)
{
    static const struct web_program program = {.name = "gateway",
                                               .routes = routes,
                                               .route_count = sizeof routes /
                                                              sizeof routes[0],
                                               .gateway = true,
                                               .open = open_journal};
    return web_main(&program);
}
