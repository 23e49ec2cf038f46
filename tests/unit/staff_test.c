/* Staff (lib/shop/staff/staff.h): sign-ins and sessions; no secret is stored as
 * it is. */
#include "tests/unit/shop_fixture.h"

#include "lib/shop/staff/api_token.h"
#include "lib/shop/staff/staff.h"

/* What a password hashes to; each time to something else. Hashing holds up
 * nobody: not in the transaction. */
static char *hash_of(struct shop *shop, const char *password)
{
    char *hash = arena_alloc(&shop->arena, CRYPTO_PASSWORD_HASH_SIZE);
    assert_int_equal(db_commit(shop->db), DB_OK);
    crypto_password_hash(password, hash);
    assert_int_equal(db_begin(shop->db, 0), DB_OK);
    return hash;
}

static bool is_right(struct shop *shop, const char *hash, const char *password)
{
    assert_int_equal(db_commit(shop->db), DB_OK);
    bool right = crypto_password_ok(hash, password);
    assert_int_equal(db_begin(shop->db, 0), DB_OK);
    return right;
}

static const char *stored_hash(struct shop *shop, const char *email)
{
    int64_t staff_id;
    return staff_password_hash(shop->db, email, &staff_id, &shop->arena);
}

static void open_session(struct shop *shop, const char *email,
                         char secret[CRYPTO_TOKEN_SIZE])
{
    int64_t staff_id;
    const char *hash =
        staff_password_hash(shop->db, email, &staff_id, &shop->arena);
    assert_true(staff_session_open(shop->db, staff_id, hash, secret, SHOP_NOW));
}

static bool is_open(struct shop *shop, const char *secret)
{
    struct staff_session session;
    return staff_session_find(shop->db, secret, SHOP_NOW, &session,
                              &shop->arena);
}

static int64_t make_staff(struct shop *shop, const char *email)
{
    int64_t staff_id = 0;
    staff_put(shop->db, email, hash_of(shop, "correct horse"), SHOP_NOW,
              &shop->arena);
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
    staff_put(shop->db, "Boss@Example.com", hash_of(shop, "correct horse"),
              SHOP_NOW, &shop->arena);
    assert_non_null(staff_first_email(shop->db, &shop->arena));
    char *hash = staff_password_hash(shop->db, "BOSS@example.COM", &staff_id,
                                     &shop->arena);
    assert_null(strstr(hash, "horse"));
    assert_true(is_right(shop, hash, "correct horse"));
    assert_false(is_right(shop, hash, "Correct horse"));

    char secret[CRYPTO_TOKEN_SIZE];
    open_session(shop, "boss@example.com", secret);
    staff_put(shop->db, "boss@example.com", hash_of(shop, "new"), SHOP_NOW,
              &shop->arena);
    hash =
        staff_password_hash(shop->db, "boss@example.com", &again, &shop->arena);
    assert_int_equal(again, staff_id);
    assert_false(is_right(shop, hash, "correct horse"));
    assert_false(is_open(shop, secret));
    /* Nor does the old one open anything that was checked before. */
    assert_false(
        staff_session_open(shop->db, staff_id, "old hash", secret, SHOP_NOW));
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
    open_session(shop, "a@example.com", secret);
    open_session(shop, "a@example.com", other);
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

static void who_is_removed_is_out(void **state)
{
    struct shop *shop = *state;
    char secret[CRYPTO_TOKEN_SIZE];
    char other[CRYPTO_TOKEN_SIZE];
    int64_t staff_id = make_staff(shop, "a@example.com");
    make_staff(shop, "b@example.com");
    const char *hash = stored_hash(shop, "a@example.com");
    open_session(shop, "a@example.com", secret);
    open_session(shop, "b@example.com", other);
    assert_true(
        staff_remove(shop->db, "A@example.com", SHOP_NOW, &shop->arena));
    assert_false(
        staff_remove(shop->db, "a@example.com", SHOP_NOW, &shop->arena));
    assert_false(
        staff_remove(shop->db, "c@example.com", SHOP_NOW, &shop->arena));
    assert_null(stored_hash(shop, "a@example.com"));
    assert_false(is_open(shop, secret));
    assert_true(is_open(shop, other));
    assert_false(
        staff_session_open(shop->db, staff_id, hash, secret, SHOP_NOW));
    assert_string_equal(staff_first_email(shop->db, &shop->arena),
                        "b@example.com");
    /* Who comes back is the same one; nobody else ever has the number. */
    assert_int_not_equal(make_staff(shop, "c@example.com"), staff_id);
    assert_int_equal(make_staff(shop, "a@example.com"), staff_id);
}

static void a_changed_password_ends_other_sessions(void **state)
{
    struct shop *shop = *state;
    char mine[CRYPTO_TOKEN_SIZE];
    char other[CRYPTO_TOKEN_SIZE];
    char colleague[CRYPTO_TOKEN_SIZE];
    int64_t staff_id = make_staff(shop, "a@example.com");
    make_staff(shop, "b@example.com");
    open_session(shop, "a@example.com", mine);
    open_session(shop, "a@example.com", other);
    open_session(shop, "b@example.com", colleague);
    const char *old = stored_hash(shop, "a@example.com");
    const char *new = hash_of(shop, "battery staple");
    assert_true(staff_change_password(shop->db, staff_id, old, new, mine));
    assert_string_equal(stored_hash(shop, "a@example.com"), new);
    assert_true(is_open(shop, mine));
    assert_false(is_open(shop, other));
    assert_true(is_open(shop, colleague));
    /* Two at once: the second was checked against what is no more. */
    assert_false(staff_change_password(shop->db, staff_id, old, "x", other));
    assert_string_equal(stored_hash(shop, "a@example.com"), new);
}

/* Whoever reads the file finds no secret in it, nor in its log. */
static void the_files_hold_no_secret(void **state)
{
    struct shop *shop = *state;
    char token[CRYPTO_TOKEN_SIZE];
    char secret[CRYPTO_TOKEN_SIZE];
    assert_true(
        api_token_create(shop->db, &(struct api_token){0}, token, SHOP_NOW));
    make_staff(shop, "a@example.com");
    open_session(shop, "a@example.com", secret);
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
        SHOP_TEST(who_is_removed_is_out),
        SHOP_TEST(a_changed_password_ends_other_sessions),
        SHOP_TEST(the_files_hold_no_secret),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
