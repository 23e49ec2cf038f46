/* A request's body as JSON, for every endpoint that takes one. */
#ifndef JSON_BODY_H
#define JSON_BODY_H

#include "lib/adapter/json.h"
#include "lib/web/web.h"

/* WEB_GO_ON, or 415 or 400 with the reply filled in. */
int json_body_read(const struct request *request, struct reply *reply,
                   int max_depth, const struct json **body);

/* A member that is given: neither absent nor null; else NULL. */
const struct json *json_body_given(const struct json *body, const char *name);

#endif
