/* Events (docs.stripe.com/api/events) and their deliveries to the endpoints
 * that want them: emitting, their rows in the journal, and an event as
 * JSON. */
#ifndef CGI_BIN_GATEWAY_EVENT_EVENT_H
#define CGI_BIN_GATEWAY_EVENT_EVENT_H

#include "cgi-bin/gateway/base/listing.h"
#include "lib/web/web.h"

struct event {
    const char *id; /* "evt_..." */
    const char *type;
    const char *object;          /* data.object as JSON */
    const char *request_id;      /* NULL: no request caused it */
    const char *idempotency_key; /* or NULL */
    int64_t created_ms;
    int64_t pending; /* deliveries still due */
};

/* What changes an object, and how those who want to know of it are told. */
struct cause {
    struct web *web;         /* with a transaction open on its writer */
    struct request *request; /* an arena, variables, and an id; "": it is no
                                request's doing */
    int64_t delay_ms;        /* of each delivery */
    int copies;              /* deliveries to each endpoint */
};

/* Stores the event and its deliveries, one (or cause->copies) to each enabled
 * endpoint that wants its type. object_json is the object as it is by now. The
 * deliverer is woken after the commit. */
void event_emit(const struct cause *cause, const char *type,
                const char *object_json);

bool event_find(struct db *db, struct arena *arena, const char *id,
                struct event *out);
/* Finds events whose type is LIKE `type` ("%": all) and stands in `types`, a
 * list with commas around each ("": all). */
int event_find_page(struct db *db, struct arena *arena, const char *type,
                    const char *types, const struct listing_page *page,
                    struct event *out);

/* One JSON value. */
void event_put(struct json_writer *w, const struct event *event);

enum delivery_status { DELIVERY_DUE, DELIVERY_DONE, DELIVERY_FAILED };
extern const struct names delivery_status_names;

/* Which event goes to which endpoint, and when. The deliverer works the
 * deliveries off. */
struct delivery {
    int64_t id;
    const char *event_id;
    int64_t due_ms;
    int64_t created_ms; /* the event */
    int calls;          /* made so far */
};

/* Finds at most limit deliveries that are still to be made to the endpoint, due
 * or not, the earliest first; returns how many. */
int delivery_find_due(struct db *db, struct arena *arena,
                      const char *endpoint_id, int limit, struct delivery *out);

/* A call was made and answered with http_status (0: not at all). fault NULL:
 * the event is delivered. Else fault says why not: the delivery is due again at
 * again_ms, or is given up when that is 0. */
void delivery_made(struct db *db, int64_t id, int http_status,
                   const char *fault, int64_t again_ms);

#endif
