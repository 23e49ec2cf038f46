/* Refunds: their rows in the journal, and how they look as JSON. */
#ifndef CGI_BIN_GATEWAY_REFUND_REFUND_H
#define CGI_BIN_GATEWAY_REFUND_REFUND_H

#include "cgi-bin/gateway/intent/intent.h"

enum refund_status { REFUND_PENDING, REFUND_SUCCEEDED, REFUND_FAILED };
extern const struct names refund_status_names;

struct refund {
    const char *id; /* "re_..." */
    const char *intent_id;
    const char *currency;
    int64_t amount_minor;
    const char *reason;   /* or NULL */
    const char *metadata; /* a JSON object of strings */
    int64_t created_ms;
    enum refund_status status;
};

/* Rows; like intent.h's. refund_add also adds the amount, which the intent must
 * have left, to its intent, unless the refund is one that failed. */
void refund_add(struct db *db, const struct refund *refund);
bool refund_find(struct db *db, struct arena *arena, const char *id,
                 struct refund *out);
/* intent_id NULL: of all intents. */
int refund_find_page(struct db *db, struct arena *arena, const char *intent_id,
                     const struct listing_page *page, struct refund *out);

/* One JSON value; intent is the refund's own. */
void refund_put(struct json_writer *w, const struct refund *refund,
                const struct intent *intent, unsigned expand);

#endif
