/* Requests that may be sent twice: see idempotent.h. */
#include "lib/web/idempotent.h"

#include <assert.h>
#include <string.h>

#include "lib/base/text/json_writer.h"
#include "lib/web/auth.h"
#include "lib/web/problem.h"

bool idempotent_key_ok(const char *key)
{
    size_t length = strlen(key);
    if (length < 1 || length > IDEMPOTENT_MAX_KEY)
        return false;
    for (; *key != '\0'; key++)
        if (*key < 0x21 || *key > 0x7e)
            return false;
    return true;
}

static void fill(struct web *web, struct request *request, const char *key,
                 const struct text *body, struct idempotent *out)
{
    out->space = auth_who(web, request)->id;
    out->key = key;
    crypto_sha256_hex(body->bytes, body->length, out->body_hash);
}

int idempotent_read(struct web *web, struct request *request,
                    struct reply *reply, const char *scope,
                    struct idempotent *out)
{
    const char *key = request_header(request, "HTTP_IDEMPOTENCY_KEY");
    out->key = NULL;
    if (key == NULL)
        return WEB_GO_ON;
    if (!idempotent_key_ok(key))
        return problem(request, reply, 400,
                       "Idempotency-Key: Must be 1 to 255 visible ASCII "
                       "characters.");
    struct text text = text_create(request->arena, request->body_length + 256);
    text_puts(&text, scope);
    text_add(&text, request->body, request->body_length);
    fill(web, request, key, &text, out);
    return WEB_GO_ON;
}

int idempotent_read_form(struct web *web, struct request *request,
                         struct reply *reply, const char *scope,
                         const struct form *form, struct idempotent *out)
{
    const char *key = form_value(form, "key");
    if (key == NULL || !idempotent_key_ok(key))
        return problem(request, reply, 400, "The form is not complete.");
    struct text text = text_create(request->arena, 256);
    struct json_writer w = json_writer(&text);
    json_open(&w, '[');
    for (size_t i = 0; i < form->count; i++) {
        if (strcmp(form->fields[i].name, "csrf") == 0)
            continue;
        json_put_string(&w, form->fields[i].name);
        json_put_string(&w, form->fields[i].value);
    }
    json_close(&w, ']');
    fill(web, request, arena_printf(request->arena, "%s %s", scope, key), &text,
         out);
    return WEB_GO_ON;
}

enum idempotent_outcome idempotent_find(struct web *web,
                                        const struct request *request,
                                        struct reply *reply,
                                        const struct idempotent *own,
                                        int64_t now_ms, int *status)
{
    struct idempotent_answer answer;
    assert(web->writer != NULL);
    if (own->key == NULL)
        return IDEMPOTENT_NEW;
    enum idempotent_outcome outcome = web->app->answers->find(
        web->writer, own, now_ms, &answer, request->arena);
    if (outcome != IDEMPOTENT_REPLAY)
        return outcome;
    if (answer.location[0] != '\0')
        reply_header(reply, "Location", answer.location);
    reply_header(reply, "Idempotent-Replayed", "true");
    text_puts(&reply->body, answer.body);
    *status = answer.status;
    return outcome;
}

int idempotent_replay(struct web *web, const struct request *request,
                      struct reply *reply, const struct idempotent *own,
                      int64_t now_ms)
{
    int status = 0;
    switch (idempotent_find(web, request, reply, own, now_ms, &status)) {
    case IDEMPOTENT_NEW:
    case IDEMPOTENT_REPLAY:
        return status;
    case IDEMPOTENT_OTHER_BODY:
        break;
    }
    return problem(request, reply, 422,
                   "This Idempotency-Key was used with another body.");
}

void idempotent_bind(struct web *web, const struct reply *reply,
                     const struct idempotent *own, int status,
                     const char *location, int64_t now_ms)
{
    assert(web->writer != NULL && status < 400);
    if (own->key != NULL)
        web->app->answers->bind(
            web->writer, own,
            &(struct idempotent_answer){.status = status,
                                        .location = location,
                                        .body = reply->body.bytes},
            now_ms);
}
