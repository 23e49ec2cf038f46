/* A request's body as JSON, for every endpoint that takes one. */
#ifndef WEB_JSON_BODY_H
#define WEB_JSON_BODY_H

#include "lib/adapter/json/json.h"
#include "lib/web/web.h"

/* Enough for all that people and their programs ask: an order of 200 lines has
 * 40 values each. */
enum { JSON_BODY_VALUES = 8192 };

/* WEB_GO_ON, or 415, 413 (more values than allowed) or 400 with the reply
 * filled in. At most JSON_BODY_VALUES values. */
int json_body_read(const struct request *request, struct reply *reply,
                   int max_depth, const struct json **body);
int json_body_read_within(const struct request *request, struct reply *reply,
                          struct json_limits limits, const struct json **body);

/* The member; NULL where it is absent or null. */
const struct json *json_body_given(const struct json *body, const char *name);

#endif
