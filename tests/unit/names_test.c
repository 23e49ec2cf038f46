/* Closed sets (lib/base/text/names.h), and that the tables of names are those
 * of the schema's CHECKs. */
#include "tests/unit/shop_fixture.h"

#include "lib/base/text/names.h"
#include "lib/shop/books/reconciliation.h"
#include "lib/shop/counter.h"
#include "lib/shop/execution/task_token.h"
#include "lib/shop/health/alarm.h"
#include "lib/shop/mail/outbox.h"
#include "lib/shop/payment/payment.h"
#include "lib/shop/payment/webhook_event.h"
#include "lib/shop/refund/refund.h"
#include "lib/shop/staff/api_token.h"
#include "tests/unit/death.h"

static const char *const colours[] = {"red", "green", "blue"};
static const struct names colour_names = NAMES("colour", colours);

static void a_word_is_a_value_and_back(void **state)
{
    (void)state;
    assert_string_equal(names_of(&colour_names, 0), "red");
    assert_string_equal(names_of(&colour_names, 2), "blue");
    assert_int_equal(names_find(&colour_names, "green"), 1);
    assert_int_equal(names_read(&colour_names, "green"), 1);
}

static void a_visitors_word_may_be_none(void **state)
{
    (void)state;
    assert_int_equal(names_find(&colour_names, ""), -1);
    assert_int_equal(names_find(&colour_names, "Red"), -1);
    assert_int_equal(names_find(&colour_names, "reddish"), -1);
}

static void read_own(void *word)
{
    names_read(&colour_names, word);
}

static void name_beyond(void *value)
{
    names_of(&colour_names, *(int *)value);
}

static void our_own_must_be_one(void **state)
{
    (void)state;
    char mauve[] = "mauve", text[8192];
    int beyond = 3;
    assert_dies(read_own, mauve, "no colour: mauve");
    assert_dies(read_own, NULL, "no colour: NULL");
    assert_int_equal(death_run(name_beyond, &beyond, text, sizeof text),
                     256 + SIGABRT);
}

/* The words of "CREATE TABLE table (... column IN (...)" in the schema, with a
 * blank behind each. */
static const char *checked_words(struct shop *shop, const char *schema,
                                 const char *table, const char *column)
{
    const char *create = arena_printf(&shop->arena, "CREATE TABLE %s (", table);
    const char *in = arena_printf(&shop->arena, "CHECK (%s IN", column);
    const char *at = strstr(schema, create);
    const char *end = at == NULL ? NULL : strstr(at, "STRICT");
    at = at == NULL ? NULL : strstr(at, in);
    if (at == NULL || at > end)
        fail_msg("the schema has no set for %s.%s", table, column);
    struct text words = text_create(&shop->arena, 256);
    const char *close = strchr(at + strlen(in), ')');
    for (at = strchr(at, '\''); at != NULL && at < close;
         at = strchr(at, '\'')) {
        size_t length = strcspn(++at, "'");
        text_add(&words, at, length);
        text_putc(&words, ' ');
        at += length + 1;
    }
    return words.bytes;
}

static void the_schema_knows_the_same_words(void **state)
{
    static const struct {
        const char *table, *column;
        const struct names *names;
    } sets[] = {
        {"payment_attempts", "kind", &payment_kind_names},
        {"payment_attempts", "stage", &payment_stage_names},
        {"payment_attempts", "status", &attempt_status_names},
        {"payment_entries", "kind", &entry_kind_names},
        {"refunds", "status", &refund_status_names},
        {"outbox", "kind", &mail_kind_names},
        {"webhook_events", "status", &webhook_status_names},
        {"reconciliations", "status", &reconciliation_status_names},
        {"work", "kind", &work_kind_names},
        {"counters", "name", &counter_names},
        {"task_tokens", "status", &task_token_status_names},
        {"findings", "kind", &finding_kind_names},
        {"api_tokens", "role", &api_role_names},
        {"executions", "status", &execution_status_names},
        {"orders", "status", &order_status_names},
        {"orders", "payment_status", &payment_status_names},
        {"alarms", "kind", &alarm_kind_names},
    };
    struct shop *shop = *state;
    size_t length;
    char *schema = file_read(&shop->arena, "db/schema.sql", 1 << 20, &length);
    assert_non_null(schema);
    for (size_t i = 0; i < sizeof sets / sizeof sets[0]; i++) {
        struct text ours = text_create(&shop->arena, 256);
        for (int value = 0; value < sets[i].names->count; value++)
            text_printf(&ours, "%s ", names_of(sets[i].names, value));
        assert_string_equal(
            checked_words(shop, schema, sets[i].table, sets[i].column),
            ours.bytes);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_word_is_a_value_and_back),
        cmocka_unit_test(a_visitors_word_may_be_none),
        cmocka_unit_test(our_own_must_be_one),
        SHOP_TEST(the_schema_knows_the_same_words),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
