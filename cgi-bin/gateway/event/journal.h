/* Events, the endpoints they are told to and what is to be delivered, in the
 * gateway's book (base/journal.h). Written by event.c and endpoint/handlers.c;
 * the deliverer takes the rows of `deliveries` up. */
#ifndef CGI_BIN_GATEWAY_EVENT_JOURNAL_H
#define CGI_BIN_GATEWAY_EVENT_JOURNAL_H

#include "cgi-bin/gateway/base/journal.h"

struct event {
    const char *id; /* "evt_..." */
    const char *type;
    const char *object;          /* data.object as JSON */
    const char *request_id;      /* NULL: no request caused it */
    const char *idempotency_key; /* or NULL */
    int64_t created_ms;
    int64_t pending; /* deliveries still due */
};

struct endpoint {
    const char *id; /* "we_..." */
    const char *url;
    const char *enabled_events; /* JSON array of types; ["*"]: all */
    const char *secret;         /* "whsec_..." */
    const char *status;         /* "enabled", "disabled" */
    const char *description;    /* or NULL */
    const char *metadata;       /* a JSON object of strings */
    int64_t created_ms;
};

/* pending is not stored. */
void journal_add_event(struct db *db, const struct event *event);

/* One delivery, due then, for each enabled endpoint that wants the type. */
void journal_deliver(struct db *db, const struct event *event, int64_t due_ms);

bool journal_event(struct db *db, struct arena *arena, const char *id,
                   struct event *out);
bool journal_event_place(struct db *db, const char *id,
                         struct journal_page *page);

/* Of types LIKE type ("%": all) that stand in types, a list with commas around
 * each ("": all). */
int journal_events(struct db *db, struct arena *arena, const char *type,
                   const char *types, const struct journal_page *page,
                   struct event *out);

/* Adds it, or gives one of that id its url and secret. */
void journal_put_endpoint(struct db *db, const struct endpoint *endpoint);

/* Stores all but id, secret and created_ms. */
void journal_move_endpoint(struct db *db, const struct endpoint *endpoint);

/* With what is to be delivered to it. */
void journal_delete_endpoint(struct db *db, const char *id);
bool journal_endpoint(struct db *db, struct arena *arena, const char *id,
                      struct endpoint *out);
bool journal_endpoint_place(struct db *db, const char *id,
                            struct journal_page *page);
int journal_endpoints(struct db *db, struct arena *arena,
                      const struct journal_page *page, struct endpoint *out);
int64_t journal_endpoint_count(struct db *db);

#endif
