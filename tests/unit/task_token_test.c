/* Task tokens (lib/shop/execution/task_token.h). */
#include "tests/unit/execution_fixture.h"

static const unsigned char key[CRYPTO_KEY_SIZE] = {7};

/* A token of task_id that waits, of an execution that waits for it. */
static const char *issue(struct shop *shop, struct execution *e,
                         int64_t task_id)
{
    const char *token =
        task_token_make(&shop->arena, key, e->order_id, task_id);
    task_token_issue(shop->db, token, e->order_id, task_id, SHOP_NOW);
    assert_true(execution_put(shop, e, NOT_YET, 0));
    return token;
}

static size_t take(struct shop *shop, const struct execution *e,
                   struct task_token_news *news)
{
    return task_token_take(shop->db, e->order_id, news, 4, &shop->arena);
}

static void tokens_are_stable_and_their_own(void **state)
{
    struct shop *shop = *state;
    unsigned char other_key[CRYPTO_KEY_SIZE] = {8};
    struct arena *arena = &shop->arena;
    const char *tokens[] = {
        task_token_make(arena, key, "an-order", 1),
        task_token_make(arena, key, "an-order", 2),
        task_token_make(arena, key, "an-order", 11),
        task_token_make(arena, key, "an-order:1", 1),
        task_token_make(arena, key, "another", 1),
        task_token_make(arena, other_key, "an-order", 1),
    };
    assert_string_equal(tokens[0], task_token_make(arena, key, "an-order", 1));
    for (int i = 0; i < 6; i++) {
        assert_int_equal(strlen(tokens[i]), 43);
        assert_int_equal(strspn(tokens[i], "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefgh"
                                           "ijklmnopqrstuvwxyz0123456789-_"),
                         43);
        for (int j = 0; j < i; j++)
            assert_string_not_equal(tokens[i], tokens[j]);
    }
}

static void an_answer_is_taken_once(void **state)
{
    struct shop *shop = *state;
    struct task_token_news news[4];
    struct execution e = execution_new(shop);
    const char *token = issue(shop, &e, 3);
    assert_int_equal(take(shop, &e, news), 0);
    assert_int_equal(due_now(shop), 0);
    assert_int_equal(task_token_look(shop->db, "x"), TASK_TOKEN_UNKNOWN);
    assert_int_equal(task_token_look(shop->db, token), TASK_TOKEN_TAKEN);
    assert_int_equal(due_now(shop), 0);
    assert_int_equal(
        task_token_answer(shop->db, token, "{\"output\":{\"a\":1}}"),
        TASK_TOKEN_TAKEN);
    assert_int_equal(task_token_look(shop->db, token), TASK_TOKEN_USED);
    assert_int_equal(due_now(shop), 1);
    assert_int_equal(task_token_answer(shop->db, token, "{\"output\":2}"),
                     TASK_TOKEN_USED);
    assert_int_equal(task_token_answer(shop->db, token, NULL), TASK_TOKEN_USED);
    assert_int_equal(take(shop, &e, news), 1);
    assert_int_equal(news[0].task_id, 3);
    assert_string_equal(news[0].answer, "{\"output\":{\"a\":1}}");
    assert_int_equal(take(shop, &e, news), 0);
    assert_true(execution_put(shop, &e, NOT_YET, 0));
    assert_int_equal(task_token_answer(shop->db, token, "{}"), TASK_TOKEN_USED);
    /* Issued again, as a new reaper does, it stays used. */
    task_token_issue(shop->db, token, e.order_id, 3, SHOP_NOW + 1);
    assert_int_equal(task_token_answer(shop->db, token, "{}"), TASK_TOKEN_USED);
    assert_int_equal(due_now(shop), 0);
}

static void a_forged_one_is_unknown(void **state)
{
    struct shop *shop = *state;
    struct execution e = execution_new(shop);
    struct task_token_news news[4];
    const char *token = issue(shop, &e, 3);
    const char *forged[] = {"",
                            "x",
                            e.order_id,
                            task_token_make(&shop->arena, key, e.order_id, 4),
                            arena_printf(&shop->arena, "%s ", token),
                            arena_printf(&shop->arena, "%.42s", token)};
    for (size_t i = 0; i < sizeof forged / sizeof forged[0]; i++) {
        assert_int_equal(task_token_answer(shop->db, forged[i], "{}"),
                         TASK_TOKEN_UNKNOWN);
        assert_int_equal(task_token_answer(shop->db, forged[i], NULL),
                         TASK_TOKEN_UNKNOWN);
    }
    assert_int_equal(take(shop, &e, news), 0);
    assert_int_equal(due_now(shop), 0);
}

static void heartbeats_come_until_the_answer(void **state)
{
    struct shop *shop = *state;
    struct execution e = execution_new(shop);
    struct task_token_news news[4];
    const char *token = issue(shop, &e, 3);
    for (int i = 0; i < 2; i++) {
        for (int j = 0; j < 2; j++)
            assert_int_equal(task_token_answer(shop->db, token, NULL),
                             TASK_TOKEN_TAKEN);
        assert_int_equal(due_now(shop), 1);
        assert_int_equal(take(shop, &e, news), 1);
        assert_int_equal(news[0].task_id, 3);
        assert_null(news[0].answer);
        assert_int_equal(take(shop, &e, news), 0);
        assert_true(execution_put(shop, &e, NOT_YET, 0));
    }
    /* Both at once are the answer. */
    task_token_answer(shop->db, token, NULL);
    task_token_answer(shop->db, token, "{\"error\":\"E\"}");
    assert_int_equal(take(shop, &e, news), 1);
    assert_string_equal(news[0].answer, "{\"error\":\"E\"}");
    assert_int_equal(take(shop, &e, news), 0);
}

static void news_come_by_order_and_limit(void **state)
{
    struct shop *shop = *state;
    struct execution e = execution_new(shop), other = execution_new(shop);
    struct task_token_news news[4];
    int64_t waiting[4];
    for (int64_t id = 9; id > 0; id--)
        task_token_answer(shop->db, issue(shop, &e, id), "{}");
    task_token_answer(shop->db, issue(shop, &other, 1), "{\"output\":1}");
    issue(shop, &other, 5);
    issue(shop, &other, 2);
    for (int64_t first = 1; first <= 9; first += 4) {
        size_t count = take(shop, &e, news);
        assert_int_equal(count, first == 9 ? 1 : 4);
        for (size_t i = 0; i < count; i++)
            assert_int_equal(news[i].task_id, first + (int64_t)i);
    }
    assert_int_equal(take(shop, &e, news), 0);
    assert_int_equal(take(shop, &other, news), 1);
    assert_int_equal(task_token_waiting(shop->db, other.order_id, waiting, 4),
                     2);
    assert_int_equal(waiting[0], 2);
    assert_int_equal(waiting[1], 5);
    assert_int_equal(task_token_waiting(shop->db, other.order_id, waiting, 1),
                     1);
    assert_int_equal(task_token_waiting(shop->db, e.order_id, waiting, 4), 0);
}

static void what_waits_no_longer_is_unknown(void **state)
{
    struct shop *shop = *state;
    struct execution e = execution_new(shop), other = execution_new(shop);
    struct task_token_news news[4];
    const char *first = issue(shop, &e, 1), *second = issue(shop, &e, 2),
               *answered = issue(shop, &e, 3),
               *foreign = issue(shop, &other, 1);
    task_token_answer(shop->db, answered, "{}");
    task_token_expire(shop->db, e.order_id, 1);
    assert_int_equal(task_token_answer(shop->db, first, "{}"),
                     TASK_TOKEN_UNKNOWN);
    assert_int_equal(task_token_answer(shop->db, first, NULL),
                     TASK_TOKEN_UNKNOWN);
    assert_int_equal(task_token_answer(shop->db, second, NULL),
                     TASK_TOKEN_TAKEN);
    task_token_issue(shop->db, first, e.order_id, 1, SHOP_NOW);
    assert_int_equal(task_token_answer(shop->db, first, "{}"),
                     TASK_TOKEN_UNKNOWN);
    task_token_expire(shop->db, e.order_id, 0);
    assert_int_equal(task_token_answer(shop->db, second, "{}"),
                     TASK_TOKEN_UNKNOWN);
    assert_int_equal(task_token_answer(shop->db, answered, "{}"),
                     TASK_TOKEN_USED);
    assert_int_equal(task_token_answer(shop->db, foreign, "{}"),
                     TASK_TOKEN_TAKEN);
    assert_int_equal(take(shop, &e, news), 1);
    assert_int_equal(news[0].task_id, 3);
    task_token_forget(shop->db, e.order_id);
    assert_int_equal(task_token_answer(shop->db, answered, "{}"),
                     TASK_TOKEN_UNKNOWN);
    assert_int_equal(task_token_answer(shop->db, foreign, "{}"),
                     TASK_TOKEN_USED);
}

static void tokens_are_blanked_in_a_text(void **state)
{
    struct shop *shop = *state;
    struct execution e = execution_new(shop), other = execution_new(shop);
    const char *one = issue(shop, &e, 1), *two = issue(shop, &e, 2);
    const char *foreign = issue(shop, &other, 1);
    task_token_expire(shop->db, e.order_id, 1);
    const char *stars = "*******************************************";
    char *text = arena_printf(&shop->arena, "%s%s-%s %s %.42s%s", one, one, two,
                              foreign, one, two);
    task_token_blank(shop->db, e.order_id, text, strlen(text));
    assert_string_equal(text,
                        arena_printf(&shop->arena, "%s%s-%s %s %.42s%s", stars,
                                     stars, stars, foreign, one, stars));
    task_token_blank(shop->db, e.order_id, text, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SHOP_TEST(tokens_are_stable_and_their_own),
        SHOP_TEST(an_answer_is_taken_once),
        SHOP_TEST(a_forged_one_is_unknown),
        SHOP_TEST(heartbeats_come_until_the_answer),
        SHOP_TEST(news_come_by_order_and_limit),
        SHOP_TEST(what_waits_no_longer_is_unknown),
        SHOP_TEST(tokens_are_blanked_in_a_text),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
