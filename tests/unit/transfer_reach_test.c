/* Which addresses and which servers a call of lib/adapter/transfer/transfer.h
 * may reach: public ones alone, and those with a certificate it trusts. */
#define _GNU_SOURCE
#include "tests/unit/loopback.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>

#include "tests/unit/scratch.h"

static bool is_public(const char *text)
{
    struct sockaddr_storage any = {0};
    struct sockaddr_in v4 = {.sin_family = AF_INET};
    struct sockaddr_in6 v6 = {.sin6_family = AF_INET6};
    if (inet_pton(AF_INET, text, &v4.sin_addr) == 1)
        memcpy(&any, &v4, sizeof v4);
    else if (inet_pton(AF_INET6, text, &v6.sin6_addr) == 1)
        memcpy(&any, &v6, sizeof v6);
    else
        fail_msg("%s is no address", text);
    return transfer_address_is_public((const struct sockaddr *)&any);
}

/* Both ends of every block, and what lies just beside it. */
static const char *const yes[] = {"1.0.0.0",         "1.1.1.1",
                                  "9.255.255.255",   "11.0.0.0",
                                  "100.63.255.255",  "100.128.0.0",
                                  "126.255.255.255", "128.0.0.0",
                                  "169.253.255.255", "169.255.0.0",
                                  "172.15.255.255",  "172.32.0.0",
                                  "191.255.255.255", "192.0.1.0",
                                  "192.0.3.0",       "192.88.98.255",
                                  "192.88.100.0",    "192.167.255.255",
                                  "192.169.0.0",     "198.17.255.255",
                                  "198.20.0.0",      "198.51.99.255",
                                  "198.51.101.0",    "203.0.112.255",
                                  "203.0.114.0",     "223.255.255.255",
                                  "2001:200::",      "2001:db7:ffff::1",
                                  "2001:db9::",      "2003::1",
                                  "2a00:1450::1",    "3ffe:ffff::",
                                  "3fff:1000::",     "2606:4700:4700::1111",
                                  "::ffff:1.1.1.1",  "64:ff9b::8.8.8.8"};
static const char *const no[] = {"0.0.0.0",
                                 "0.255.255.255",
                                 "10.0.0.0",
                                 "10.255.255.255",
                                 "100.64.0.0",
                                 "100.127.255.255",
                                 "127.0.0.1",
                                 "127.255.255.255",
                                 "169.254.0.0",
                                 "169.254.169.254",
                                 "169.254.255.255",
                                 "172.16.0.0",
                                 "172.31.255.255",
                                 "192.0.0.0",
                                 "192.0.0.255",
                                 "192.0.2.255",
                                 "192.88.99.1",
                                 "192.168.0.0",
                                 "192.168.255.255",
                                 "198.18.0.0",
                                 "198.19.255.255",
                                 "198.51.100.1",
                                 "203.0.113.255",
                                 "224.0.0.1",
                                 "239.255.255.255",
                                 "240.0.0.0",
                                 "255.255.255.255",
                                 "::",
                                 "::1",
                                 "::1.1.1.1",
                                 "::ffff:127.0.0.1",
                                 "::ffff:10.0.0.1",
                                 "::ffff:169.254.169.254",
                                 "::ffff:0:1.1.1.1",
                                 "64:ff9b::127.0.0.1",
                                 "64:ff9b::192.168.1.1",
                                 "64:ff9b:1::1.1.1.1",
                                 "100::1",
                                 "1fff:ffff::",
                                 "2001::1",
                                 "2001:1ff:ffff::",
                                 "2001:db8::1",
                                 "2001:db8:ffff::",
                                 "2002:7f00:1::1",
                                 "2002:101:101::1",
                                 "3fff::1",
                                 "3fff:fff:ffff::",
                                 "4000::",
                                 "5f00::1",
                                 "fc00::1",
                                 "fdff:ffff::1",
                                 "fe80::1",
                                 "febf:ffff::1",
                                 "fec0::1",
                                 "ff02::1"};

static void addresses_are_public_or_not(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof yes / sizeof yes[0]; i++)
        if (!is_public(yes[i]))
            fail_msg("%s", yes[i]);
    for (size_t i = 0; i < sizeof no / sizeof no[0]; i++)
        if (is_public(no[i]))
            fail_msg("%s", no[i]);
    struct sockaddr other = {.sa_family = AF_UNIX};
    assert_false(transfer_address_is_public(&other));
}

static struct result call(struct transfer_pool *pool, const char *scheme,
                          const char *host, int port, enum transfer_reach reach,
                          const char *ca_file)
{
    struct result result = {0};
    char url[100];
    snprintf(url, sizeof url, "%s://%s:%d/x", scheme, host, port);
    struct transfer_http request = {.method = "GET",
                                    .url = url,
                                    .timeout_ms = LONG_MS,
                                    .max_answer = 100000,
                                    .reach = reach,
                                    .ca_file = ca_file};
    transfer_http(pool, &request, keep, &result);
    run(pool);
    return result;
}

static void public_only_stays_out_of_the_house(void **state)
{
    (void)state;
    static const char *const hosts[] = {
        "127.0.0.1",  "localhost", "127.1", "2130706433",         "0x7f.1",
        "0177.0.0.1", "0.0.0.0",   "[::1]", "[::ffff:127.0.0.1]", "[::]"};
    struct server server;
    start(&server, good);
    struct transfer_pool *pool = transfer_pool_create(2);
    char proxy[64];
    snprintf(proxy, sizeof proxy, "http://127.0.0.1:%d", server.port);
    setenv("http_proxy", proxy, 1); /* no way round either */
    setenv("all_proxy", proxy, 1);
    for (size_t i = 0; i < sizeof hosts / sizeof hosts[0]; i++) {
        struct result result =
            call(pool, "http", hosts[i], server.port, TRANSFER_PUBLIC, NULL);
        check(&result, TRANSFER_NOT_SENT, 0);
        assert_false(result.timed_out);
        assert_string_equal(result.detail,
                            "the host's address is not a public one");
    }
    unsetenv("http_proxy");
    unsetenv("all_proxy");
    /* Nor over a connection that another call left open. */
    struct result result =
        call(pool, "http", "127.0.0.1", server.port, TRANSFER_ANYWHERE, NULL);
    check(&result, TRANSFER_ANSWERED, 200);
    result =
        call(pool, "http", "127.0.0.1", server.port, TRANSFER_PUBLIC, NULL);
    check(&result, TRANSFER_NOT_SENT, 0);
    assert_string_equal(result.detail,
                        "the host's address is not a public one");
    stop(pool, &server);
    assert_int_equal(server.connections, 1);
    const char *first = strstr(server.seen, "GET");
    assert_non_null(first);
    assert_null(strstr(first + 1, "GET"));
}

/* Addresses that reach this machine, too, where they are no loopback ones. */
static void loopback_only_stays_on_this_machine(void **state)
{
    (void)state;
    static const char *const outside[] = {"0.0.0.0", "[::]",
                                          "[::ffff:127.0.0.1]"};
    struct server server;
    start(&server, good);
    struct transfer_pool *pool = transfer_pool_create(2);
    struct result result =
        call(pool, "http", "127.1", server.port, TRANSFER_LOOPBACK, NULL);
    check(&result, TRANSFER_ANSWERED, 200);
    for (size_t i = 0; i < sizeof outside / sizeof outside[0]; i++) {
        result = call(pool, "http", outside[i], server.port, TRANSFER_LOOPBACK,
                      NULL);
        check(&result, TRANSFER_NOT_SENT, 0);
        assert_string_equal(result.detail,
                            "the host's address is not this machine's own");
    }
    stop(pool, &server);
    assert_int_equal(server.connections, 1);
}

static pid_t spawn(const char *const *arguments, const char *folder, int in,
                   int out)
{
    pid_t pid = fork();
    if (pid == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL); /* also when the test fails */
        close(2);                         /* it tells of every refusal */
        if (open("/dev/null", O_WRONLY) == 2 && chdir(folder) == 0 &&
            dup2(in, 0) == 0 && dup2(out, 1) == 1)
            execvp(arguments[0], (char *const *)(uintptr_t)arguments);
        _exit(127);
    }
    assert_true(pid > 0);
    return pid;
}

/* A server with a certificate nobody knows, cert.pem in the folder. */
static pid_t start_tls(const char *folder, int keep_open[2], int *port)
{
    static const char *const make[] = {"openssl",
                                       "req",
                                       "-x509",
                                       "-newkey",
                                       "ec",
                                       "-pkeyopt",
                                       "ec_paramgen_curve:P-256",
                                       "-nodes",
                                       "-subj",
                                       "/CN=shop",
                                       "-addext",
                                       "subjectAltName=IP:127.0.0.1",
                                       "-keyout",
                                       "key.pem",
                                       "-out",
                                       "cert.pem",
                                       "-batch",
                                       NULL};
    static const char *const serve_it[] = {
        "openssl", "s_server", "-accept",  "127.0.0.1:0", "-key",
        "key.pem", "-cert",    "cert.pem", "-www",        NULL};
    int status, out[2];
    assert_int_equal(waitpid(spawn(make, folder, 0, 1), &status, 0) > 0, 1);
    assert_int_equal(status, 0);
    assert_int_equal(pipe2(out, O_CLOEXEC), 0);
    assert_int_equal(pipe2(keep_open, O_CLOEXEC), 0);
    pid_t pid = spawn(serve_it, folder, keep_open[0], out[1]);
    close(out[1]);
    FILE *lines = fdopen(out[0], "r");
    char line[200];
    *port = 0;
    while (*port == 0 && fgets(line, sizeof line, lines) != NULL)
        sscanf(line, "ACCEPT 127.0.0.1:%d", port);
    fclose(lines);
    assert_int_not_equal(*port, 0);
    return pid;
}

static void a_ca_file_is_trusted_for_its_call(void **state)
{
    (void)state;
    char folder[SCRATCH_SIZE], ca_file[SCRATCH_SIZE + 20];
    int port, in[2];
    scratch_make(folder);
    pid_t pid = start_tls(folder, in, &port);
    struct transfer_pool *pool = transfer_pool_create(1);
    const struct {
        const char *name;
        enum transfer_outcome outcome;
    } cases[] = {{NULL, TRANSFER_NOT_SENT},
                 {"cert.pem", TRANSFER_ANSWERED},
                 {NULL, TRANSFER_NOT_SENT},
                 {"none.pem", TRANSFER_NOT_SENT},
                 {"key.pem", TRANSFER_NOT_SENT}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        snprintf(ca_file, sizeof ca_file, "%s/%s", folder,
                 cases[i].name != NULL ? cases[i].name : "");
        struct result result =
            call(pool, "https", "127.0.0.1", port, TRANSFER_ANYWHERE,
                 cases[i].name != NULL ? ca_file : NULL);
        check(&result, cases[i].outcome,
              cases[i].outcome == TRANSFER_ANSWERED ? 200 : 0);
        assert_false(result.timed_out);
    }
    transfer_pool_destroy(pool);
    kill(pid, SIGKILL);
    waitpid(pid, NULL, 0);
    close(in[0]);
    close(in[1]);
    scratch_remove(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(addresses_are_public_or_not),
        cmocka_unit_test(public_only_stays_out_of_the_house),
        cmocka_unit_test(loopback_only_stays_on_this_machine),
        cmocka_unit_test(a_ca_file_is_trusted_for_its_call),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
