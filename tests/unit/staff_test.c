/* Staff (lib/shop/staff.h): sign-ins, sessions, the throttle on guessing and
 * the tokens of machines; no secret is stored as it is. */
#include "tests/unit/shop_fixture.h"

#include "lib/shop/staff.h"

static int64_t throttled(struct shop *shop, const char *email,
                         const char *address, int64_t now_ms)
{
    return staff_throttled_ms(shop->db, email, address, now_ms, &shop->arena);
}

static void fail_at(struct shop *shop, const char *email, const char *address,
                    int64_t now_ms)
{
    staff_count_failure(shop->db, email, address, now_ms, &shop->arena);
}

static int64_t make_staff(struct shop *shop, const char *email)
{
    int64_t staff_id = 0;
    staff_put(shop->db, email, "correct horse", SHOP_NOW, &shop->arena);
    assert_non_null(
        staff_password_hash(shop->db, email, &staff_id, &shop->arena));
    return staff_id;
}

static void passwords_are_hashed_and_replaced(void **state)
{
    struct shop *shop = *state;
    int64_t staff_id = 0;
    int64_t again = 0;
    assert_null(staff_first_email(shop->db, &shop->arena));
    assert_null(staff_password_hash(shop->db, "boss@example.com", &staff_id,
                                    &shop->arena));
    staff_put(shop->db, "Boss@Example.com", "correct horse", SHOP_NOW,
              &shop->arena);
    assert_non_null(staff_first_email(shop->db, &shop->arena));
    char *hash = staff_password_hash(shop->db, "BOSS@example.COM", &staff_id,
                                     &shop->arena);
    assert_null(strstr(hash, "horse"));
    assert_true(crypto_password_ok(hash, "correct horse"));
    assert_false(crypto_password_ok(hash, "Correct horse"));

    char secret[CRYPTO_TOKEN_SIZE];
    struct staff_session session;
    staff_session_open(shop->db, staff_id, secret, SHOP_NOW);
    staff_put(shop->db, "boss@example.com", "new", SHOP_NOW, &shop->arena);
    hash =
        staff_password_hash(shop->db, "boss@example.com", &again, &shop->arena);
    assert_int_equal(again, staff_id);
    assert_false(crypto_password_ok(hash, "correct horse"));
    assert_false(
        staff_session_find(shop->db, secret, SHOP_NOW, &session, &shop->arena));
}

static void the_first_sign_in_is_named(void **state)
{
    struct shop *shop = *state;
    assert_null(staff_first_email(shop->db, &shop->arena));
    make_staff(shop, "z@example.com");
    make_staff(shop, "a@example.com");
    assert_string_equal(staff_first_email(shop->db, &shop->arena),
                        "z@example.com");
}

static void sessions_end(void **state)
{
    struct shop *shop = *state;
    char secret[CRYPTO_TOKEN_SIZE];
    char other[CRYPTO_TOKEN_SIZE];
    struct staff_session session;
    int64_t staff_id = make_staff(shop, "a@example.com");
    staff_session_open(shop->db, staff_id, secret, SHOP_NOW);
    staff_session_open(shop->db, staff_id, other, SHOP_NOW);
    assert_true(
        staff_session_find(shop->db, secret, SHOP_NOW, &session, &shop->arena));
    assert_int_equal(session.staff_id, staff_id);
    assert_string_equal(session.email, "a@example.com");
    assert_string_not_equal(session.csrf_token, secret);
    int64_t end = SHOP_NOW + STAFF_SESSION_MS;
    assert_true(
        staff_session_find(shop->db, secret, end - 1, &session, &shop->arena));
    assert_false(
        staff_session_find(shop->db, secret, end, &session, &shop->arena));
    staff_session_close(shop->db, secret);
    assert_false(
        staff_session_find(shop->db, secret, SHOP_NOW, &session, &shop->arena));
    assert_true(
        staff_session_find(shop->db, other, SHOP_NOW, &session, &shop->arena));
    assert_false(
        staff_session_find(shop->db, "", SHOP_NOW, &session, &shop->arena));
    staff_expire(shop->db, end + 1);
    assert_int_equal(shop_int(shop, "SELECT COUNT(*) FROM staff_sessions"), 0);
}

static void guessing_one_sign_in_is_throttled(void **state)
{
    struct shop *shop = *state;
    for (int i = 0; i < STAFF_TRIES_BY_EMAIL; i++) {
        assert_int_equal(
            throttled(shop, "A@example.com", "10.0.0.9", SHOP_NOW + i), 0);
        fail_at(shop, i % 2 == 0 ? "a@example.com" : "A@Example.com",
                arena_printf(&shop->arena, "10.0.0.%d", i), SHOP_NOW + i);
    }
    int64_t now_ms = SHOP_NOW + STAFF_TRIES_BY_EMAIL;
    assert_int_equal(throttled(shop, "a@EXAMPLE.com", "10.1.1.1", now_ms),
                     STAFF_TRIES_WINDOW_MS - STAFF_TRIES_BY_EMAIL);
    assert_int_equal(throttled(shop, "b@example.com", "10.0.0.1", now_ms), 0);
    assert_int_equal(throttled(shop, "a@example.com", "10.1.1.1",
                               SHOP_NOW + STAFF_TRIES_WINDOW_MS),
                     0);
}

static void guessing_from_one_address_is_throttled(void **state)
{
    struct shop *shop = *state;
    for (int i = 0; i < STAFF_TRIES_BY_ADDRESS; i++)
        fail_at(shop, arena_printf(&shop->arena, "m%d@example.com", i),
                "10.0.0.1", SHOP_NOW);
    assert_int_equal(
        throttled(shop, "new@example.com", "10.0.0.1", SHOP_NOW + 1),
        STAFF_TRIES_WINDOW_MS - 1);
    assert_int_equal(
        throttled(shop, "new@example.com", "10.0.0.2", SHOP_NOW + 1), 0);
    staff_expire(shop->db, SHOP_NOW + STAFF_TRIES_WINDOW_MS + 1);
    assert_int_equal(shop_int(shop, "SELECT COUNT(*) FROM sign_in_failures"),
                     0);
}

/* Who has a /64 has all its addresses. */
static void guessing_from_one_network_is_throttled(void **state)
{
    struct shop *shop = *state;
    for (int i = 0; i < STAFF_TRIES_BY_ADDRESS; i++)
        fail_at(shop, arena_printf(&shop->arena, "m%d@example.com", i),
                arena_printf(&shop->arena, "2001:db8:1:2::%x", i), SHOP_NOW);
    assert_int_not_equal(
        throttled(shop, "n@example.com", "2001:db8:1:2:3::", SHOP_NOW), 0);
    assert_int_equal(
        throttled(shop, "n@example.com", "2001:db8:1:3::1", SHOP_NOW), 0);
}

static void machine_tokens_open_nothing_but_themselves(void **state)
{
    struct shop *shop = *state;
    char token[CRYPTO_TOKEN_SIZE];
    assert_false(api_token_ok(shop->db, ""));
    api_token_create(shop->db, token, SHOP_NOW);
    assert_true(api_token_ok(shop->db, token));
    const char *stored = shop_text(shop, "SELECT token_hash FROM api_tokens");
    assert_false(api_token_ok(shop->db, stored));
    token[0] = token[0] == 'x' ? 'y' : 'x';
    assert_false(api_token_ok(shop->db, token));
}

/* Whoever reads the file finds no secret in it, nor in its log. */
static void the_files_hold_no_secret(void **state)
{
    struct shop *shop = *state;
    char token[CRYPTO_TOKEN_SIZE];
    char secret[CRYPTO_TOKEN_SIZE];
    api_token_create(shop->db, token, SHOP_NOW);
    staff_session_open(shop->db, make_staff(shop, "a@example.com"), secret,
                       SHOP_NOW);
    shop_commit(shop);
    static const char *const suffixes[] = {"", "-wal"};
    for (size_t i = 0; i < 2; i++) {
        size_t length = 0;
        char *bytes = file_read(
            &shop->arena,
            arena_printf(&shop->arena, "%s%s", shop->path, suffixes[i]),
            8 << 20, &length);
        assert_non_null(bytes);
        assert_null(memmem(bytes, length, token, strlen(token)));
        assert_null(memmem(bytes, length, secret, strlen(secret)));
        assert_null(memmem(bytes, length, "correct horse", 13));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SHOP_TEST(passwords_are_hashed_and_replaced),
        SHOP_TEST(the_first_sign_in_is_named),
        SHOP_TEST(sessions_end),
        SHOP_TEST(guessing_one_sign_in_is_throttled),
        SHOP_TEST(guessing_from_one_address_is_throttled),
        SHOP_TEST(guessing_from_one_network_is_throttled),
        SHOP_TEST(machine_tokens_open_nothing_but_themselves),
        SHOP_TEST(the_files_hold_no_secret),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
