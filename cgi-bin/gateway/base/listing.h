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

/* The part of a list that is asked for; lists are newest first. */
struct listing_page {
    int64_t since_ms;
    int64_t until_ms;
    int64_t below_ms; /* the row behind which it begins; INT64_MAX: none */
    int64_t below_sequence;
    int limit;
};

struct listing {
    struct listing_page page; /* with a limit of one more, to see the rest */
    int limit;
    const char *after; /* starting_after, still to be looked up; or NULL */
};

const struct stripe_error *
listing_read(struct arena *arena, const struct form *form, struct listing *out);

/* In the nouns' statements: binds what a page asks for, without and with its
 * limit; or runs the statement that gives a row's place. */
void listing_put_range(struct db_statement *s, const struct listing_page *page);
void listing_put_page(struct db_statement *s, const struct listing_page *page);
bool listing_read_place(struct db_statement *s, const char *id,
                        struct listing_page *page);

#endif
