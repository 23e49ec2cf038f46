/* Disputes: their rows in the gateway's book, and how they look as JSON. An
 * intent has one at most. */
#ifndef CGI_BIN_GATEWAY_DISPUTE_DISPUTE_H
#define CGI_BIN_GATEWAY_DISPUTE_DISPUTE_H

#include "cgi-bin/gateway/intent/intent.h"

/* Of the whole charge of an intent. */
struct dispute {
    const char *id; /* "du_..." */
    const char *intent_id;
    const char *charge_id;
    int64_t amount_minor;
    const char *currency;
    const char *status;   /* "needs_response", "under_review", "won", "lost" */
    const char *evidence; /* uncategorized_text; or NULL */
    const char *metadata; /* a JSON object of strings */
    int64_t created_ms;
};

/* Rows; like intent.h's. store keeps status, evidence and metadata. */
void dispute_add(struct db *db, const struct dispute *dispute);
void dispute_store(struct db *db, const struct dispute *dispute);
bool dispute_find(struct db *db, struct arena *arena, const char *id,
                  struct dispute *out);
/* intent_id NULL: of all intents. */
int dispute_find_page(struct db *db, struct arena *arena, const char *intent_id,
                      const struct listing_page *page, struct dispute *out);

/* One JSON value; intent is the dispute's own. */
void dispute_put(struct json_writer *w, const struct dispute *dispute,
                 const struct intent *intent, unsigned expand);

#endif
