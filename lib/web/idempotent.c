/* Requests that may be sent twice: see idempotent.h. */
#include "lib/web/idempotent.h"

#include "lib/web/auth.h"
#include "lib/web/problem.h"

int idempotent_read(struct web *web, struct request *request,
                    struct reply *reply, const char *scope,
                    struct idempotent *out)
{
    const char *key = request_header(request, "HTTP_IDEMPOTENCY_KEY");
    out->key = (struct idempotency_key){.key = key};
    if (key == NULL)
        return WEB_GO_ON;
    if (!idempotency_key_ok(key))
        return problem(request, reply, 400,
                       "Idempotency-Key: Must be 1 to 255 visible ASCII "
                       "characters.");
    struct text text = text_create(request->arena, request->body_length + 256);
    text_puts(&text, scope);
    text_add(&text, request->body, request->body_length);
    crypto_sha256_hex(text.bytes, text.length, out->body_hash);
    out->key.space = auth_who(web, request)->id;
    out->key.body_hash = out->body_hash;
    return WEB_GO_ON;
}

int idempotent_replay(struct web *web, const struct request *request,
                      struct reply *reply, const struct idempotent *own,
                      int64_t now_ms)
{
    struct idempotent_answer answer;
    if (own->key.key == NULL)
        return 0;
    switch (idempotency_find(web->writer, &own->key, now_ms, &answer,
                             request->arena)) {
    case IDEMPOTENCY_NEW:
        return 0;
    case IDEMPOTENCY_OTHER_BODY:
        return problem(request, reply, 422,
                       "This Idempotency-Key was used with another body.");
    case IDEMPOTENCY_REPLAY:
        break;
    }
    if (answer.location[0] != '\0')
        reply_header(reply, "Location", answer.location);
    reply_header(reply, "Idempotent-Replayed", "true");
    text_puts(&reply->body, answer.body);
    return answer.status;
}

void idempotent_bind(struct web *web, const struct reply *reply,
                     const struct idempotent *own, int status,
                     const char *location, int64_t now_ms)
{
    if (own->key.key != NULL)
        idempotency_bind(web->writer, &own->key,
                         &(struct idempotent_answer){.status = status,
                                                     .location = location,
                                                     .body = reply->body.bytes},
                         now_ms);
}
