/* Tokens of machines (lib/shop/staff/api_token.h). */
#include "tests/unit/shop_fixture.h"

#include "lib/shop/staff/api_token.h"

static const struct api_token any = {.role = API_ROLE_STAFF};

static bool find(struct shop *shop, const char *token, int64_t now_ms,
                 struct api_token *out)
{
    return api_token_find(shop->db, token, now_ms, out, &shop->arena);
}

static void tokens_open_nothing_but_themselves(void **state)
{
    struct shop *shop = *state;
    char token[CRYPTO_TOKEN_SIZE];
    struct api_token found;
    assert_false(find(shop, "", SHOP_NOW, &found));
    assert_true(api_token_create(shop->db, &any, token, SHOP_NOW));
    assert_true(find(shop, token, SHOP_NOW, &found));
    assert_int_equal(found.token_id, 1);
    assert_string_equal(found.name, "staff #1");
    assert_int_equal(found.role, API_ROLE_STAFF);
    assert_int_equal(found.created_at_ms, SHOP_NOW);
    assert_int_equal(found.expires_at_ms, 0);
    assert_int_equal(found.last_used_at_ms, 0);
    const char *stored = shop_text(shop, "SELECT token_hash FROM api_tokens");
    assert_false(find(shop, stored, SHOP_NOW, &found));
    token[0] = token[0] == 'x' ? 'y' : 'x';
    assert_false(find(shop, token, SHOP_NOW, &found));
}

static void tokens_have_a_name_a_role_and_an_end(void **state)
{
    struct shop *shop = *state;
    char token[CRYPTO_TOKEN_SIZE];
    char other[CRYPTO_TOKEN_SIZE];
    struct api_token found;
    const struct api_token wanted = {.name = "Grafana",
                                     .role = API_ROLE_READ,
                                     .expires_at_ms = SHOP_NOW + 1000};
    assert_true(api_token_create(shop->db, &wanted, token, SHOP_NOW));
    assert_true(find(shop, token, SHOP_NOW + 999, &found));
    assert_string_equal(found.name, "Grafana");
    assert_int_equal(found.role, API_ROLE_READ);
    assert_int_equal(found.expires_at_ms, SHOP_NOW + 1000);
    assert_false(find(shop, token, SHOP_NOW + 1000, &found));
    /* One name, one token, until it is revoked. */
    assert_false(api_token_create(shop->db, &wanted, other, SHOP_NOW));
    assert_false(find(shop, other, SHOP_NOW, &found));
    assert_true(api_token_revoke(shop->db, 1, SHOP_NOW));
    assert_true(api_token_create(shop->db, &wanted, other, SHOP_NOW));
    assert_true(find(shop, other, SHOP_NOW, &found));
    assert_int_equal(found.token_id, 2);
}

static void what_is_revoked_stays_so(void **state)
{
    struct shop *shop = *state;
    char token[CRYPTO_TOKEN_SIZE];
    char other[CRYPTO_TOKEN_SIZE];
    struct api_token found;
    struct api_token list[3];
    assert_true(api_token_create(shop->db, &any, token, SHOP_NOW));
    assert_true(api_token_create(shop->db, &any, other, SHOP_NOW));
    assert_true(api_token_revoke(shop->db, 1, SHOP_NOW + 1));
    assert_true(api_token_revoke(shop->db, 1, SHOP_NOW + 2));
    assert_false(api_token_revoke(shop->db, 3, SHOP_NOW));
    assert_false(find(shop, token, SHOP_NOW, &found));
    assert_true(find(shop, other, SHOP_NOW, &found));
    api_token_note_use(shop->db, 2, SHOP_NOW + 5);
    assert_int_equal(api_token_list(shop->db, 0, list, 3, &shop->arena), 2);
    assert_int_equal(list[0].revoked_at_ms, SHOP_NOW + 1);
    assert_int_equal(list[0].last_used_at_ms, 0);
    assert_string_equal(list[1].name, "staff #2");
    assert_int_equal(list[1].revoked_at_ms, 0);
    assert_int_equal(list[1].last_used_at_ms, SHOP_NOW + 5);
    assert_int_equal(api_token_list(shop->db, 1, list, 3, &shop->arena), 1);
    assert_int_equal(api_token_list(shop->db, 0, list, 1, &shop->arena), 1);
}

static void names_are_one_line_and_not_like_made_ones(void **state)
{
    (void)state;
    static const char *const good[] = {"Grafana", "Büro 2", "a"};
    static const char *const bad[] = {"", "staff #1", "a\nb", "\xff"};
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++)
        assert_null(api_token_name_fault(good[i]));
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        assert_non_null(api_token_name_fault(bad[i]));
    char name[API_TOKEN_NAME_MAX + 2];
    memset(name, 'n', sizeof name);
    name[API_TOKEN_NAME_MAX + 1] = '\0';
    assert_non_null(api_token_name_fault(name));
    name[API_TOKEN_NAME_MAX] = '\0';
    assert_null(api_token_name_fault(name));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SHOP_TEST(tokens_open_nothing_but_themselves),
        SHOP_TEST(tokens_have_a_name_a_role_and_an_end),
        SHOP_TEST(what_is_revoked_stays_so),
        cmocka_unit_test(names_are_one_line_and_not_like_made_ones),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
