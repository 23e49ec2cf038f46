/* lib/adapter/transfer.h against a loopback server that plays a part, one
 * connection after the other, in a thread of its own. */
#define _GNU_SOURCE
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

#include "lib/adapter/transfer.h"
#include "lib/base/clock.h"

enum { SEEN_MAX = 65536, LONG_MS = 5000, SHORT_MS = 300, MANY = 99 };

/* What a mail server says at each step; NULL: it hangs up instead. TAKEN is
 * said to the whole message. */
enum step { GREETING, EHLO, MAIL, RCPT, DATA, TAKEN, STEPS };
static const char *const good_mail[STEPS] = {
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
static bool hear(struct server *server, int fd, const char *end)
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

static bool say(int fd, const char *bytes)
{
    return send(fd, bytes, strlen(bytes), MSG_NOSIGNAL) > 0;
}

static void speak_http(struct server *server, int fd)
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

static void speak_smtp(struct server *server, int fd)
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

static void *serve(void *context)
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

static void start(struct server *server, struct part part)
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
static void stop(struct transfer_pool *pool, struct server *server)
{
    transfer_pool_destroy(pool);
    shutdown(server->listener, SHUT_RDWR);
    pthread_join(server->thread, NULL);
    close(server->listener);
}

struct result {
    int done;
    enum transfer_outcome outcome;
    int status;
    bool replayed;
    char body[256];
    char detail[256];
};

static void keep(void *context, const struct transfer_answer *answer)
{
    struct result *result = context;
    result->done++;
    result->outcome = answer->outcome;
    result->status = answer->status;
    result->replayed = answer->replayed;
    assert_int_equal(strlen(answer->body), answer->length);
    snprintf(result->body, sizeof result->body, "%s", answer->body);
    snprintf(result->detail, sizeof result->detail, "%s", answer->detail);
}

static void run(struct transfer_pool *pool)
{
    int64_t limit = clock_boot_ms() + 20000;
    while (transfer_pending(pool) > 0) {
        assert_true(clock_boot_ms() < limit);
        transfer_wait(pool, NULL, 0, 1000);
    }
}

static void check(const struct result *result, enum transfer_outcome outcome,
                  int status)
{
    assert_int_equal(result->done, 1);
    assert_int_equal(result->outcome, outcome);
    assert_int_equal(result->status, status);
}

static void get(struct transfer_pool *pool, const char *scheme, int port,
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

static struct result get_from(struct part part, const char *scheme,
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
static const struct part good = {.reply = OK "Content-Length: 5\r\n\r\nhello",
                                 .requests = MANY};
static const struct part silent = {.reply = "", .requests = MANY};

static void post_is_sent_and_answered(void **state)
{
    (void)state;
    struct server server;
    start(&server, (struct part){.end = "amount=100",
                                 .reply = "HTTP/1.1 402 No\r\n"
                                          "Idempotent-Replayed: true\r\n"
                                          "Transfer-Encoding: chunked\r\n\r\n"
                                          "3\r\nno,\r\n4\r\n no!\r\n0\r\n\r\n",
                                 .requests = MANY});
    struct transfer_pool *pool = transfer_pool_create(2);
    char url[64];
    snprintf(url, sizeof url, "http://127.0.0.1:%d/v1/x", server.port);
    const char *headers[] = {"Idempotency-Key: k-1", NULL};
    struct transfer_http request = {.method = "POST",
                                    .url = url,
                                    .headers = headers,
                                    .body = "amount=100",
                                    .body_length = 10,
                                    .user = "sk_test",
                                    .timeout_ms = LONG_MS,
                                    .max_answer = 7};
    setenv("http_proxy", "http://127.0.0.1:1", 1);
    for (int i = 0; i < 3; i++) {
        struct result result = {0};
        transfer_http(pool, &request, keep, &result);
        run(pool);
        check(&result, TRANSFER_ANSWERED, 402);
        assert_true(result.replayed);
        assert_string_equal(result.body, "no, no!");
    }
    unsetenv("http_proxy");
    stop(pool, &server);
    assert_int_equal(server.connections, 1);
    assert_non_null(strstr(server.seen, "POST /v1/x HTTP/1.1\r\n"));
    assert_non_null(strstr(server.seen, "Idempotency-Key: k-1\r\n"));
    assert_non_null(strstr(server.seen, "Basic c2tfdGVzdDo=\r\n"));
    assert_null(strstr(server.seen, "Expect"));
}

static void get_is_answered_and_no_redirect_followed(void **state)
{
    (void)state;
    struct result result = get_from(good, "http", LONG_MS);
    check(&result, TRANSFER_ANSWERED, 200);
    assert_false(result.replayed);
    assert_string_equal(result.body, "hello");
    struct part moved = {.reply = "HTTP/1.1 302 Found\r\nLocation: /y\r\n"
                                  "Content-Length: 0\r\n\r\n",
                         .requests = MANY};
    result = get_from(moved, "http", LONG_MS);
    check(&result, TRANSFER_ANSWERED, 302);
}

static void no_whole_answer_is_unknown(void **state)
{
    (void)state;
    static const struct {
        const char *reply, *flood;
        int64_t timeout_ms;
    } cases[] = {
        {"", NULL, LONG_MS},
        {"what?\r\n\r\n", NULL, LONG_MS},
        {OK "X: y\r\n", NULL, LONG_MS},
        {OK "Content-Length: 5\r\n\r\nhel", NULL, LONG_MS},
        {OK "Transfer-Encoding: chunked\r\n\r\n3\r\nhel", NULL, LONG_MS},
        {OK "Content-Length: 900\r\n\r\n", "x", SHORT_MS},
        {OK "\r\n", "much too much", LONG_MS},
        {OK, "X-Much: too much\r\n", LONG_MS},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct part part = {
            .reply = cases[i].reply, .flood = cases[i].flood, .requests = 1};
        struct result result = get_from(part, "http", cases[i].timeout_ms);
        check(&result, TRANSFER_UNKNOWN, i < 2 ? 0 : 200);
        assert_string_not_equal(result.detail, "");
    }
    struct result result = get_from(silent, "http", SHORT_MS);
    check(&result, TRANSFER_UNKNOWN, 0);
}

static void no_connection_is_not_sent(void **state)
{
    (void)state;
    struct server server;
    start(&server, silent);
    stop(transfer_pool_create(1), &server); /* nobody listens there now */
    struct transfer_pool *pool = transfer_pool_create(4);
    struct result results[4] = {0};
    get(pool, "http", server.port, LONG_MS, &results[0]);
    get(pool, "file", server.port, LONG_MS, &results[1]);
    get(pool, "ftp", server.port, LONG_MS, &results[2]);
    struct transfer_http nobody = {
        .method = "GET", .url = "http://nobody.invalid/", .timeout_ms = 2000};
    transfer_http(pool, &nobody, keep, &results[3]);
    assert_int_equal(transfer_pending(pool), 4);
    run(pool);
    transfer_pool_destroy(pool);
    for (size_t i = 0; i < 4; i++)
        check(&results[i], TRANSFER_NOT_SENT, 0);
    /* TLS that does not come about: bytes were sent, but no request. */
    struct part plain = {.end = "\x01", .reply = "what?", .requests = 1};
    struct result result = get_from(plain, "https", LONG_MS);
    check(&result, TRANSFER_NOT_SENT, 0);
    result = get_from(silent, "https", SHORT_MS);
    check(&result, TRANSFER_NOT_SENT, 0);
}

/* libcurl tries another connection then, which is refused; yet the request
 * may have been read on the first. */
static void a_kept_connection_that_dies_is_unknown(void **state)
{
    (void)state;
    struct server server;
    struct result result;
    struct part part = good;
    part.once = true;
    part.requests = 2;
    start(&server, part);
    struct transfer_pool *pool = transfer_pool_create(1);
    get(pool, "http", server.port, LONG_MS, &result);
    run(pool);
    check(&result, TRANSFER_ANSWERED, 200);
    get(pool, "http", server.port, LONG_MS, &result);
    run(pool);
    check(&result, TRANSFER_UNKNOWN, 0);
    stop(pool, &server);
}

static void a_waiting_call_keeps_its_whole_timeout(void **state)
{
    (void)state;
    struct server server, other;
    struct result first, second, third;
    start(&server, good);
    start(&other, silent);
    struct transfer_pool *pool = transfer_pool_create(1);
    get(pool, "http", other.port, LONG_MS / 5, &first);
    get(pool, "http", server.port, LONG_MS / 10, &second);
    get(pool, "http", server.port, LONG_MS / 10, &third);
    assert_int_equal(transfer_pending(pool), 3);
    run(pool);
    check(&first, TRANSFER_UNKNOWN, 0);
    check(&second, TRANSFER_ANSWERED, 200);
    check(&third, TRANSFER_ANSWERED, 200);
    stop(pool, &server);
    stop(transfer_pool_create(1), &other);
}

static void wait_sees_the_callers_fds(void **state)
{
    (void)state;
    struct server server;
    struct result result, waiting;
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    start(&server, silent);
    struct transfer_pool *pool = transfer_pool_create(1);
    struct pollfd fds = {.fd = ends[0], .events = POLLIN};
    transfer_wait(pool, &fds, 1, 0);
    assert_int_equal(fds.revents, 0);
    get(pool, "http", server.port, 60000, &result);
    get(pool, "http", server.port, 60000, &waiting);
    assert_int_equal(write(ends[1], "x", 1), 1);
    while (fds.revents == 0)
        transfer_wait(pool, &fds, 1, 20000);
    assert_int_equal(fds.revents, POLLIN);
    char byte;
    assert_int_equal(read(ends[0], &byte, 1), 1);
    close(ends[1]);
    fds.revents = 0;
    while (fds.revents == 0)
        transfer_wait(pool, &fds, 1, 20000);
    assert_int_equal(fds.revents, POLLHUP);
    close(ends[0]);
    stop(pool, &server); /* with one in flight and one waiting: no leak */
    assert_int_equal(result.done + waiting.done, 0);
}

static void mail_to(struct transfer_pool *pool, const struct server *server,
                    const char *user, const char *to, struct result *result)
{
    char url[64];
    snprintf(url, sizeof url, "smtp://%s127.0.0.1:%d", user, server->port);
    *result = (struct result){0};
    const char *message = "Subj: x\r\n\r\nhello\r\n.\r\n..two\r\n";
    struct transfer_mail mail = {.url = url,
                                 .from = "shop@localhost",
                                 .to = to,
                                 .bytes = message,
                                 .length = strlen(message),
                                 .timeout_ms = LONG_MS};
    transfer_mail(pool, &mail, keep, result);
    run(pool);
}

static void mail_is_delivered(void **state)
{
    (void)state;
    /* The second server is gone when QUIT is due: no failure. */
    for (int once = 0; once <= 1; once++) {
        struct server server;
        struct result result;
        start(&server, (struct part){.mail = good_mail, .once = once});
        struct transfer_pool *pool = transfer_pool_create(1);
        for (int i = 0; i < 2 - once; i++) {
            mail_to(pool, &server, "", "ann@example.org", &result);
            check(&result, TRANSFER_ANSWERED, 250);
            assert_string_equal(result.detail, "250 queued as 7");
            assert_string_equal(result.body, "");
        }
        stop(pool, &server);
        assert_int_equal(server.connections, 1);
        assert_non_null(strstr(server.seen, "MAIL FROM:<shop@localhost>"));
        assert_non_null(strstr(server.seen, "RCPT TO:<ann@example.org>\r\n"));
        assert_non_null(strstr(server.seen, "Subj: x\r\n\r\nhello\r\n"
                                            "..\r\n...two\r\n.\r\n"));
    }
}

static void mail_is_judged_by_the_last_reply(void **state)
{
    (void)state;
    static const struct {
        enum step step;
        const char *reply;
        enum transfer_outcome outcome;
        int status;
    } cases[] = {
        {GREETING, "554 not you\r\n", TRANSFER_NOT_SENT, 554},
        {GREETING, NULL, TRANSFER_NOT_SENT, 0},
        {MAIL, "451 later\r\n", TRANSFER_ANSWERED, 451},
        {RCPT, "550 no such user\r\n", TRANSFER_ANSWERED, 550},
        {RCPT, NULL, TRANSFER_NOT_SENT, 250},
        {DATA, "421 bye\r\n", TRANSFER_ANSWERED, 421},
        {DATA, NULL, TRANSFER_NOT_SENT, 250},
        {TAKEN, "452 full\r\n", TRANSFER_ANSWERED, 452},
        {TAKEN, "554-spam\r\n554 I say\r\n", TRANSFER_ANSWERED, 554},
        {TAKEN, NULL, TRANSFER_UNKNOWN, 354},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct server server;
        struct result result;
        const char *replies[STEPS];
        memcpy(replies, good_mail, sizeof replies);
        replies[cases[i].step] = cases[i].reply;
        start(&server, (struct part){.mail = replies});
        struct transfer_pool *pool = transfer_pool_create(1);
        mail_to(pool, &server, "", "ann@example.org", &result);
        check(&result, cases[i].outcome, cases[i].status);
        if (cases[i].status >= 400)
            assert_int_equal(atoi(result.detail), cases[i].status);
        stop(pool, &server);
    }
}

static void bad_addresses_never_reach_the_wire(void **state)
{
    (void)state;
    static const char *const bad[] = {"a@b.org\r\nRCPT TO:<c@d.org>",
                                      "a@b.org\nx",
                                      "a@b.org>",
                                      "<a@b.org",
                                      "a@b.org SIZE=1",
                                      ""};
    struct server server;
    struct result result;
    start(&server, (struct part){.mail = good_mail});
    struct transfer_pool *pool = transfer_pool_create(1);
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        mail_to(pool, &server, "", bad[i], &result);
        check(&result, TRANSFER_NOT_SENT, 553);
        assert_string_not_equal(result.detail, "");
    }
    stop(pool, &server);
    assert_int_equal(server.connections, 0);
}

static void a_password_stays_off_an_open_line(void **state)
{
    (void)state;
    const char *replies[STEPS];
    memcpy(replies, good_mail, sizeof replies);
    replies[EHLO] = "250-hi\r\n250 AUTH PLAIN LOGIN\r\n";
    struct server server;
    struct result result;
    start(&server, (struct part){.mail = replies});
    struct transfer_pool *pool = transfer_pool_create(1);
    mail_to(pool, &server, "me:secret@", "ann@example.org", &result);
    assert_int_equal(result.outcome, TRANSFER_NOT_SENT);
    stop(pool, &server);
    assert_null(strstr(server.seen, "AUTH"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(post_is_sent_and_answered),
        cmocka_unit_test(get_is_answered_and_no_redirect_followed),
        cmocka_unit_test(no_whole_answer_is_unknown),
        cmocka_unit_test(no_connection_is_not_sent),
        cmocka_unit_test(a_kept_connection_that_dies_is_unknown),
        cmocka_unit_test(a_waiting_call_keeps_its_whole_timeout),
        cmocka_unit_test(wait_sees_the_callers_fds),
        cmocka_unit_test(mail_is_delivered),
        cmocka_unit_test(mail_is_judged_by_the_last_reply),
        cmocka_unit_test(bad_addresses_never_reach_the_wire),
        cmocka_unit_test(a_password_stays_off_an_open_line),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
