/* Form tokens (lib/web/form_token.h): ours alone, for a day. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "lib/web/form_token.h"

static const int64_t now_ms = INT64_C(1777636800000);
static unsigned char key[CRYPTO_KEY_SIZE] = "the shop's";
static unsigned char other_key[CRYPTO_KEY_SIZE] = "another shop's";

static void a_day_long_it_has_its_id(void **state)
{
    struct arena *arena = *state;
    const char *token = form_token_make(key, now_ms, arena);
    const char *id = form_token_id(key, token, now_ms, arena);
    assert_non_null(id);
    assert_int_equal(strlen(id), CRYPTO_TOKEN_SIZE - 1);
    assert_non_null(form_token_id(key, token, now_ms + FORM_TOKEN_MS, arena));
    assert_null(
        form_token_id(key, token, now_ms + FORM_TOKEN_MS + 1000, arena));
    assert_null(form_token_id(other_key, token, now_ms, arena));
    const char *another =
        form_token_id(key, form_token_make(key, now_ms, arena), now_ms, arena);
    assert_string_not_equal(another, id);
}

static void any_change_is_noticed(void **state)
{
    struct arena *arena = *state;
    const char *token = form_token_make(key, now_ms, arena);
    for (size_t i = 0; i < strlen(token); i++) {
        char *changed = arena_string(arena, token);
        changed[i] = changed[i] == 'A' ? 'B' : 'A';
        assert_null(form_token_id(key, changed, now_ms, arena));
        assert_null(
            form_token_id(key, arena_copy(arena, token, i), now_ms, arena));
    }
    static const char *const bad[] = {"", ".", "..", "...", "a.b", "a.1.x"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        assert_null(form_token_id(key, bad[i], now_ms, arena));
}

/* Something else that the shop signed is no form token. */
static void it_is_signed_for_forms_alone(void **state)
{
    struct arena *arena = *state;
    const char *head = "id.1777636800";
    assert_null(form_token_id(
        key, arena_printf(arena, "%s.%s", head, crypto_hmac(arena, key, head)),
        now_ms, arena));
}

static int setup(void **state)
{
    static struct arena arena;
    crypto_open();
    arena = arena_create(1 << 20);
    *state = &arena;
    return 0;
}

static int teardown(void **state)
{
    arena_destroy(*state);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_day_long_it_has_its_id),
        cmocka_unit_test(any_change_is_noticed),
        cmocka_unit_test(it_is_signed_for_forms_alone)};
    return cmocka_run_group_tests(tests, setup, teardown);
}
