/* Idempotency keys (lib/shop/idempotency.h): replay, another body, expiry. */
#include "tests/unit/shop_fixture.h"

#include "lib/shop/idempotency.h"

static enum idempotency_outcome find_in(struct shop *shop, const char *space,
                                        const char *key, const char *hash,
                                        struct idempotency_answer *answer)
{
    return idempotency_find(shop->db,
                            &(struct idempotency_key){space, key, hash},
                            SHOP_NOW, answer, &shop->arena);
}

static enum idempotency_outcome find(struct shop *shop, const char *key,
                                     const char *hash, int64_t now_ms,
                                     struct idempotency_answer *answer)
{
    return idempotency_find(
        shop->db, &(struct idempotency_key){IDEMPOTENCY_GUEST, key, hash},
        now_ms, answer, &shop->arena);
}

static void bind(struct shop *shop, const char *key, const char *hash,
                 const char *body, int64_t now_ms)
{
    struct idempotency_answer answer = {
        .status = 201, .location = "/orders/1", .body = body};
    idempotency_bind(shop->db,
                     &(struct idempotency_key){IDEMPOTENCY_GUEST, key, hash},
                     &answer, now_ms);
}

static void the_same_body_gets_the_same_bytes(void **state)
{
    struct shop *shop = *state;
    struct idempotency_answer answer = {0};
    assert_int_equal(find(shop, "k", "h1", SHOP_NOW, &answer), IDEMPOTENCY_NEW);
    bind(shop, "k", "h1", "{\"a\":\"\\u0007 \xc3\xa9\"}\n", SHOP_NOW);
    assert_int_equal(find(shop, "k", "h1", SHOP_NOW, &answer),
                     IDEMPOTENCY_REPLAY);
    assert_int_equal(answer.status, 201);
    assert_string_equal(answer.location, "/orders/1");
    assert_string_equal(answer.body, "{\"a\":\"\\u0007 \xc3\xa9\"}\n");
    assert_int_equal(find(shop, "k", "h2", SHOP_NOW, &answer),
                     IDEMPOTENCY_OTHER_BODY);
    assert_int_equal(find(shop, "K", "h1", SHOP_NOW, &answer), IDEMPOTENCY_NEW);
}

static void nobody_takes_or_reads_anothers_key(void **state)
{
    struct shop *shop = *state;
    struct idempotency_answer answer = {0};
    bind(shop, "k", "h1", "guest's", SHOP_NOW);
    assert_int_equal(find_in(shop, "staff:1", "k", "h1", &answer),
                     IDEMPOTENCY_NEW);
    idempotency_bind(shop->db, &(struct idempotency_key){"staff:1", "k", "h2"},
                     &(struct idempotency_answer){201, "", "staff's"},
                     SHOP_NOW);
    assert_int_equal(find_in(shop, "staff:1", "k", "h2", &answer),
                     IDEMPOTENCY_REPLAY);
    assert_string_equal(answer.body, "staff's");
    assert_int_equal(find_in(shop, "staff:11", "k", "h2", &answer),
                     IDEMPOTENCY_NEW);
    assert_int_equal(find_in(shop, "token:1", "k", "h2", &answer),
                     IDEMPOTENCY_NEW);
    assert_int_equal(find(shop, "k", "h1", SHOP_NOW, &answer),
                     IDEMPOTENCY_REPLAY);
    assert_string_equal(answer.body, "guest's");
}

/* A retry across the upgrade finds its key, whoever asks. */
static void keys_of_version_3_are_found_by_all(void **state)
{
    struct shop *shop = *state;
    struct idempotency_answer answer = {0};
    static const char *const spaces[] = {IDEMPOTENCY_GUEST, "staff:1",
                                         "token:1"};
    idempotency_bind(
        shop->db, &(struct idempotency_key){IDEMPOTENCY_OF_VERSION_3, "k", "h"},
        &(struct idempotency_answer){201, "", "old"}, SHOP_NOW - 1);
    for (size_t i = 0; i < sizeof spaces / sizeof spaces[0]; i++) {
        assert_int_equal(find_in(shop, spaces[i], "k", "h", &answer),
                         IDEMPOTENCY_REPLAY);
        assert_string_equal(answer.body, "old");
        assert_int_equal(find_in(shop, spaces[i], "k", "h2", &answer),
                         IDEMPOTENCY_OTHER_BODY);
        /* One's own is bound when the old one has lapsed. */
        idempotency_bind(
            shop->db, &(struct idempotency_key){spaces[i], "k", "h2"},
            &(struct idempotency_answer){201, "", "own"}, SHOP_NOW);
        assert_int_equal(find_in(shop, spaces[i], "k", "h2", &answer),
                         IDEMPOTENCY_REPLAY);
        assert_string_equal(answer.body, "own");
    }
}

static void a_key_is_bound_for_24_hours(void **state)
{
    struct shop *shop = *state;
    struct idempotency_answer answer = {0};
    bind(shop, "k", "h1", "old", SHOP_NOW);
    int64_t end = SHOP_NOW + IDEMPOTENCY_KEPT_MS;
    assert_int_equal(find(shop, "k", "h1", end - 1, &answer),
                     IDEMPOTENCY_REPLAY);
    assert_int_equal(find(shop, "k", "h2", end, &answer), IDEMPOTENCY_NEW);
    bind(shop, "k", "h2", "new", end);
    assert_int_equal(find(shop, "k", "h2", end + 1, &answer),
                     IDEMPOTENCY_REPLAY);
    assert_string_equal(answer.body, "new");
}

static void lapsed_keys_are_forgotten(void **state)
{
    struct shop *shop = *state;
    static const char *const keys[] = {"a", "b", "c", "fresh"};
    for (size_t i = 0; i < 4; i++)
        bind(shop, keys[i], "h", "", i < 3 ? SHOP_NOW : SHOP_NOW + 1000);
    int64_t now_ms = SHOP_NOW + IDEMPOTENCY_KEPT_MS + 1;
    idempotency_expire(shop->db, now_ms, 2);
    assert_int_equal(shop_int(shop, "SELECT COUNT(*) FROM idempotency_keys"),
                     2);
    idempotency_expire(shop->db, now_ms, 100);
    assert_string_equal(shop_text(shop, "SELECT key FROM idempotency_keys"),
                        "fresh");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SHOP_TEST(the_same_body_gets_the_same_bytes),
        SHOP_TEST(nobody_takes_or_reads_anothers_key),
        SHOP_TEST(keys_of_version_3_are_found_by_all),
        SHOP_TEST(a_key_is_bound_for_24_hours),
        SHOP_TEST(lapsed_keys_are_forgotten),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
