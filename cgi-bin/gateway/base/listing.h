/* Stripe's lists (docs.stripe.com/api/pagination): newest first, a limit,
 * created[...], starting_after, and what is expanded. */
#ifndef CGI_BIN_GATEWAY_BASE_LISTING_H
#define CGI_BIN_GATEWAY_BASE_LISTING_H

#include "cgi-bin/gateway/base/parameter.h"

enum { LISTING_MOST = 100 };

/* The parameters of every list, for struct listing_kind. */
#define LISTING_KNOWN                                                          \
    "created", "created[gt]", "created[gte]", "created[lt]", "created[lte]",   \
        "expand[*]", "limit", "starting_after"

struct listing_kind {
    const char *url;          /* "/v1/refunds" */
    const char *noun;         /* "refund", as in "No such refund" */
    const char *const *known; /* parameters; see parameter_read */
    const struct parameter_expand *expandable;
    const char *place; /* literal SQL: created_ms and sequence of the row $1 */
};

/* The part of a list that is asked for. */
struct listing_page {
    int64_t since_ms;
    int64_t until_ms;
    int64_t below_ms; /* the row behind which it begins; INT64_MAX: none */
    int64_t below_sequence;
    int limit;
};

struct listing {
    struct form form;
    unsigned expand;
    struct listing_page page; /* with a limit of one more, to see the rest */
    int limit;
};

/* A list's handler begins with this: it does api_read and reads the parameters
 * above. WEB_GO_ON, or the refusal's status. */
int listing_read(struct web *web, const struct request *request,
                 struct reply *reply, const struct listing_kind *kind,
                 struct listing *out);

/* In a noun's statement: binds what the page asks for, without and with its
 * limit. */
void listing_put_range(struct db_statement *s, const struct listing_page *page);
void listing_put_page(struct db_statement *s, const struct listing_page *page);

/* The reply. Between the two the handler writes at most limit rows, one JSON
 * value each. listing_close is told how many rows were found, and returns 200.
 */
struct json_writer listing_open(const struct request *request,
                                struct reply *reply);
int listing_close(struct json_writer *w, const struct listing_kind *kind,
                  const struct listing *listing, int found);

#endif
