/* What every call of the API begins and may end with: the request's id, the
 * secret key, refusals. */
#ifndef API_H
#define API_H

#include "cgi-bin/gateway/stripe_object.h"
#include "lib/web/web.h"

/* Names the request (Request-Id) and checks its key, which any sk_test_... is
 * good for, as HTTP basic user or bearer. Returns WEB_GO_ON or the status of
 * the refusal. */
int api_begin(const struct request *request, struct reply *reply);

/* Fills the reply; returns the error's status. */
int api_refuse(const struct request *request, struct reply *reply,
               const struct stripe_error *error);

/* 404 for an object that the URL names; what is "payment_intent", param is
 * what Stripe calls it. */
int api_no_such(const struct request *request, struct reply *reply,
                const char *what, const char *param, const char *id);

/* The read half of every URL that Stripe may know but this gateway does not. */
int api_unrecognized(struct web *web, struct request *request,
                     struct reply *reply);

/* Begins the JSON of a reply that has no body yet. */
struct json_writer api_json(const struct request *request, struct reply *reply);

#endif
