/* What every call of the API has: the request's id, the check of the secret
 * key, refusals. */
#ifndef CGI_BIN_GATEWAY_BASE_API_H
#define CGI_BIN_GATEWAY_BASE_API_H

#include "cgi-bin/gateway/base/parameter.h"
#include "lib/web/web.h"

/* Names the request (Request-Id), checks its key and reads the parameters
 * (parameter_read). The key comes as HTTP basic user or bearer, and only the
 * gateway's own is good. Returns WEB_GO_ON or the status of the refusal. */
int api_read(const struct web *web, const struct request *request,
             struct reply *reply, const char *const *known, struct form *form);

/* The same for a call whose only parameter is expand. */
int api_read_plain(const struct web *web, const struct request *request,
                   struct reply *reply,
                   const struct parameter_expand *expandable, unsigned *expand);

/* Fills the reply; returns the error's status. */
int api_refuse(const struct request *request, struct reply *reply,
               const struct stripe_error *error);

/* 404 for an object that the URL names; noun is "payment_intent", param is
 * what Stripe calls it. */
int api_no_such(const struct request *request, struct reply *reply,
                const char *noun, const char *param, const char *id);

/* Words in Stripe's shape what the loop refuses by itself (web.h). A method
 * that an address does not take is an unknown address there. */
int api_loop_refusal(const struct web *web, const struct request *request,
                     struct reply *reply, int status);

/* Begins the JSON of a reply that has no body yet. */
struct json_writer api_json(const struct request *request, struct reply *reply);

#endif
