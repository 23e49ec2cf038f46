/* Requests that may be sent twice and are to be carried out once: each brings a
 * key, in its Idempotency-Key header or in a form's hidden field. Each asker
 * has one key space for all of them. The application keeps the answers
 * (web_app's `answers`). */
#ifndef WEB_IDEMPOTENT_H
#define WEB_IDEMPOTENT_H

#include "lib/web/form.h"
#include "lib/web/web.h"

enum { IDEMPOTENT_MAX_KEY = 255 };

struct idempotent {
    const char *space; /* the asker's id */
    const char *key;   /* NULL: there is none */
    char body_hash[CRYPTO_SHA256_HEX];
};

struct idempotent_answer {
    int status;
    const char *location; /* may be "" */
    const char *body;
};

enum idempotent_outcome {
    IDEMPOTENT_NEW,       /* not bound: carry the request out */
    IDEMPOTENT_REPLAY,    /* answered before */
    IDEMPOTENT_OTHER_BODY /* bound to another body */
};

/* Both are called inside `write`, on web->writer. */
struct idempotent_store {
    enum idempotent_outcome (*find)(struct db *db,
                                    const struct idempotent *asked,
                                    int64_t now_ms,
                                    struct idempotent_answer *out,
                                    struct arena *arena);
    void (*bind)(struct db *db, const struct idempotent *asked,
                 const struct idempotent_answer *answer, int64_t now_ms);
};

/* 1-255 visible ASCII characters. */
bool idempotent_key_ok(const char *key);

/* Reads the header; WEB_GO_ON, or a status with the reply filled in. Two
 * requests are the same when their bodies and scopes are ("refund 17\n"); scope
 * is "" where several paths do the same. */
int idempotent_read(struct web *web, struct request *request,
                    struct reply *reply, const char *scope,
                    struct idempotent *out);

/* Reads the form's field `key`, which it must have. Its other fields are the
 * body, save csrf, which is another in each session. scope ("refund 17") and a
 * space stand before the key, so that it equals no header's. WEB_GO_ON, or 400.
 */
int idempotent_read_form(struct web *web, struct request *request,
                         struct reply *reply, const char *scope,
                         const struct form *form, struct idempotent *out);

/* Whether a request with this key was answered. IDEMPOTENT_REPLAY: that answer
 * fills the reply and *status. Inside `write`. */
enum idempotent_outcome idempotent_find(struct web *web,
                                        const struct request *request,
                                        struct reply *reply,
                                        const struct idempotent *own,
                                        int64_t now_ms, int *status);

/* The same for the API. Gives the answer's status, 422 for another body, or 0:
 * carry the request out. */
int idempotent_replay(struct web *web, const struct request *request,
                      struct reply *reply, const struct idempotent *own,
                      int64_t now_ms);

/* Keeps the reply's body and a status below 400; location may be "". Inside
 * `write`. */
void idempotent_bind(struct web *web, const struct reply *reply,
                     const struct idempotent *own, int status,
                     const char *location, int64_t now_ms);

#endif
