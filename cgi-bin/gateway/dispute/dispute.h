/* Disputes: their rows in the journal, and how they look as JSON. An
 * intent has one at most. */
#ifndef CGI_BIN_GATEWAY_DISPUTE_DISPUTE_H
#define CGI_BIN_GATEWAY_DISPUTE_DISPUTE_H

#include "cgi-bin/gateway/intent/intent.h"

enum dispute_status {
    DISPUTE_NEEDS_RESPONSE,
    DISPUTE_UNDER_REVIEW,
    DISPUTE_WON,
    DISPUTE_LOST
};
extern const struct names dispute_status_names;

/* Of the whole charge of an intent. */
struct dispute {
    const char *id; /* "du_..." */
    const char *intent_id;
    int64_t amount_minor;
    const char *currency;
    enum dispute_status status;
    const char *evidence; /* uncategorized_text; or NULL */
    const char *metadata; /* a JSON object of strings */
    int64_t created_ms;
};

/* Rows; like intent.h's. store keeps status, evidence and metadata. */
void dispute_store(struct db *db, const struct dispute *dispute);
bool dispute_find(struct db *db, struct arena *arena, const char *id,
                  struct dispute *out);
/* intent_id NULL: of all intents. */
int dispute_find_page(struct db *db, struct arena *arena, const char *intent_id,
                      const struct listing_page *page, struct dispute *out);

/* One JSON value; intent is the dispute's own. */
void dispute_put(struct json_writer *w, const struct dispute *dispute,
                 const struct intent *intent, unsigned expand);

/* Opens the dispute of an intent that has succeeded, and tells of it. */
void dispute_begin(const struct cause *cause, struct intent *intent);

/* Tells of it, as the event's type says. */
void dispute_tell(const struct cause *cause, const struct dispute *dispute,
                  const struct intent *intent, const char *type);

#endif
