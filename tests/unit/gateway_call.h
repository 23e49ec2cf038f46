/* Calling the gateway's handlers without nginx and loop: the harness of
 * gateway_test.c and gateway_parameter_test.c. Every call goes through a
 * handler's two halves, as the loop would run them, on a journal in /tmp. */
#ifndef TESTS_UNIT_GATEWAY_CALL_H
#define TESTS_UNIT_GATEWAY_CALL_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cgi-bin/gateway/base/api.h"
#include "cgi-bin/gateway/base/journal.h"
#include "cgi-bin/gateway/intent/handlers.h"
#include "cgi-bin/gateway/refund/handlers.h"
#include "lib/adapter/json/json.h"

#define GATEWAY_KEY "sk_test_a"
#define CARD "&payment_method_types[]=card&confirm=true&payment_method="
#define PAID "amount=1050&currency=EUR" CARD "pm_card_visa"

struct gateway {
    struct arena arena;
    struct web web;
    struct settings settings;
    struct db *writer;
    char folder[32];
    char path[64];
};

struct answer {
    int status;
    struct reply reply;
    const struct json *json;
};

static const struct route intents_post = {
    "POST", "/v1/payment_intents", intent_create_read, intent_create_write};
static const struct route refunds_post = {
    "POST", "/v1/refunds", refund_create_read, refund_create_write};

static inline int setup(void **state)
{
    struct gateway *g = calloc(1, sizeof *g);
    assert_non_null(g);
    g->arena = arena_create(64 << 20);
    strcpy(g->folder, "/tmp/gateway_test.XXXXXX");
    assert_non_null(mkdtemp(g->folder));
    strcpy(g->path, g->folder);
    strcat(g->path, "/gateway.db");
    crypto_open();
    g->settings.gateway_listen = "127.0.0.1:8081";
    g->settings.gateway_webhook_hosts = "";
    g->settings.base_url = "http://127.0.0.1:8080";
    g->settings.stripe_key = GATEWAY_KEY;
    g->web.settings = &g->settings;
    g->writer = db_open(g->path, DB_WRITE);
    assert_int_equal(db_begin(g->writer, 1000), DB_OK);
    journal_create(g->writer);
    assert_int_equal(db_commit(g->writer), DB_OK);
    g->web.reader = db_open(g->path, DB_READ);
    *state = g;
    return 0;
}

static inline int teardown(void **state)
{
    struct gateway *g = *state;
    db_close(g->web.reader);
    db_close(g->writer);
    unlink(g->path);
    unlink(arena_printf(&g->arena, "%s.lock", g->path));
    rmdir(g->folder);
    arena_destroy(&g->arena);
    free(g);
    return 0;
}

static inline struct answer run(struct gateway *g, const struct route *route,
                                struct request *request)
{
    struct answer a = {0};
    request->arena = &g->arena;
    request->method = route->method;
    request->id = "0123456789abcdef0123456789abcdef";
    a.reply.headers = text_create(&g->arena, 64);
    a.reply.body = text_create(&g->arena, 64);
    a.status = route->read(&g->web, request, &a.reply);
    if (a.status == WEB_GO_ON) {
        assert_int_equal(db_begin(g->writer, 1000), DB_OK);
        g->web.writer = g->writer;
        int64_t changes = db_changes(g->writer);
        a.status = route->write(&g->web, request, &a.reply);
        if (a.status >= 400 && !a.reply.keep_writes)
            assert_int_equal(db_changes(g->writer), changes);
        g->web.writer = NULL;
        assert_int_equal(db_commit(g->writer), DB_OK);
    }
    struct json_fault fault;
    a.json = json_read(&g->arena, a.reply.body.bytes, a.reply.body.length, 8,
                       &fault);
    assert_non_null(a.json);
    return a;
}

static inline struct answer post(struct gateway *g, const struct route *route,
                                 const char *key, const char *body)
{
    char *variables[] = {
        arena_string(&g->arena, "HTTP_AUTHORIZATION=Bearer " GATEWAY_KEY),
        arena_string(&g->arena,
                     "CONTENT_TYPE=application/x-www-form-urlencoded"),
        arena_printf(&g->arena, "HTTP_IDEMPOTENCY_KEY=%s", key), NULL};
    struct request request = {.path = route->pattern,
                              .query = "",
                              .body = body,
                              .body_length = strlen(body),
                              .variables = variables};
    return run(g, route, &request);
}

static inline struct answer get(struct gateway *g, WEB_HANDLER(handler),
                                const char *param, const char *query)
{
    char *variables[] = {
        arena_string(&g->arena, "HTTP_AUTHORIZATION=Bearer " GATEWAY_KEY),
        NULL};
    struct request request = {.path = "/v1/x",
                              .param = param,
                              .query = query,
                              .variables = variables};
    const struct route route = {"GET", "/v1/x", handler, NULL};
    return run(g, &route, &request);
}

static const char *text_of(const struct json *object, const char *name)
{
    const char *text = json_string(json_member(object, name));
    return text == NULL ? "" : text;
}

static inline int64_t int_of(const struct json *object, const char *name)
{
    int64_t number = -1;
    json_integer(json_member(object, name), &number);
    return number;
}

/* Fails unless the answer is this refusal; "" for a member that is absent. */
static inline void refused(struct answer a, int status, const char *code,
                           const char *param, const char *message)
{
    const struct json *error = json_member(a.json, "error");
    assert_int_equal(a.status, status);
    assert_string_equal(text_of(error, "code"), code);
    assert_string_equal(text_of(error, "param"), param);
    assert_string_equal(text_of(error, "message"), message);
}

#define GATEWAY_TEST(name)                                                     \
    cmocka_unit_test_setup_teardown(name, setup, teardown)

#endif
