/* The local payment gateway: a stand-in for Stripe on an origin of its own
 * ($ORDERMILL_GATEWAY_LISTEN), speaking the part of Stripe's API that a shop
 * needs, with test cards only. nginx's second server passes everything to it;
 * it shares nothing with the shop but the machine. What happens there is told
 * by the deliverer. */
#include "cgi-bin/gateway/base/api.h"
#include "cgi-bin/gateway/dispute/handlers.h"
#include "cgi-bin/gateway/endpoint/handlers.h"
#include "cgi-bin/gateway/event/event.h"
#include "cgi-bin/gateway/event/handlers.h"
#include "cgi-bin/gateway/intent/charge.h"
#include "cgi-bin/gateway/intent/handlers.h"
#include "cgi-bin/gateway/page/bank.h"
#include "cgi-bin/gateway/page/checkout.h"
#include "cgi-bin/gateway/refund/handlers.h"
#include "cgi-bin/gateway/session/handlers.h"
#include "lib/base/clock.h"

static void open_journal(struct web *web)
{
    journal_create(web->writer);
    journal_thin(web->writer, clock_wall_ms());
    event_open(web);
}

static const struct route routes[] = {
    {"POST", "/v1/payment_intents", payment_intents_create_read,
     payment_intents_create_write},
    {"GET", "/v1/payment_intents", payment_intents_list, NULL},
    {"GET", "/v1/payment_intents/{}", payment_intents_show, NULL},
    {"POST", "/v1/payment_intents/{}/confirm", payment_intents_confirm_read,
     payment_intents_confirm_write},
    {"POST", "/v1/payment_intents/{}/cancel", payment_intents_cancel_read,
     payment_intents_cancel_write},
    {"POST", "/v1/refunds", refunds_create_read, refunds_create_write},
    {"GET", "/v1/refunds", refunds_list, NULL},
    {"GET", "/v1/refunds/{}", refunds_show, NULL},
    {"GET", "/v1/charges/{}", charges_show, NULL},
    {"GET", "/v1/disputes", disputes_list, NULL},
    {"GET", "/v1/disputes/{}", disputes_show, NULL},
    {"POST", "/v1/disputes/{}", disputes_update_read, disputes_update_write},
    {"POST", "/v1/disputes/{}/close", disputes_close_read,
     disputes_update_write},
    {"POST", "/v1/checkout/sessions", checkout_sessions_create_read,
     checkout_sessions_create_write},
    {"GET", "/v1/checkout/sessions", checkout_sessions_list, NULL},
    {"GET", "/v1/checkout/sessions/{}", checkout_sessions_show, NULL},
    {"POST", "/v1/checkout/sessions/{}/expire", checkout_sessions_expire_read,
     checkout_sessions_expire_write},
    {"GET", "/v1/events", events_list, NULL},
    {"GET", "/v1/events/{}", events_show, NULL},
    {"POST", "/v1/webhook_endpoints", webhook_endpoints_create_read,
     webhook_endpoints_create_write},
    {"GET", "/v1/webhook_endpoints", webhook_endpoints_list, NULL},
    {"GET", "/v1/webhook_endpoints/{}", webhook_endpoints_show, NULL},
    {"POST", "/v1/webhook_endpoints/{}", webhook_endpoints_update_read,
     webhook_endpoints_update_write},
    {"DELETE", "/v1/webhook_endpoints/{}", webhook_endpoints_delete_read,
     webhook_endpoints_delete_write},
    {"GET", "/c/pay/{}", checkout_page_show, NULL},
    {"POST", "/c/pay/{}", checkout_page_read, checkout_page_write},
    {"GET", "/c/bank/{}", bank_page_show, NULL},
    {"POST", "/c/bank/{}", bank_page_read, bank_page_write},
    {0}};

static const char *database(const struct settings *settings)
{
    return settings->gateway_database;
}

int main(void)
{
    static const char *const templates[] = {"gateway-checkout.html",
                                            "gateway-bank.html",
                                            "gateway-missing.html", NULL};
    static const struct web_app app = {.database = database,
                                       .wakes = "deliverer",
                                       .open = open_journal,
                                       .refuse = api_loop_refusal};
    return web_main(&app, &(struct web_program){.name = "gateway",
                                                .routes = routes,
                                                .templates = templates});
}
