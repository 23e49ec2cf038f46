/* HTTP calls of lib/adapter/transfer/transfer.h against a server on loopback.
 */
#define _GNU_SOURCE
#include "tests/unit/loopback.h"

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
        assert_int_equal(result.timed_out, cases[i].timeout_ms == SHORT_MS);
        assert_string_not_equal(result.detail, "");
    }
    struct result result = get_from(silent, "http", SHORT_MS);
    check(&result, TRANSFER_UNKNOWN, 0);
    assert_true(result.timed_out);
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
    assert_false(results[0].timed_out);
    /* TLS that does not come about: bytes were sent, but no request. */
    struct part plain = {.end = "\x01", .reply = "what?", .requests = 1};
    struct result result = get_from(plain, "https", LONG_MS);
    check(&result, TRANSFER_NOT_SENT, 0);
    result = get_from(silent, "https", SHORT_MS);
    check(&result, TRANSFER_NOT_SENT, 0);
    assert_true(result.timed_out);
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

enum { HANGING = 6, CALLS = 10 };

/* Notes when each call ended, by the order of their ending. */
struct ending {
    struct result result;
    int *ended;
    int place;
    int64_t at_ms;
};

static void keep_ending(void *context, const struct transfer_answer *answer)
{
    struct ending *ending = context;
    keep(&ending->result, answer);
    ending->place = (*ending->ended)++;
    ending->at_ms = clock_boot_ms();
}

static void a_host_that_hangs_holds_its_own_calls(void **state)
{
    (void)state;
    struct server server, other;
    int ended = 0;
    struct ending endings[CALLS];
    start(&server, (struct part){.reply = OK "Connection: close\r\n"
                                             "Content-Length: 0\r\n\r\n",
                                 .requests = 1});
    start(&other, silent);
    struct transfer_pool *pool = transfer_pool_create(4);
    transfer_pool_bound_hosts(pool, 2);
    for (int i = 0; i < CALLS; i++) {
        char url[64];
        /* One host whatever its spelling: the bound holds for all six. */
        static const char *const hosts[] = {"127.0.0.1", "127.1", "0x7f000001"};
        snprintf(url, sizeof url, "%s://%s:%d/%d", i % 2 ? "http" : "HTTP",
                 hosts[i % 3], i < HANGING ? other.port : server.port, i);
        endings[i] = (struct ending){.ended = &ended};
        struct transfer_http request = {.method = "GET",
                                        .url = url,
                                        .timeout_ms =
                                            i < HANGING ? SHORT_MS : LONG_MS,
                                        .max_answer = 100};
        transfer_http(pool, &request, keep_ending, &endings[i]);
    }
    int64_t begun_ms = clock_boot_ms();
    run(pool);
    for (int i = 0; i < CALLS; i++) {
        const struct ending *it = &endings[i];
        bool hung = i < HANGING;
        check(&it->result, hung ? TRANSFER_UNKNOWN : TRANSFER_ANSWERED,
              hung ? 0 : 200);
        assert_int_equal(it->result.timed_out, hung);
        /* Those that hang end two by two, each after its whole timeout. */
        int64_t soonest_ms = hung ? (i / 2 + 1) * SHORT_MS : 0;
        assert_true(it->at_ms - begun_ms >= soonest_ms);
        if (!hung)
            assert_true(it->place < CALLS - HANGING);
        else
            assert_int_equal(it->place / 2, (CALLS - HANGING + i) / 2);
    }
    /* In order: with two connections the first and the second may swap. */
    const char *last = strstr(server.seen, "/9 ");
    assert_non_null(last);
    assert_true(strstr(server.seen, "/6 ") < last);
    stop(pool, &server);
    stop(transfer_pool_create(1), &other);
}

static void calls_wait_in_the_order_of_their_coming(void **state)
{
    (void)state;
    struct server servers[2];
    int ended = 0;
    struct ending endings[HANGING];
    static const int to[HANGING] = {0, 1, 1, 0, 1, 0};
    for (int i = 0; i < 2; i++)
        start(&servers[i], good);
    struct transfer_pool *pool = transfer_pool_create(1);
    for (int i = 0; i < HANGING; i++) {
        char url[64];
        snprintf(url, sizeof url, "http://127.0.0.1:%d/", servers[to[i]].port);
        endings[i] = (struct ending){.ended = &ended};
        transfer_http(pool,
                      &(struct transfer_http){.method = "GET",
                                              .url = url,
                                              .timeout_ms = LONG_MS,
                                              .max_answer = 100},
                      keep_ending, &endings[i]);
    }
    run(pool);
    for (int i = 0; i < HANGING; i++) {
        check(&endings[i].result, TRANSFER_ANSWERED, 200);
        assert_int_equal(endings[i].place, i);
    }
    stop(pool, &servers[0]);
    stop(transfer_pool_create(1), &servers[1]);
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(post_is_sent_and_answered),
        cmocka_unit_test(get_is_answered_and_no_redirect_followed),
        cmocka_unit_test(no_whole_answer_is_unknown),
        cmocka_unit_test(no_connection_is_not_sent),
        cmocka_unit_test(a_kept_connection_that_dies_is_unknown),
        cmocka_unit_test(a_waiting_call_keeps_its_whole_timeout),
        cmocka_unit_test(a_host_that_hangs_holds_its_own_calls),
        cmocka_unit_test(calls_wait_in_the_order_of_their_coming),
        cmocka_unit_test(wait_sees_the_callers_fds),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
