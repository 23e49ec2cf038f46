/* What an event of the gateway says of payments here, and what follows from it
 * (outcome.h). An event may tell what is known already, or be out of date; so
 * each is held against how things stand here. */
#ifndef WORKFLOW_PAYMENT_GATEWAY_EVENT_H
#define WORKFLOW_PAYMENT_GATEWAY_EVENT_H

#include "lib/base/settings/settings.h"
#include "lib/shop/payment/webhook_event.h"

struct verdict {
    enum {
        VERDICT_APPLIED,
        VERDICT_IGNORED, /* for good */
        VERDICT_EARLY    /* what it is about is not here (yet) */
    } kind;
    const char *order_id; /* NULL: not matched */
    const char *message;  /* for staff */
};

/* Inside the write transaction. The caller notes in the inbox what became of
 * the event. */
struct verdict gateway_event_apply(struct db *db,
                                   const struct settings *settings,
                                   const struct webhook_event *event,
                                   int64_t now_ms, struct arena *arena);

#endif
