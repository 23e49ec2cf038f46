/* Requests that may be sent twice (lib/web/idempotent.h), for an application
 * that keeps one answer in its hand. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "lib/web/auth.h"
#include "lib/web/idempotent.h"

static struct arena arena;
static const char *asker_id;
static int finds;

static struct {
    bool full;
    struct idempotent asked;
    struct idempotent_answer answer;
} kept;

static void who(struct web *web, const struct request *request,
                struct asker *out)
{
    (void)web;
    (void)request;
    out->id = asker_id;
    out->name = "somebody";
}

static enum idempotent_outcome
find(struct db *db, const struct idempotent *asked, int64_t now_ms,
     struct idempotent_answer *out, struct arena *unused)
{
    (void)db;
    (void)now_ms;
    (void)unused;
    finds++;
    if (!kept.full || strcmp(kept.asked.space, asked->space) != 0 ||
        strcmp(kept.asked.key, asked->key) != 0)
        return IDEMPOTENT_NEW;
    *out = kept.answer;
    return strcmp(kept.asked.body_hash, asked->body_hash) == 0
               ? IDEMPOTENT_REPLAY
               : IDEMPOTENT_OTHER_BODY;
}

static void bind(struct db *db, const struct idempotent *asked,
                 const struct idempotent_answer *answer, int64_t now_ms)
{
    (void)db;
    (void)now_ms;
    kept.full = true;
    kept.asked = *asked;
    kept.answer = *answer;
    kept.answer.body = arena_string(&arena, answer->body);
}

static const struct idempotent_store answers = {.find = find, .bind = bind};
static const struct web_app app = {.who = who, .answers = &answers};
static int no_database;
static struct web web = {.app = &app, .writer = (struct db *)&no_database};

static int setup(void **state)
{
    (void)state;
    arena = arena_create(1 << 20);
    crypto_open();
    kept.full = false;
    finds = 0;
    asker_id = "token:1";
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    arena_destroy(&arena);
    return 0;
}

static struct reply fresh_reply(void)
{
    return (struct reply){.headers = text_create(&arena, 64),
                          .body = text_create(&arena, 64)};
}

/* What a request with this header and body comes to: its answer's status, or 0
 * when it is to be carried out; it is then bound to "made". key NULL: without
 * the header. */
static int ask(const char *key, const char *scope, const char *body,
               struct reply *reply)
{
    char *variables[] = {
        key == NULL ? NULL
                    : arena_printf(&arena, "HTTP_IDEMPOTENCY_KEY=%s", key),
        NULL};
    struct request request = {.arena = &arena,
                              .id = "r",
                              .variables = variables,
                              .body = body,
                              .body_length = strlen(body)};
    struct idempotent own;
    *reply = fresh_reply();
    int status = idempotent_read(&web, &request, reply, scope, &own);
    if (status == WEB_GO_ON)
        status = idempotent_replay(&web, &request, reply, &own, 0);
    if (status != 0)
        return status;
    text_puts(&reply->body, "made");
    idempotent_bind(&web, reply, &own, 201, "/here", 0);
    return 0;
}

static void keys_are_visible_ascii(void **state)
{
    (void)state;
    char key[IDEMPOTENT_MAX_KEY + 2];
    memset(key, 'k', sizeof key);
    key[IDEMPOTENT_MAX_KEY + 1] = '\0';
    assert_false(idempotent_key_ok(key));
    key[IDEMPOTENT_MAX_KEY] = '\0';
    assert_true(idempotent_key_ok(key));
    assert_true(idempotent_key_ok("!"));
    static const char *const bad[] = {"",    " ",    "a b",
                                      "a\n", "\x7f", "\xc3\xa9"};
    struct reply reply;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        assert_false(idempotent_key_ok(bad[i]));
        assert_int_equal(ask(bad[i], "", "{}", &reply), 400);
    }
    assert_int_equal(finds, 0);
}

static void without_a_key_each_is_carried_out(void **state)
{
    (void)state;
    struct reply reply;
    assert_int_equal(ask(NULL, "", "{}", &reply), 0);
    assert_int_equal(ask(NULL, "", "{}", &reply), 0);
    assert_int_equal(finds, 0);
    assert_false(kept.full);
}

static void the_same_again_gets_the_same_answer(void **state)
{
    (void)state;
    struct reply reply;
    assert_int_equal(ask("k", "", "{}", &reply), 0);
    assert_int_equal(ask("k", "", "{}", &reply), 201);
    assert_string_equal(reply.body.bytes, "made");
    assert_string_equal(reply.headers.bytes,
                        "Location: /here\r\nIdempotent-Replayed: true\r\n");
}

static void another_body_scope_or_asker_is_another_request(void **state)
{
    (void)state;
    struct reply reply;
    assert_int_equal(ask("k", "refund 1\n", "{}", &reply), 0);
    assert_int_equal(ask("k", "refund 1\n", "{ }", &reply), 422);
    assert_non_null(strstr(reply.body.bytes, "with another body"));
    assert_int_equal(ask("k", "refund 2\n", "{}", &reply), 422);
    assert_int_equal(ask("K", "refund 1\n", "{}", &reply), 0);
    asker_id = "token:2";
    assert_int_equal(ask("K", "refund 1\n", "{}", &reply), 0);
}

/* What a form comes to; *status as idempotent_find sets it, or the refusal. */
static enum idempotent_outcome send_form(const char *body, int *status,
                                         struct reply *reply)
{
    struct request request = {.arena = &arena, .id = "r"};
    struct form form;
    const char *fault;
    struct idempotent own;
    *reply = fresh_reply();
    assert_true(form_read(&arena, body, strlen(body), &form, &fault));
    *status =
        idempotent_read_form(&web, &request, reply, "refund 1", &form, &own);
    if (*status != WEB_GO_ON)
        return IDEMPOTENT_NEW;
    enum idempotent_outcome outcome =
        idempotent_find(&web, &request, reply, &own, 0, status);
    if (outcome == IDEMPOTENT_NEW)
        idempotent_bind(&web, reply, &own, 303, "/back", 0);
    return outcome;
}

static void a_form_sent_twice_is_carried_out_once(void **state)
{
    (void)state;
    struct reply reply;
    int status;
    assert_int_equal(send_form("csrf=a&key=k&amount=5", &status, &reply),
                     IDEMPOTENT_NEW);
    assert_int_equal(status, 0);
    /* Its session may be another by now. */
    assert_int_equal(send_form("csrf=b&key=k&amount=5", &status, &reply),
                     IDEMPOTENT_REPLAY);
    assert_int_equal(status, 303);
    assert_string_equal(reply.body.bytes, "");
    assert_non_null(strstr(reply.headers.bytes, "Location: /back\r\n"));
    assert_int_equal(send_form("csrf=a&key=k&amount=6", &status, &reply),
                     IDEMPOTENT_OTHER_BODY);
    assert_int_equal(send_form("csrf=a&key=l&amount=5", &status, &reply),
                     IDEMPOTENT_NEW);
    /* No header's key can be the same. */
    assert_false(idempotent_key_ok(kept.asked.key));
}

static void a_form_without_a_key_is_refused(void **state)
{
    (void)state;
    static const char *const bad[] = {"amount=5", "key=&amount=5",
                                      "key=a+b&amount=5"};
    struct reply reply;
    int status;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        send_form(bad[i], &status, &reply);
        assert_int_equal(status, 400);
    }
    assert_int_equal(finds, 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(keys_are_visible_ascii),
        TEST(without_a_key_each_is_carried_out),
        TEST(the_same_again_gets_the_same_answer),
        TEST(another_body_scope_or_asker_is_another_request),
        TEST(a_form_sent_twice_is_carried_out_once),
        TEST(a_form_without_a_key_is_refused)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
