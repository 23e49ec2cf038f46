/* Commands: calls that change something. One has parameters, an answer in which
 * members may be expanded, and perhaps an idempotency key
 * (docs.stripe.com/api/idempotent_requests): what a key's first executed
 * request was answered is answered again for 24 hours, 500s included, to the
 * same parameters; other parameters are refused. A request refused before it
 * was executed leaves its key free. */
#ifndef CGI_BIN_GATEWAY_BASE_COMMAND_H
#define CGI_BIN_GATEWAY_BASE_COMMAND_H

#include "cgi-bin/gateway/base/parameter.h"

struct command {
    struct form form;
    unsigned expand;                     /* of enum stripe_expand */
    const char *key;                     /* NULL: the request has none */
    char fingerprint[CRYPTO_SHA256_HEX]; /* of the parameters */
    bool seen;       /* an earlier request with the key was left unanswered */
    bool unanswered; /* execute sets it: the key's next request is executed */
};

/* A read half begins with this: api_read, expand[...] and the key. */
int command_read(const struct web *web, const struct request *request,
                 struct reply *reply, const char *const *known,
                 const struct parameter_expand *expandable,
                 struct command *out);

/* And ends with this: refuses with the error, or lets the write half follow
 * with the state. */
int command_go_on(struct request *request, struct reply *reply,
                  const struct stripe_error *error, void *state);

/* Runs a write half: answers what is saved under the key, or refuses, or lets
 * execute write and answer. Its answer is then saved under the key, also when
 * it is a refusal, and what it wrote stays. */
int command_once(struct web *web, struct request *request, struct reply *reply,
                 struct command *command, WEB_HANDLER(execute));

#endif
