/* The shop's own facts (lib/shop/setting.h): settings, the signing
 * key and the profile receipts show. */
#include "tests/unit/shop_fixture.h"

#include "tests/unit/death.h"

static void a_setting_is_put_and_replaced(void **state)
{
    struct shop *shop = *state;
    assert_null(setting_get(shop->db, "colour", &shop->arena));
    setting_put(shop->db, "colour", "blue");
    setting_put(shop->db, "colour", "it's \"green\"; --");
    assert_string_equal(setting_get(shop->db, "colour", &shop->arena),
                        "it's \"green\"; --");
}

static void a_shop_knows_that_it_is_one(void **state)
{
    struct shop *shop = *state;
    assert_true(setting_initialised(shop->db));
}

static void read_key(void *argument)
{
    struct shop *shop = argument;
    unsigned char key[CRYPTO_KEY_SIZE];
    setting_signing_key(shop->db, key);
}

static void the_signing_key_is_hexadecimal(void **state)
{
    struct shop *shop = *state;
    unsigned char key[CRYPTO_KEY_SIZE];
    assert_dies(read_key, shop, "ordermill init");
    setting_put(shop->db, "signing_key", "00ff");
    assert_dies(read_key, shop, "ordermill init");
    setting_put(shop->db, "signing_key",
                "00ff10000000000000000000000000000000000000000000000000000000"
                "0a7f");
    setting_signing_key(shop->db, key);
    assert_int_equal(key[0], 0x00);
    assert_int_equal(key[1], 0xff);
    assert_int_equal(key[31], 0x7f);
}

static void profiles_stay_and_the_last_used_is_current(void **state)
{
    struct shop *shop = *state;
    struct order before = shop_find(shop, shop_order(shop, "mouse").order_id);
    struct shop_profile moved = {
        .name = "Test Shop", .address = "2 New Road\nB", .tax_id = ""};
    shop_profile_use(shop->db, &moved, &shop->arena);
    struct order after = shop_find(shop, shop_order(shop, "mouse").order_id);
    assert_int_not_equal(before.profile_id, after.profile_id);
    shop_profile_use(shop->db, &moved, &shop->arena);
    struct order last = shop_find(shop, shop_order(shop, "mouse").order_id);
    assert_int_equal(last.profile_id, after.profile_id);
    struct shop_profile found =
        shop_profile_find(shop->db, before.profile_id, &shop->arena);
    assert_string_equal(found.address, "1 Mill Lane");
    assert_string_equal(found.tax_id, "T1");
    found = shop_profile_find(shop->db, after.profile_id, &shop->arena);
    assert_string_equal(found.address, "2 New Road\nB");
    assert_string_equal(found.tax_id, "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SHOP_TEST(a_setting_is_put_and_replaced),
        SHOP_TEST(a_shop_knows_that_it_is_one),
        SHOP_TEST(the_signing_key_is_hexadecimal),
        SHOP_TEST(profiles_stay_and_the_last_used_is_current),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
