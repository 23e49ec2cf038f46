/* Commands: calls that change something. A command has parameters, an answer in
 * which members may be expanded, and perhaps an idempotency key
 * (docs.stripe.com/api/idempotent_requests). The answer to a key's first
 * executed request, a 500 too, is given again for 24 hours to the same
 * parameters; other parameters are refused. A request that is refused before it
 * is executed leaves its key free. */
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

/* A read half begins with this: it does api_read, and reads expand[...] and the
 * key. */
int command_read(const struct web *web, const struct request *request,
                 struct reply *reply, const char *const *known,
                 const struct parameter_expand *expandable,
                 struct command *out);

/* A read half ends with this: it refuses with the error, or lets the write half
 * follow with the state. */
int command_go_on(struct request *request, struct reply *reply,
                  const struct stripe_error *error, void *state);

/* Runs a write half: gives the answer that is saved under the key, or refuses,
 * or lets `execute` write and answer. That answer is then saved under the key,
 * also when it is a refusal, and what was written stays. */
int command_once(struct web *web, struct request *request, struct reply *reply,
                 struct command *command, WEB_HANDLER(execute));

#endif
