/* Who asks the shop (lib/site/site.h, lib/web/auth.h), what the API lets him do
 * (lib/api/auth.h), and that forms are the session's own. */
#include "tests/unit/shop_fixture.h"

#include "lib/api/auth.h"
#include "lib/base/system/wake.h"
#include "lib/base/time/clock.h"
#include "lib/shop/idempotency.h"
#include "lib/shop/staff/api_token.h"
#include "lib/shop/staff/staff.h"
#include "lib/site/site.h"
#include "lib/web/idempotent.h"

static const struct settings settings = {.listen = "127.0.0.1:8080",
                                         .base_url = "http://127.0.0.1:8080"};
static struct web web;
static int wake_fd;

static int setup(void **state)
{
    shop_setup(state);
    struct shop *shop = *state;
    web = (struct web){.settings = &settings,
                       .app = &site_app,
                       .reader = shop->db,
                       .writer = shop->db,
                       .wake_fd = wake_sender(),
                       .wake_path = arena_printf(&shop->arena, "%s/reaper.sock",
                                                 shop->folder)};
    wake_fd = wake_listen(web.wake_path);
    return 0;
}

static int teardown(void **state)
{
    close(wake_fd);
    close(web.wake_fd);
    return shop_teardown(state);
}

/* A request with these headers; NULL: without. */
static struct request asking(struct shop *shop, const char *method,
                             const char *token, const char *secret)
{
    char **variables =
        arena_alloc(&shop->arena, 3 * sizeof *variables); /* zeroed */
    size_t count = 0;
    if (token != NULL)
        variables[count++] =
            arena_printf(&shop->arena, "HTTP_AUTHORIZATION=bearer  %s", token);
    if (secret != NULL)
        variables[count++] = arena_printf(
            &shop->arena, "HTTP_COOKIE=a=b; staff_8080=%s", secret);
    return (struct request){.arena = &shop->arena,
                            .id = "r",
                            .method = method,
                            .body = "",
                            .variables = variables};
}

static const char *token_of(struct shop *shop, enum api_role role)
{
    const struct api_token wanted = {.name = names_of(&api_role_names, role),
                                     .role = role};
    char token[CRYPTO_TOKEN_SIZE];
    assert_true(api_token_create(shop->db, &wanted, token, SHOP_NOW));
    return arena_string(&shop->arena, token);
}

static const char *session_of(struct shop *shop, const char *email)
{
    char hash[CRYPTO_PASSWORD_HASH_SIZE];
    char secret[CRYPTO_TOKEN_SIZE];
    int64_t staff_id;
    assert_int_equal(db_commit(shop->db), DB_OK);
    crypto_password_hash("correct horse", hash); /* slow: under no lock */
    assert_int_equal(db_begin(shop->db, 0), DB_OK);
    staff_put(shop->db, email, hash, SHOP_NOW, &shop->arena);
    staff_password_hash(shop->db, email, &staff_id, &shop->arena);
    assert_true(
        staff_session_open(shop->db, staff_id, hash, secret, clock_wall_ms()));
    return arena_string(&shop->arena, secret);
}

static void nobody_known_is_a_guest(void **state)
{
    struct shop *shop = *state;
    static const char *const nobody[][2] = {
        {NULL, NULL}, {"", ""}, {"no-such-token", "no-such-secret"}};
    for (size_t i = 0; i < sizeof nobody / sizeof nobody[0]; i++) {
        struct request request =
            asking(shop, "GET", nobody[i][0], nobody[i][1]);
        const struct asker *who = auth_who(&web, &request);
        assert_int_equal(who->kind, ASKER_GUEST);
        assert_string_equal(who->id, "guest");
        assert_false(who->may_change);
        assert_null(auth_session(&web, &request));
        assert_false(auth_is_staff(&web, &request));
    }
}

/* What came to the reaper's socket. */
static char told[64];

static void hear(void *own, const char *message)
{
    (void)own;
    snprintf(told, sizeof told, "%s", message);
}

static void a_token_is_known_by_its_id_and_told_when_used(void **state)
{
    struct shop *shop = *state;
    const char *token = token_of(shop, API_ROLE_STAFF);
    struct request request = asking(shop, "DELETE", token, NULL);
    const struct asker *who = auth_who(&web, &request);
    assert_int_equal(who->kind, ASKER_TOKEN);
    assert_string_equal(who->id, "token:1");
    assert_string_equal(who->name, "token staff");
    assert_true(who->may_change);
    assert_null(who->session);
    assert_true(auth_is_staff(&web, &request));
    wake_drain(wake_fd, hear, NULL);
    assert_string_equal(told, "token 1");
    /* Not again within the hour. */
    api_token_note_use(shop->db, 1, clock_wall_ms());
    told[0] = '\0';
    request = asking(shop, "DELETE", token, NULL);
    assert_true(auth_is_staff(&web, &request));
    wake_drain(wake_fd, hear, NULL);
    assert_string_equal(told, "");
}

static void he_is_looked_up_once_a_request(void **state)
{
    struct shop *shop = *state;
    const char *token = token_of(shop, API_ROLE_STAFF);
    struct request request = asking(shop, "GET", token, NULL);
    const struct asker *who = auth_who(&web, &request);
    assert_true(api_token_revoke(shop->db, 1, SHOP_NOW));
    assert_ptr_equal(auth_who(&web, &request), who);
    assert_true(auth_is_staff(&web, &request));
    request = asking(shop, "GET", token, NULL);
    assert_false(auth_is_staff(&web, &request));
}

static void a_token_that_only_reads_changes_nothing(void **state)
{
    struct shop *shop = *state;
    static const char *const methods[] = {"GET", "HEAD", "POST", "DELETE"};
    const char *token = token_of(shop, API_ROLE_READ);
    for (size_t i = 0; i < 4; i++) {
        struct request request = asking(shop, methods[i], token, NULL);
        assert_false(auth_who(&web, &request)->may_change);
        assert_int_equal(auth_is_staff(&web, &request), i < 2);
        struct reply reply = {.headers = text_create(&shop->arena, 64)};
        assert_int_equal(auth_refuse(&request, &reply), 403);
    }
    struct request guest = asking(shop, "GET", NULL, NULL);
    struct reply reply = {.headers = text_create(&shop->arena, 64)};
    assert_int_equal(auth_refuse(&guest, &reply), 401);
    assert_string_equal(reply.headers.bytes,
                        "WWW-Authenticate: Bearer realm=\"ordermill\"\r\n");
}

static void a_session_says_who_but_permits_nothing_in_the_api(void **state)
{
    struct shop *shop = *state;
    const char *secret = session_of(shop, "boss@example.com");
    struct request request = asking(shop, "GET", NULL, secret);
    const struct asker *who = auth_who(&web, &request);
    assert_int_equal(who->kind, ASKER_SESSION);
    assert_string_equal(who->id, "staff:1");
    assert_string_equal(who->name, "boss@example.com");
    assert_int_equal(who->session->account_id, 1);
    assert_string_equal(who->session->secret, secret);
    assert_false(auth_is_staff(&web, &request));
}

static void a_token_counts_before_a_session(void **state)
{
    struct shop *shop = *state;
    const char *secret = session_of(shop, "boss@example.com");
    struct request request =
        asking(shop, "PUT", token_of(shop, API_ROLE_STAFF), secret);
    assert_string_equal(auth_who(&web, &request)->id, "token:1");
    assert_true(auth_is_staff(&web, &request));
    assert_string_equal(auth_session(&web, &request)->name, "boss@example.com");
}

/* The status of a form with that body. */
static int send(struct shop *shop, const struct web_session *session,
                const char *body)
{
    struct request request = asking(shop, "POST", NULL, NULL);
    struct reply reply;
    struct form form;
    request.body = body;
    request.body_length = strlen(body);
    return auth_form_read(&request, &reply, session, &form);
}

static void a_form_must_be_the_session_s_own(void **state)
{
    struct shop *shop = *state;
    const char *secret = session_of(shop, "boss@example.com");
    struct request request = asking(shop, "POST", NULL, secret);
    const struct web_session *session = auth_session(&web, &request);
    const char *own =
        arena_printf(&shop->arena, "csrf=%s&reason=late", session->csrf_token);
    assert_int_equal(send(shop, session, own), WEB_GO_ON);
    assert_int_equal(send(shop, session, "reason=late"), 403);
    assert_int_equal(send(shop, session, "csrf=&reason=late"), 403);
    assert_int_equal(send(shop, session, "csrf=%zz"), 400);
    /* A later session of the same account has its own. */
    secret = session_of(shop, "boss@example.com");
    request = asking(shop, "POST", NULL, secret);
    assert_int_equal(send(shop, auth_session(&web, &request), own), 403);
}

static void answers_are_kept_for_whom_they_were_given(void **state)
{
    struct shop *shop = *state;
    const struct idempotent asked = {
        .space = IDEMPOTENCY_GUEST, .key = "k", .body_hash = "h"};
    struct idempotent other = asked;
    struct idempotent_answer answer = {0};
    site_app.answers->bind(
        web.writer, &asked,
        &(struct idempotent_answer){201, "/orders/1", "{}\n"}, SHOP_NOW);
    assert_int_equal(site_app.answers->find(web.writer, &asked, SHOP_NOW,
                                            &answer, &shop->arena),
                     IDEMPOTENT_REPLAY);
    assert_int_equal(answer.status, 201);
    assert_string_equal(answer.location, "/orders/1");
    assert_string_equal(answer.body, "{}\n");
    other.body_hash[0] = 'x';
    assert_int_equal(site_app.answers->find(web.writer, &other, SHOP_NOW,
                                            &answer, &shop->arena),
                     IDEMPOTENT_OTHER_BODY);
    other = asked;
    other.space = "staff:1";
    assert_int_equal(site_app.answers->find(web.writer, &other, SHOP_NOW,
                                            &answer, &shop->arena),
                     IDEMPOTENT_NEW);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(nobody_known_is_a_guest),
        TEST(a_token_is_known_by_its_id_and_told_when_used),
        TEST(he_is_looked_up_once_a_request),
        TEST(a_token_that_only_reads_changes_nothing),
        TEST(a_session_says_who_but_permits_nothing_in_the_api),
        TEST(a_token_counts_before_a_session),
        TEST(a_form_must_be_the_session_s_own),
        TEST(answers_are_kept_for_whom_they_were_given)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
