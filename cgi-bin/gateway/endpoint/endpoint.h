/* Webhook endpoints: their rows in the journal, how they look as JSON, and
 * where one may be. */
#ifndef CGI_BIN_GATEWAY_ENDPOINT_ENDPOINT_H
#define CGI_BIN_GATEWAY_ENDPOINT_ENDPOINT_H

#include "cgi-bin/gateway/base/listing.h"
#include "lib/adapter/transfer/transfer.h"
#include "lib/web/web.h"

enum endpoint_status { ENDPOINT_ENABLED, ENDPOINT_DISABLED };
extern const struct names endpoint_status_names;

struct endpoint {
    const char *id; /* "we_..." */
    const char *url;
    const char *enabled_events; /* JSON array of types; ["*"]: all */
    const char *secret;         /* "whsec_..." */
    enum endpoint_status status;
    const char *description; /* or NULL */
    const char *metadata;    /* a JSON object of strings */
    int64_t created_ms;
};

/* Adds it, or gives one of that id its url and secret. */
void endpoint_add(struct db *db, const struct endpoint *endpoint);

/* At start, inside a transaction: adds the endpoint that is always there, the
 * shop's own /webhooks/stripe, with the shop's first secret. */
void endpoint_open(struct web *web);

/* Stores all but id, secret and created_ms. */
void endpoint_store(struct db *db, const struct endpoint *endpoint);

/* Deletes it, and what is to be delivered to it. */
void endpoint_delete(struct db *db, const char *id);
bool endpoint_find(struct db *db, struct arena *arena, const char *id,
                   struct endpoint *out);
int endpoint_find_page(struct db *db, struct arena *arena,
                       const struct listing_page *page, struct endpoint *out);

/* At most limit that are enabled; returns how many. */
int endpoint_find_enabled(struct db *db, struct arena *arena, int limit,
                          struct endpoint *out);
int64_t endpoint_count(struct db *db);

/* One JSON value. The secret is shown once: in the answer to the endpoint's
 * creation. */
enum endpoint_secret { ENDPOINT_HIDES_SECRET, ENDPOINT_SHOWS_SECRET };
void endpoint_put(struct json_writer *w, const struct endpoint *endpoint,
                  enum endpoint_secret secret);

/* Whether the gateway may send events to url. It may on this machine, to the
 * shop's own address, and to the hosts in ORDERMILL_GATEWAY_WEBHOOK_HOSTS:
 * whoever holds its key must not reach the inner network through it. True: a
 * call to url must keep to *reach, since only the call shows which address a
 * name stands for. */
bool endpoint_reach(const struct settings *settings, const char *url,
                    enum transfer_reach *reach, struct arena *arena);

#endif
