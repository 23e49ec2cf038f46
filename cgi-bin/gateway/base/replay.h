/* Idempotency keys (docs.stripe.com/api/idempotent_requests): what a key's
 * first executed request was answered is answered again for 24 hours, 500s
 * included, to the same parameters; other parameters are refused. A request
 * refused before it was executed leaves its key free. */
#ifndef CGI_BIN_GATEWAY_BASE_REPLAY_H
#define CGI_BIN_GATEWAY_BASE_REPLAY_H

#include "cgi-bin/gateway/base/parameter.h"

struct replay {
    const char *key; /* NULL: the request has none */
    char fingerprint[CRYPTO_SHA256_HEX];
    bool seen; /* replay_note kept it earlier; set by recall */
};

/* Read half. NULL, or what the key is refused with. */
const struct stripe_error *replay_read(const struct request *request,
                                       const struct form *form,
                                       struct replay *out);

/* A write half whole: the saved answer or a refusal; else what execute does and
 * answers, bound to the key, a refusal of its with what it wrote as well. */
int replay_once(struct web *web, struct request *request, struct reply *reply,
                struct replay *replay, WEB_HANDLER(execute));

/* Its parts, for those that do more. First: the saved answer or a refusal, or
 * WEB_GO_ON. */
int replay_recall(struct web *web, const struct request *request,
                  struct reply *reply, struct replay *replay);

/* Last: binds the reply to the key. Returns status. */
int replay_save(struct web *web, const struct request *request,
                const struct replay *replay, int status,
                const struct reply *reply);

/* Instead of a save: only that the key was seen once. */
void replay_note(struct web *web, const struct request *request,
                 const struct replay *replay);

#endif
