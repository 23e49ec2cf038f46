/* Mails of lib/adapter/transfer/transfer.h against a server on loopback. */
#define _GNU_SOURCE
#include "tests/unit/loopback.h"

#define NEAR "127.0.0.1"
/* It leads here as well, but is not known to. */
#define FAR "0.0.0.0"

/* host: with a user before it, or none. */
static void mail_to(struct transfer_pool *pool, const struct server *server,
                    const char *host, const char *to, struct result *result)
{
    char url[64];
    snprintf(url, sizeof url, "smtp://%s:%d", host, server->port);
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
            mail_to(pool, &server, NEAR, "ann@example.org", &result);
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
        mail_to(pool, &server, NEAR, "ann@example.org", &result);
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
        mail_to(pool, &server, NEAR, bad[i], &result);
        check(&result, TRANSFER_NOT_SENT, 553);
        assert_string_not_equal(result.detail, "");
    }
    stop(pool, &server);
    assert_int_equal(server.connections, 0);
}

static void what_a_reply_is_about_is_told(void **state)
{
    (void)state;
    static const struct {
        enum step step;
        enum transfer_step about;
    } cases[] = {{GREETING, TRANSFER_STEP_SERVER},
                 {MAIL, TRANSFER_STEP_SENDER},
                 {RCPT, TRANSFER_STEP_RECIPIENT},
                 {DATA, TRANSFER_STEP_MESSAGE},
                 {TAKEN, TRANSFER_STEP_MESSAGE}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct server server;
        struct result result;
        const char *replies[STEPS];
        memcpy(replies, good_mail, sizeof replies);
        replies[cases[i].step] = "550 no\r\n";
        start(&server, (struct part){.mail = replies});
        struct transfer_pool *pool = transfer_pool_create(1);
        mail_to(pool, &server, NEAR, "ann@example.org", &result);
        assert_int_equal(result.status, 550);
        assert_int_equal(result.step, cases[i].about);
        stop(pool, &server);
    }
}

/* What the server says to EHLO, and whether the password is said to it. */
static bool says_password(const char *host, const char *ehlo)
{
    const char *replies[STEPS];
    memcpy(replies, good_mail, sizeof replies);
    replies[EHLO] = ehlo;
    struct server server;
    struct result result;
    start(&server, (struct part){.mail = replies});
    struct transfer_pool *pool = transfer_pool_create(1);
    mail_to(pool, &server, host, "ann@example.org", &result);
    assert_int_equal(result.outcome, TRANSFER_NOT_SENT);
    stop(pool, &server);
    return strstr(server.seen, "AUTH") != NULL;
}

static void a_password_stays_off_an_open_line(void **state)
{
    (void)state;
    static const char *const ehlo[] = {
        "250-hi\r\n250 AUTH PLAIN LOGIN\r\n",
        "250-hi\r\n250-STARTTLS\r\n250 AUTH PLAIN LOGIN\r\n"};
    for (size_t i = 0; i < 2; i++) {
        assert_false(says_password("me:secret@" FAR, ehlo[i]));
        /* It leaves no machine. The script answers STARTTLS with 221. */
        assert_true(says_password("me:secret@" NEAR, ehlo[i]));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(mail_is_delivered),
        cmocka_unit_test(mail_is_judged_by_the_last_reply),
        cmocka_unit_test(bad_addresses_never_reach_the_wire),
        cmocka_unit_test(what_a_reply_is_about_is_told),
        cmocka_unit_test(a_password_stays_off_an_open_line),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
