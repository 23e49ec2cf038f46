/* A server on loopback for tests of transfer.h: it speaks a script of HTTP or
 * SMTP in a thread of its own. */
#ifndef TESTS_UNIT_LOOPBACK_H
#define TESTS_UNIT_LOOPBACK_H

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

#include "lib/adapter/transfer/transfer.h"
#include "lib/base/time/clock.h"

enum { SEEN_MAX = 65536, LONG_MS = 5000, SHORT_MS = 300, MANY = 99 };

/* What a mail server says at each step; NULL: it hangs up instead. TAKEN is
 * said to the whole message. */
enum step { GREETING, EHLO, MAIL, RCPT, DATA, TAKEN, STEPS };
__attribute__((unused)) static const char *const good_mail[STEPS] = {
    "220 hi\r\n",     "250-hi\r\n250 SIZE 99999\r\n",
    "250 sender\r\n", "250 recipient\r\n",
    "354 go on\r\n",  "250 queued as 7\r\n"};

struct part {
    const char *const *mail; /* NULL: it speaks HTTP, as follows */
    const char *end;         /* of a request; NULL: an empty line */
    const char *reply;       /* to each request */
    const char *flood;       /* sent over and over after the reply */
    int requests;            /* heard on a connection before it is cut */
    bool once;               /* nobody listens after the first request; a
                                mail server hangs up once it has a mail */
};

struct server {
    struct part part;
    int listener;
    int port;
    pthread_t thread;
    int connections;
    char seen[SEEN_MAX];
    size_t length;
};

/* Keeps what arrives up to end; false when the connection ends before. */
static inline bool hear(struct server *server, int fd, const char *end)
{
    const char *start = server->seen + server->length;
    while (server->length < SEEN_MAX - 1) {
        if (read(fd, server->seen + server->length, 1) != 1)
            return false;
        server->length++;
        if (strstr(start, end) != NULL)
            return true;
    }
    return false;
}

static inline bool say(int fd, const char *bytes)
{
    return send(fd, bytes, strlen(bytes), MSG_NOSIGNAL) > 0;
}

static inline void speak_http(struct server *server, int fd)
{
    const struct part *part = &server->part;
    for (int i = 0; i < part->requests; i++) {
        if (!hear(server, fd, part->end != NULL ? part->end : "\r\n\r\n"))
            return;
        if (part->once)
            shutdown(server->listener, SHUT_RDWR);
        if (!part->once || i == 0)
            say(fd, part->reply);
        while (part->flood != NULL && say(fd, part->flood))
            usleep(strlen(part->flood) > 1 ? 0 : 10000);
    }
}

static inline void speak_smtp(struct server *server, int fd)
{
    static const char *const commands[] = {[EHLO] = "EHLO",
                                           [MAIL] = "MAIL",
                                           [RCPT] = "RCPT",
                                           [DATA] = "DATA",
                                           [TAKEN] = "Subj"};
    const char *reply = server->part.mail[GREETING];
    while (reply != NULL && say(fd, reply)) {
        if (server->part.once && reply == server->part.mail[TAKEN])
            return;
        bool message = strncmp(reply, "354", 3) == 0;
        const char *start = server->seen + server->length;
        if (!hear(server, fd, message ? "\r\n.\r\n" : "\r\n"))
            return;
        reply = "221 bye\r\n";
        for (int step = EHLO; step < STEPS; step++)
            if (strncmp(start, commands[step], 4) == 0)
                reply = server->part.mail[step];
    }
}

static inline void *serve(void *context)
{
    struct server *server = context;
    int fd;
    while ((fd = accept(server->listener, NULL, NULL)) >= 0) {
        server->connections++;
        struct timeval limit = {.tv_sec = 10};
        setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
        if (server->part.mail != NULL)
            speak_smtp(server, fd);
        else
            speak_http(server, fd);
        close(fd);
    }
    return NULL;
}

static inline void start(struct server *server, struct part part)
{
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    struct sockaddr *any = (struct sockaddr *)&address;
    socklen_t length = sizeof address;
    *server = (struct server){.part = part};
    server->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_int_equal(bind(server->listener, any, length), 0);
    assert_int_equal(listen(server->listener, 8), 0);
    assert_int_equal(getsockname(server->listener, any, &length), 0);
    server->port = ntohs(address.sin_port);
    assert_int_equal(pthread_create(&server->thread, NULL, serve, server), 0);
}

/* The pool first, so that the server waits for nothing more from it. */
static inline void stop(struct transfer_pool *pool, struct server *server)
{
    transfer_pool_destroy(pool);
    shutdown(server->listener, SHUT_RDWR);
    pthread_join(server->thread, NULL);
    close(server->listener);
}

struct result {
    int done;
    enum transfer_outcome outcome;
    enum transfer_step step;
    int status;
    bool timed_out;
    bool replayed;
    char body[256];
    char detail[256];
};

static inline void keep(void *context, const struct transfer_answer *answer)
{
    struct result *result = context;
    result->done++;
    result->outcome = answer->outcome;
    result->step = answer->step;
    result->status = answer->status;
    result->timed_out = answer->timed_out;
    result->replayed = answer->replayed;
    assert_int_equal(strlen(answer->body), answer->length);
    snprintf(result->body, sizeof result->body, "%s", answer->body);
    snprintf(result->detail, sizeof result->detail, "%s", answer->detail);
}

static inline void run(struct transfer_pool *pool)
{
    int64_t limit = clock_boot_ms() + 20000;
    while (transfer_pending(pool) > 0) {
        assert_true(clock_boot_ms() < limit);
        transfer_wait(pool, NULL, 0, 1000);
    }
}

static inline void check(const struct result *result,
                         enum transfer_outcome outcome, int status)
{
    assert_int_equal(result->done, 1);
    assert_int_equal(result->outcome, outcome);
    assert_int_equal(result->status, status);
}

static inline void get(struct transfer_pool *pool, const char *scheme, int port,
                       int64_t timeout_ms, struct result *result)
{
    char url[64];
    snprintf(url, sizeof url, "%s://127.0.0.1:%d/x", scheme, port);
    *result = (struct result){0};
    struct transfer_http request = {.method = "GET",
                                    .url = url,
                                    .timeout_ms = timeout_ms,
                                    .max_answer = 1000};
    transfer_http(pool, &request, keep, result);
}

static inline struct result get_from(struct part part, const char *scheme,
                                     int64_t timeout_ms)
{
    struct server server;
    struct result result;
    start(&server, part);
    struct transfer_pool *pool = transfer_pool_create(2);
    get(pool, scheme, server.port, timeout_ms, &result);
    run(pool);
    stop(pool, &server);
    return result;
}

#define OK "HTTP/1.1 200 OK\r\n"
__attribute__((unused)) static const struct part good = {
    .reply = OK "Content-Length: 5\r\n\r\nhello", .requests = MANY};
__attribute__((unused)) static const struct part silent = {.reply = "",
                                                           .requests = MANY};

#endif
