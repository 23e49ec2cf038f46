/* Emitting events: see event.h. */
#include "cgi-bin/gateway/event/event.h"

#include <string.h>

#include "cgi-bin/gateway/base/object.h"
#include "cgi-bin/gateway/endpoint/target.h"
#include "cgi-bin/gateway/event/journal.h"
#include "lib/base/clock.h"

enum { EVENT_ARENA = 64 * 1024 }; /* for one address */

/* What the shop applies, and README.md has a real endpoint subscribe to. */
static const char shop_events[] =
    "[\"payment_intent.succeeded\",\"payment_intent.payment_failed\","
    "\"payment_intent.canceled\",\"payment_intent.requires_action\","
    "\"checkout.session.completed\",\"checkout.session.expired\","
    "\"charge.refunded\",\"charge.refund.updated\",\"refund.failed\","
    "\"charge.dispute.created\",\"charge.dispute.updated\","
    "\"charge.dispute.closed\",\"charge.dispute.funds_withdrawn\","
    "\"charge.dispute.funds_reinstated\"]";

void event_emit(struct web *web, struct request *request, const char *type,
                const char *object_json, int64_t delay_ms, int copies)
{
    struct arena *arena = request->arena;
    const char *key = request_variable(request, "HTTP_IDEMPOTENCY_KEY");
    if (key != NULL && !text_is_utf8(key, strlen(key)))
        key = NULL; /* a page's: the API has refused it */
    struct event event = {
        .id = stripe_id(arena, "evt_"),
        .type = type,
        .object = object_json,
        .request_id = request->id[0] == '\0'
                          ? NULL
                          : arena_printf(arena, "req_%.14s", request->id),
        .idempotency_key = key,
        .created_ms = clock_wall_ms()};
    journal_add_event(web->writer, &event);
    for (int i = 0; i < copies; i++)
        journal_deliver(web->writer, &event, event.created_ms + delay_ms);
    web->wake = true;
}

void event_open(struct web *web)
{
    if (web->settings->webhook_secrets[0] == NULL)
        return;
    struct arena arena = arena_create(EVENT_ARENA);
    const struct endpoint shop = {.id = "we_shop",
                                  .url = target_shop(web->settings, &arena),
                                  .enabled_events = shop_events,
                                  .secret = web->settings->webhook_secrets[0],
                                  .status = "enabled",
                                  .description = "The shop",
                                  .metadata = "{}",
                                  .created_ms = clock_wall_ms()};
    journal_put_endpoint(web->writer, &shop);
    arena_destroy(&arena);
}
