/* Stripe's lists (docs.stripe.com/api/pagination): newest first, a limit,
 * created[...], starting_after, and what is expanded. */
#ifndef CGI_BIN_GATEWAY_BASE_LISTING_H
#define CGI_BIN_GATEWAY_BASE_LISTING_H

#include "cgi-bin/gateway/base/parameter.h"

enum { LISTING_MOST = 100 };

/* The parameters of every list, for parameter_read. */
#define LISTING_KNOWN                                                          \
    "created", "created[gt]", "created[gte]", "created[lt]", "created[lte]",   \
        "expand[*]", "limit", "starting_after"

struct listing {
    struct journal_page page; /* with a limit of one more, to see the rest */
    int limit;
    const char *after; /* starting_after, still to be looked up; or NULL */
};

const struct stripe_error *
listing_read(struct arena *arena, const struct form *form, struct listing *out);

#endif
