/* A loopback gateway that says what it is told, for the tests of
 * lib/adapter/stripe/stripe.h, and their calls to it. */
#ifndef TESTS_UNIT_STRIPE_FIXTURE_H
#define TESTS_UNIT_STRIPE_FIXTURE_H

#define _GNU_SOURCE /* included first */

#include <arpa/inet.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "lib/adapter/stripe/stripe.h"
#include "lib/base/time/clock.h"

enum { HANGS_UP = 0, SAYS_NOTHING = -1, CUT = -2 };

struct gateway {
    int listener;
    pthread_t thread;
    int status;          /* of every answer, or one of the above */
    const char *body;    /* of every answer */
    char request[16384]; /* the last one */
    char base_url[64];
    struct stripe stripe;
};

/* A whole request: the head, then as much as its Content-Length says. */
static inline bool gateway_hear(struct gateway *gateway, int fd)
{
    size_t length = 0, wanted = sizeof gateway->request - 1;
    while (length < wanted) {
        ssize_t got = read(fd, gateway->request + length, wanted - length);
        if (got <= 0)
            return false;
        length += (size_t)got;
        gateway->request[length] = '\0';
        const char *end = strstr(gateway->request, "\r\n\r\n");
        const char *size = strstr(gateway->request, "Content-Length: ");
        if (end != NULL)
            wanted = (size_t)(end + 4 - gateway->request) +
                     (size == NULL ? 0 : strtoul(size + 16, NULL, 10));
    }
    return true;
}

/* Whether the connection goes on. An answer that declines is said again. */
static inline bool gateway_answer(const struct gateway *gateway, int fd)
{
    size_t length = strlen(gateway->body);
    if (gateway->status == SAYS_NOTHING) {
        char byte;
        return read(fd, &byte, 1) > 0;
    }
    if (gateway->status == CUT)
        dprintf(fd, "HTTP/1.1 200 X\r\nContent-Length: %zu\r\n\r\n%s",
                length + 1, gateway->body);
    else if (gateway->status != HANGS_UP)
        dprintf(fd, "HTTP/1.1 %d X\r\n%sContent-Length: %zu\r\n\r\n%s",
                gateway->status,
                gateway->status == 402 ? "Idempotent-Replayed: true\r\n" : "",
                length, gateway->body);
    return gateway->status > 0;
}

static inline void *gateway_serve(void *context)
{
    struct gateway *gateway = context;
    int fd;
    while ((fd = accept(gateway->listener, NULL, NULL)) >= 0) {
        struct timeval limit = {.tv_sec = 10};
        setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
        while (gateway_hear(gateway, fd) && gateway_answer(gateway, fd))
            ;
        close(fd);
    }
    return NULL;
}

static inline void gateway_start(struct gateway *gateway)
{
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    struct sockaddr *any = (struct sockaddr *)&address;
    socklen_t length = sizeof address;
    *gateway = (struct gateway){.body = ""};
    gateway->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_int_equal(bind(gateway->listener, any, length), 0);
    assert_int_equal(listen(gateway->listener, 8), 0);
    assert_int_equal(getsockname(gateway->listener, any, &length), 0);
    snprintf(gateway->base_url, sizeof gateway->base_url, "http://127.0.0.1:%d",
             ntohs(address.sin_port));
    gateway->stripe = (struct stripe){.pool = transfer_pool_create(2),
                                      .base_url = gateway->base_url,
                                      .key = "sk_test_secret"};
    assert_int_equal(
        pthread_create(&gateway->thread, NULL, gateway_serve, gateway), 0);
}

static inline void gateway_stop(struct gateway *gateway)
{
    transfer_pool_destroy(gateway->stripe.pool);
    shutdown(gateway->listener, SHUT_RDWR);
    pthread_join(gateway->thread, NULL);
    close(gateway->listener);
}

/* What a call was answered: its outcome, then what else was said. */
struct result {
    int done;
    enum stripe_outcome outcome;
    bool replayed;
    char text[1024];   /* cut */
    char message[256]; /* "-": NULL */
};

static inline void result_add(struct result *result, const char *name,
                              const char *value)
{
    size_t length = strlen(result->text);
    if (value != NULL)
        snprintf(result->text + length, sizeof result->text - length, " %s%s",
                 name, value);
}

static inline void result_keep(void *context,
                               const struct stripe_answer *answer)
{
    static const char *const outcomes[] = {"succeeded", "failed", "action",
                                           "unsent", "unknown"};
    struct result *result = context;
    result->done++;
    result->outcome = answer->outcome;
    result->replayed = answer->replayed;
    snprintf(result->text, sizeof result->text, "%s",
             outcomes[answer->outcome]);
    result_add(result, "", answer->id);
    result_add(result, "charge=", answer->intent.charge_id);
    result_add(result, "url=", answer->url);
    result_add(result, "code=", answer->code);
    result_add(result, "status=", answer->status);
    for (size_t i = 0; answer->intents != NULL && i < answer->count; i++)
        result_add(result, "", answer->intents[i].id);
    for (size_t i = 0; answer->events != NULL && i < answer->count; i++)
        result_add(result, "", answer->events[i].body);
    result_add(result, "", answer->more ? "more" : NULL);
    snprintf(result->message, sizeof result->message, "%s",
             answer->message != NULL ? answer->message : "-");
}

/* Until the call is answered. */
static inline void gateway_run(const struct gateway *gateway,
                               const struct result *result)
{
    int64_t limit = clock_boot_ms() + 20000;
    while (transfer_pending(gateway->stripe.pool) > 0) {
        assert_true(clock_boot_ms() < limit);
        transfer_wait(gateway->stripe.pool, NULL, 0, 1000);
    }
    assert_int_equal(result->done, 1);
}

struct expected {
    int status;
    const char *body;
    const char *text;
};

/* Each answer is taken for what the table says. */
static inline void gateway_check(void (*call)(const struct stripe *,
                                              struct result *),
                                 const struct expected *cases, size_t count)
{
    struct gateway gateway;
    gateway_start(&gateway);
    for (size_t i = 0; i < count; i++) {
        struct result result = {0};
        gateway.body = cases[i].body;
        gateway.status = cases[i].status;
        gateway.stripe.timeout_ms = cases[i].status == SAYS_NOTHING ? 1000 : 0;
        call(&gateway.stripe, &result);
        gateway_run(&gateway, &result);
        if (strcmp(result.text, cases[i].text) != 0)
            print_error("answered %d %.200s\n", cases[i].status, cases[i].body);
        assert_string_equal(result.text, cases[i].text);
        assert_int_equal(result.replayed, cases[i].status == 402);
        if (result.outcome == STRIPE_SUCCEEDED ||
            result.outcome == STRIPE_ACTION)
            assert_string_equal(result.message, "-");
        else
            assert_string_not_equal(result.message, "-");
        assert_null(strstr(result.message, "secret_"));
    }
    gateway_stop(&gateway);
}

#define CHECK(call, cases)                                                     \
    gateway_check(call, cases, sizeof cases / sizeof *cases)
#define ERROR(members) "{\"error\":{" members ",\"message\":\"No.\"}}"
#define INVALID(code)                                                          \
    ERROR("\"type\":\"invalid_request_error\",\"code\":\"" code "\"")

#endif
