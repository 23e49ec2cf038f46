/* What the files stripe*.c share. */
#ifndef STRIPE_PRIVATE_H
#define STRIPE_PRIVATE_H

#include "lib/adapter/stripe.h"

enum {
    STRIPE_DEPTH = 32, /* of what the gateway sends; its own is below 12 */
    STRIPE_EVENT_MAX = 512 * 1024
};

/* What may stand in a URL: [A-Za-z0-9_]{1,255}. */
bool stripe_is_id(const char *text);

/* The member if it is such an id, else NULL. */
const char *stripe_read_id(const struct json *object, const char *name);

/* Whether the metadata of an object holds this under that name. */
bool stripe_has_metadata(const struct json *object, const char *name,
                         const char *value);

/* An event that was read already; without its body. */
bool stripe_take_event(const struct json *event, struct stripe_event *out);

#endif
