/* The local payment gateway: a stand-in for Stripe on an origin of its own
 * ($ORDERMILL_GATEWAY_LISTEN), speaking the part of Stripe's API that a shop
 * needs, with test cards only. nginx's second server passes everything to it;
 * it shares nothing with the shop but the machine. What happens there is told
 * by the deliverer.
 *
 * A folder is a noun of Stripe's: NOUN.c has its rows, its JSON and what
 * happens to it; handlers.c answers the API's calls about it. base/ is what
 * they stand on; page/ is what a customer sees. */
#include "cgi-bin/gateway/base/api.h"
#include "cgi-bin/gateway/base/journal.h"
#include "cgi-bin/gateway/dispute/handlers.h"
#include "cgi-bin/gateway/endpoint/endpoint.h"
#include "cgi-bin/gateway/endpoint/handlers.h"
#include "cgi-bin/gateway/event/handlers.h"
#include "cgi-bin/gateway/intent/handlers.h"
#include "cgi-bin/gateway/page/bank.h"
#include "cgi-bin/gateway/page/checkout.h"
#include "cgi-bin/gateway/refund/handlers.h"
#include "cgi-bin/gateway/session/handlers.h"
#include "lib/base/time/clock.h"

static void open_journal(struct web *web)
{
    journal_create(web->writer);
    journal_thin(web->writer, clock_wall_ms());
    endpoint_open(web);
}

static const struct route routes[] = {
    {"POST", "/v1/payment_intents", intent_create_read, intent_create_write},
    {"GET", "/v1/payment_intents", intent_list, NULL},
    {"GET", "/v1/payment_intents/{}", intent_show, NULL},
    {"POST", "/v1/payment_intents/{}", intent_update_read, intent_update_write},
    {"POST", "/v1/payment_intents/{}/confirm", intent_confirm_read,
     intent_confirm_write},
    {"POST", "/v1/payment_intents/{}/cancel", intent_cancel_read,
     intent_cancel_write},
    {"POST", "/v1/refunds", refund_create_read, refund_create_write},
    {"GET", "/v1/refunds", refund_list, NULL},
    {"GET", "/v1/refunds/{}", refund_show, NULL},
    {"GET", "/v1/charges/{}", intent_show_charge, NULL},
    {"GET", "/v1/disputes", dispute_list, NULL},
    {"GET", "/v1/disputes/{}", dispute_show, NULL},
    {"POST", "/v1/disputes/{}", dispute_update_read, dispute_update_write},
    {"POST", "/v1/disputes/{}/close", dispute_close_read, dispute_update_write},
    {"POST", "/v1/checkout/sessions", session_create_read,
     session_create_write},
    {"GET", "/v1/checkout/sessions", session_list, NULL},
    {"GET", "/v1/checkout/sessions/{}", session_show, NULL},
    {"POST", "/v1/checkout/sessions/{}/expire", session_expire_read,
     session_expire_write},
    {"GET", "/v1/events", event_list, NULL},
    {"GET", "/v1/events/{}", event_show, NULL},
    {"POST", "/v1/webhook_endpoints", endpoint_create_read,
     endpoint_create_write},
    {"GET", "/v1/webhook_endpoints", endpoint_list, NULL},
    {"GET", "/v1/webhook_endpoints/{}", endpoint_show, NULL},
    {"POST", "/v1/webhook_endpoints/{}", endpoint_update_read,
     endpoint_update_write},
    {"DELETE", "/v1/webhook_endpoints/{}", endpoint_delete_read,
     endpoint_delete_write},
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
