/* /payment-methods: the ways to pay an order that are taken now, best first,
 * and a form token for whoever is going to send one. */
#include "lib/base/text/json_writer.h"
#include "lib/base/time/clock.h"
#include "lib/shop/order/guard.h"
#include "lib/shop/order/placement.h"
#include "lib/site/site.h"
#include "lib/web/form_token.h"
#include "lib/web/web.h"

static void write_method(struct json_writer *w, const char *id,
                         const char *title, const char *kind)
{
    json_open(w, '{');
    json_string_member(w, "id", id);
    json_string_member(w, "title", title);
    json_string_member(w, "kind", kind);
    json_close(w, '}');
}

/* A real gateway's tokens are made by its own forms; there are none to list. */
static bool lists_token(const struct web *web, int64_t now_ms)
{
    return web->settings->takes_token && web->settings->gateway_is_local &&
           !guard_state(web->reader, web->settings, now_ms).open;
}

static int get(struct web *web, struct request *request, struct reply *reply)
{
    const struct settings *settings = web->settings;
    int64_t now_ms = clock_wall_ms();
    struct json_writer w = json_writer(&reply->body);
    json_open(&w, '{');
    json_key(&w, "payment_methods");
    json_open(&w, '[');
    if (settings->takes_hosted)
        write_method(&w, "hosted", "Card", "hosted");
    if (lists_token(web, now_ms))
        write_method(&w, PLACEMENT_LOCAL_METHOD, "Test card", "token");
    if (settings->takes_manual)
        write_method(&w, "manual", settings->manual_title, "manual");
    json_close(&w, ']');
    json_string_member(
        &w, "form_token",
        form_token_make(web->signing_key, now_ms, request->arena));
    json_close(&w, '}');
    text_putc(&reply->body, '\n');
    return 200;
}

int main(void)
{
    static const struct route routes[] = {
        {"GET", "/payment-methods", get, NULL}, {0}};
    return site_main(
        &(struct web_program){.name = "payment-methods", .routes = routes});
}
