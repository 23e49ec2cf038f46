/* What an endpoint is made of: requests, replies, routes and the program that
 * serves them. An endpoint is a table of routes and a main that calls
 * web_main; the loop (loop.c) does the rest. What all programs of one
 * application have in common is its struct web_app: this room knows no
 * application.
 *
 * A request is handled in two halves. `read` parses, checks, looks things up in
 * web->reader and may answer; or it returns WEB_GO_ON, and `write` follows
 * inside the batch's transaction on web->writer. `write` refuses (a status from
 * 400) before its first write or not at all: a savepoint for each would cost
 * more than all else it does. One that breaks this rule fails its whole batch.
 * Its reply is sent once the batch is on disk; if that fails it becomes a 503.
 * What `read` found goes to `write` through request->state.
 *
 * Routes and methods are judged before a body is read. A program keeps at most
 * WEB_IN_HAND bytes of requests whose replies are not sent; while it is full,
 * it looks at no further ones. A request's bytes are free again when its reply
 * is sent. */
#ifndef WEB_WEB_H
#define WEB_WEB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/adapter/crypto.h"
#include "lib/adapter/db/db.h"
#include "lib/base/log/metric.h"
#include "lib/base/settings/settings.h"
#include "lib/base/text/text.h"

enum {
    WEB_GO_ON = 0,
    WEB_MAX_BODY = 64 * 1024,
    WEB_IN_HAND = 8 * 1024 * 1024,
    WEB_WRITE_WAIT_MS = 2000 /* for the lock; past it the batch gets 503 */
};

struct request {
    struct arena *arena; /* until the reply is sent */
    const char *method;
    const char *path;  /* decoded, as nginx normalised it */
    const char *query; /* raw, without '?'; "" when there is none */
    const char *param; /* what stands for {} in the route; else NULL */
    const char *body;  /* NUL-terminated */
    size_t body_length;
    const char *address;       /* the client's */
    const char *id;            /* nginx's request id */
    char *const *variables;    /* FastCGI parameters, "NAME=value" */
    void *state;               /* from read to write */
    const struct asker *asker; /* NULL until auth_who (auth.h) looked */
};

/* A FastCGI parameter such as "CONTENT_TYPE"; NULL when absent or empty. */
const char *request_variable(const struct request *request, const char *name);

/* A header, named as FastCGI spells it ("HTTP_COOKIE"); NULL when absent, ""
 * when it came empty. */
const char *request_header(const struct request *request, const char *name);

/* True when the request's media type is application/json. */
bool request_is_json(const struct request *request);

struct reply {
    struct text headers; /* whole lines, CRLF */
    struct text body;
    const char *content_type;
    int64_t hold_ms; /* keeps the finished reply back so long; default 0 */
    bool
        keep_writes; /* what was written stays, though the status is an error */
};

void reply_header(struct reply *reply, const char *name, const char *value);

/* 303, to a URL or a path. */
int reply_redirect(struct reply *reply, const char *url);

/* Renders the page (lib/adapter/page.h) into the reply, destroys it and returns
 * status. */
struct page;
int reply_page(struct reply *reply, int status, struct page *page,
               const char *template);

struct web {
    const struct settings *settings;
    struct db *reader;
    struct db *writer; /* only inside `write` */
    unsigned char signing_key[CRYPTO_KEY_SIZE];
    bool wake; /* a write sets it: whom app->wakes names is woken after the
                  commit */
    const struct web_app *app;
    struct db *own_writer; /* for web_begin alone */
    int wake_fd;           /* for web_tell and the loop */
    const char *wake_path;
    struct metrics *metrics;
};

/* Returns the HTTP status, or WEB_GO_ON from `read`. */
#define WEB_HANDLER(name)                                                      \
    int (*name)(struct web * web, struct request * request,                    \
                struct reply * reply)

struct route {
    const char *method;  /* GET answers HEAD as well */
    const char *pattern; /* "/orders", "/orders/{}": {} is one segment */
    WEB_HANDLER(read);
    WEB_HANDLER(write); /* NULL: never writes */
};

struct web_program {
    const char *name;             /* as its file's */
    const struct route *routes;   /* the last one's method is NULL */
    const char *const *templates; /* to load; NULL: none */
    bool slow;       /* `read` burns CPU: no batch is open while it runs */
    size_t max_body; /* of a request; 0: WEB_MAX_BODY */
};

/* What an application hands to all of its programs. */
struct web_app {
    /* The path of the database. */
    const char *(*database)(const struct settings *settings);
    /* The name of the socket in run/ at which somebody waits to be woken. */
    const char *wakes;
    /* Called once with an open transaction on web->writer; NULL: nothing is to
     * be done. */
    void (*open)(struct web *web);
    /* Gives the key that signs what is handed out; NULL: there is none. */
    void (*signing_key)(struct db *reader, unsigned char key[CRYPTO_KEY_SIZE]);
    /* Fills *out (auth.h), which is all zero: who asks, by the request's
     * headers and cookies. NULL: auth.h and idempotent.h are not used. */
    void (*who)(struct web *web, const struct request *request,
                struct asker *out);
    const struct idempotent_store *answers; /* idempotent.h; NULL likewise */
    const char *busy; /* a sentence for people: nothing can be stored now */
    /* Fills the reply where the loop refuses by itself (400, 404, 405, 413,
     * 503), and returns the status; NULL: it is a problem document. */
    int (*refuse)(const struct web *web, const struct request *request,
                  struct reply *reply, int status);
};

/* Sends a message at once to whom app->wakes names (lib/base/system/wake.h):
 * for what may be lost, and waits for no commit. */
void web_tell(const struct web *web, const char *message);

/* A short transaction of its own, on web->writer, for the `read` of a slow
 * program: it stores what must be on disk before the slow work. When either is
 * false, nothing was stored, and web_busy is the answer. */
bool web_begin(struct web *web);
bool web_commit(struct web *web);

/* 503 with Retry-After: nothing can be stored now. */
int web_busy(const struct web *web, const struct request *request,
             struct reply *reply);

/* Serves the listening socket that is fd 0 until TERM, INT or USR1, or until
 * nothing was asked for settings->idle_ms. Each application has a main of its
 * own around it. */
int web_main(const struct web_app *app, const struct web_program *program);

#endif
