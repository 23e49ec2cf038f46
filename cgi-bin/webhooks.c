/* /webhooks/stripe: what the gateway tells by itself. Checked over the very
 * bytes that came, stored, and only then answered; the reaper applies it. */
#include "lib/adapter/stripe/stripe.h"
#include "lib/base/time/clock.h"
#include "lib/shop/payment/webhook_event.h"
#include "lib/site/site.h"
#include "lib/web/problem.h"

/* As large as stripe_read_event reads and nginx lets through. */
enum { WEBHOOKS_BODY = 512 * 1024 };

/* No event is from after the year 9999. */
#define WEBHOOKS_LAST_S INT64_C(253402300799)

/* Why it is refused; NULL: it is signed by the gateway. */
static const char *signature_fault(const struct web *web,
                                   const struct request *request)
{
    switch (stripe_check_signature(
        request_header(request, "HTTP_STRIPE_SIGNATURE"),
        web->settings->webhook_secrets, request->body, request->body_length,
        clock_wall_ms() / 1000, request->arena)) {
    case STRIPE_SIGNED:
        break;
    case STRIPE_UNSIGNED:
        return "Stripe-Signature: Must hold a time and a signature.";
    case STRIPE_STALE:
        return "Stripe-Signature: Its time is more than 300 seconds off.";
    case STRIPE_FORGED:
        return "Stripe-Signature: No signature is one of this body.";
    }
    return NULL;
}

static int read_event(struct web *web, struct request *request,
                      struct reply *reply)
{
    struct stripe_event *event = arena_alloc(request->arena, sizeof *event);
    if (web->settings->webhook_secrets[0] == NULL)
        return problem(request, reply, 503,
                       "No webhook secret is configured here.");
    const char *fault = signature_fault(web, request);
    if (fault != NULL)
        return problem(request, reply, 400, fault);
    if (!stripe_read_event(request->body, request->body_length, event,
                           request->arena) ||
        event->created_s > WEBHOOKS_LAST_S)
        return problem(request, reply, 400,
                       "The body is no JSON event with an id, a type and an "
                       "object.");
    request->state = event;
    return WEB_GO_ON;
}

static int store(struct web *web, struct request *request, struct reply *reply)
{
    const struct stripe_event *event = request->state;
    if (webhook_event_store(web->writer, event->id, event->type, request->body,
                            event->created_s * 1000, clock_wall_ms(),
                            request->arena))
        web->wake = true;
    text_puts(&reply->body, "{\"received\":true}\n");
    return 200;
}

int main(void)
{
    static const struct route routes[] = {
        {"POST", "/webhooks/stripe", read_event, store}, {0}};
    return site_main(&(struct web_program){
        .name = "webhooks", .routes = routes, .max_body = WEBHOOKS_BODY});
}
