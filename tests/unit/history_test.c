/* The history of executions (lib/shop/execution/history.h): paging and
 * thinning. */
#include "tests/unit/execution_fixture.h"

/* Adds count events with that detail as one row. */
static void add_row(struct shop *shop, struct execution *e, int count,
                    const char *detail)
{
    for (int i = 0; i < count; i++)
        execution_event(e, &shop->arena, "TaskScheduled", "A", detail,
                        SHOP_NOW);
    assert_true(execution_put(shop, e, 0, 0));
}

static void pages_begin_in_the_midst_of_a_row(void **state)
{
    struct shop *shop = *state;
    struct execution e = execution_new(shop), other = execution_new(shop);
    static const int rows[] = {3, 1, 4, 2};
    add_row(shop, &other, 5, NULL);
    for (int i = 0; i < 4; i++)
        add_row(shop, &e, rows[i], NULL);
    for (int64_t after = -1; after <= 11; after++) {
        struct history_event *events;
        bool more = true;
        int64_t begin = after < 0 ? 0 : after;
        size_t want = begin < 10 ? (size_t)(10 - begin) : 0;
        assert_int_equal(history_read(shop->db, e.order_id, after, 1 << 20,
                                      &events, &more, &shop->arena),
                         want);
        assert_false(more);
        for (size_t i = 0; i < want; i++)
            assert_int_equal(events[i].id, begin + 1 + (int64_t)i);
    }
    struct history_event *events;
    bool more;
    assert_int_equal(history_read(shop->db, e.order_id, INT64_MAX, 99, &events,
                                  &more, &shop->arena),
                     0);
    assert_int_equal(
        history_read(shop->db, "nobody", 0, 99, &events, &more, &shop->arena),
        0);
}

/* One row: what an event leaves out is the last value of those before it. */
static void what_was_left_out_is_put_back(void **state)
{
    struct shop *shop = *state;
    struct execution e = execution_new(shop);
    static const struct {
        const char *detail;
        const char *same;
        const char *whole;
    } cases[] = {
        {"{\"input\":{\"a\":1}}", NULL, "{\"input\":{\"a\":1}}"},
        {"{\"resource\":\"x\"}", "parameters",
         "{\"resource\":\"x\",\"parameters\":{\"a\":1}}"},
        {"{\"output\":7}", NULL, "{\"output\":7}"}, /* no value to repeat */
        {"{}", "output", "{\"output\":{\"a\":1}}"},
        {"{\"output\":[2]}", NULL, "{\"output\":[2]}"},
        {NULL, "input", "{\"input\":[2]}"},
    };
    enum { COUNT = sizeof cases / sizeof cases[0] };
    for (size_t i = 0; i < COUNT; i++) {
        assert_int_equal(execution_begins_row(&e), i == 0);
        execution_event_same(&e, &shop->arena, "TaskScheduled", "A",
                             cases[i].detail, cases[i].same, SHOP_NOW);
    }
    assert_true(execution_put(shop, &e, 0, 0));
    for (size_t after = 0; after < COUNT; after++) {
        struct history_event *events;
        bool more;
        assert_int_equal(history_read(shop->db, e.order_id, (int64_t)after,
                                      1 << 20, &events, &more, &shop->arena),
                         COUNT - after);
        assert_string_equal(json_print(&shop->arena, events[0].detail),
                            cases[after].whole);
    }
}

/* Follows the pages; gives how many there are. */
static int count_pages(struct shop *shop, const char *order_id,
                       size_t max_bytes, int64_t last)
{
    int pages = 0;
    int64_t at = 0;
    bool more = true;
    while (more) {
        struct history_event *events;
        size_t count = history_read(shop->db, order_id, at, max_bytes, &events,
                                    &more, &shop->arena);
        assert_in_range(count, 1, HISTORY_PAGE);
        for (size_t i = 0; i < count; i++)
            assert_int_equal(events[i].id, ++at);
        pages++;
    }
    assert_int_equal(at, last);
    return pages;
}

static void pages_have_an_end(void **state)
{
    struct shop *shop = *state;
    struct execution e = execution_new(shop);
    char *detail = arena_printf(&shop->arena, "{\"input\":\"%01000d\"}", 0);
    for (int i = 0; i < 4; i++)
        add_row(shop, &e, 1, detail);
    assert_int_equal(count_pages(shop, e.order_id, 1, 4), 4);
    assert_int_equal(count_pages(shop, e.order_id, 2500, 4), 2);
    assert_int_equal(count_pages(shop, e.order_id, 1 << 20, 4), 1);
    /* A row longer than a page. */
    add_row(shop, &e, 2 * HISTORY_PAGE, NULL);
    assert_int_equal(count_pages(shop, e.order_id, 1 << 20, 2004), 3);
    struct execution full = execution_new(shop);
    add_row(shop, &full, HISTORY_PAGE, NULL);
    assert_int_equal(count_pages(shop, full.order_id, 1 << 20, 1000), 1);
}

static void pack(struct shop *shop, struct arena *arena)
{
    size_t used = arena->used;
    while (history_pack(shop->db, INT64_MAX, arena))
        arena->used = used;
    arena->used = used;
}

static int64_t row_count(struct shop *shop, const char *table)
{
    return shop_int(shop, strcmp(table, "tokens") == 0
                              ? "SELECT COUNT(*) FROM task_tokens"
                                " /* whole table */"
                              : "SELECT COUNT(*) FROM executions"
                                " WHERE thinned = 1 /* whole table */");
}

static void a_summary_keeps_acts_and_errors(void **state)
{
    struct shop *shop = *state;
    struct db *db = shop->db;
    struct execution e = execution_new(shop);
    struct history_event *events;
    e.input = "{\"order\":1}";
    execution_event(&e, &shop->arena, "TaskScheduled", "A",
                    "{\"resource\":\"r\",\"input\":{\"x\":1},\"parameters\":[],"
                    "\"attempt\":2}",
                    SHOP_NOW);
    execution_event(&e, &shop->arena, "TaskSucceeded", "A", "{\"output\":1.50}",
                    SHOP_NOW);
    execution_event(&e, &shop->arena, "TaskFailed", "A",
                    "{\"error\":\"E\",\"cause\":\"C\",\"more\":{\"input\":1}}",
                    SHOP_NOW);
    assert_true(execution_put(shop, &e, 0, 0));
    execution_note(db, e.order_id, "PaymentRetried", "ada", "why", SHOP_NOW,
                   &shop->arena);
    task_token_issue(db, "token", e.order_id, 1, SHOP_NOW);
    e = execution_now(shop, e.order_id);
    e.output = "1";
    e.image = "1";
    e.error = "E";
    assert_true(execution_end(db, &e, EXECUTION_FAILED, SHOP_NOW));
    assert_int_equal(history_thin(db, SHOP_NOW + 1, 9, &shop->arena), 0);
    pack(shop, &shop->arena);
    assert_int_equal(history_thin(db, SHOP_NOW + 1, 9, &shop->arena), 1);
    assert_int_equal(history_thin(db, SHOP_NOW + 1, 9, &shop->arena), 0);

    static const char *const details[] = {
        "{\"resource\":\"r\",\"attempt\":2}", NULL,
        "{\"error\":\"E\",\"cause\":\"C\",\"more\":{\"input\":1}}",
        "{\"by\":\"ada\",\"reason\":\"why\"}"};
    assert_int_equal(history_all(shop, e.order_id, &events), 4);
    for (int i = 0; i < 4; i++) {
        assert_int_equal(events[i].id, i + 1);
        assert_int_equal(events[i].at_ms, SHOP_NOW);
        if (details[i] == NULL)
            assert_null(events[i].detail);
        else
            assert_string_equal(json_print(&shop->arena, events[i].detail),
                                details[i]);
    }
    e = execution_now(shop, e.order_id);
    assert_true(e.thinned);
    assert_null(e.input);
    assert_null(e.output);
    assert_null(e.image);
    assert_string_equal(e.error, "E");
    assert_int_equal(row_count(shop, "tokens"), 0);
    /* Run again, it will be thinned again. */
    assert_true(execution_reopen(db, &e));
    assert_false(execution_now(shop, e.order_id).thinned);
}

static void only_what_ended_before_is_thinned(void **state)
{
    struct shop *shop = *state;
    struct execution e[4];
    for (int i = 0; i < 4; i++) {
        e[i] = execution_new(shop);
        e[i].input = "1";
        add_row(shop, &e[i], 1, "{\"input\":1}");
        if (i > 0)
            execution_end(shop->db, &e[i], EXECUTION_SUCCEEDED,
                          SHOP_NOW + 10 * i);
    }
    pack(shop, &shop->arena);
    assert_int_equal(history_thin(shop->db, SHOP_NOW + 10, 9, &shop->arena), 0);
    assert_int_equal(history_thin(shop->db, SHOP_NOW + 30, 0, &shop->arena), 0);
    assert_int_equal(history_thin(shop->db, SHOP_NOW + 30, 1, &shop->arena), 1);
    assert_true(execution_now(shop, e[1].order_id).thinned);
    assert_int_equal(history_thin(shop->db, SHOP_NOW + 30, 9, &shop->arena), 1);
    assert_int_equal(row_count(shop, "thinned"), 2);
    assert_string_equal(execution_now(shop, e[0].order_id).input, "1");
    assert_string_equal(execution_now(shop, e[3].order_id).input, "1");
}

static void rows_are_thinned_one_by_one(void **state)
{
    enum { ROWS = 12, ONES = 100000 };
    struct shop *shop = *state;
    struct execution e = execution_new(shop);
    struct arena small = arena_create(24 << 20); /* for two such rows */
    struct history_event *events;
    struct text detail = text_create(&shop->arena, 2 * ONES + 30);
    text_puts(&detail, "{\"index\":1,\"input\":[1");
    for (int i = 0; i < ONES; i++)
        text_puts(&detail, ",1");
    text_puts(&detail, "]}");
    for (int i = 0; i < ROWS; i++)
        add_row(shop, &e, 1, detail.bytes);
    execution_end(shop->db, &e, EXECUTION_SUCCEEDED, SHOP_NOW);
    pack(shop, &small);
    assert_int_equal(history_thin(shop->db, SHOP_NOW + 1, 9, &small), 1);
    assert_true(small.used < 1000);
    arena_destroy(&small);
    assert_int_equal(history_all(shop, e.order_id, &events), ROWS);
    for (int i = 0; i < ROWS; i++)
        assert_string_equal(json_print(&shop->arena, events[i].detail),
                            "{\"index\":1}");
}

static void a_damaged_row_stops_nobody(void **state)
{
    struct shop *shop = *state;
    struct execution e = execution_new(shop);
    struct history_event *events;
    add_row(shop, &e, 2, "{\"input\":1}");
    add_row(shop, &e, 1, "{\"input\":1}");
    execution_alter(shop,
                    "UPDATE execution_events SET events = '[{\"id\":1,'"
                    " WHERE order_id = $1 AND first_event = 1",
                    e.order_id);
    execution_end(shop->db, &e, EXECUTION_SUCCEEDED, SHOP_NOW);
    assert_int_equal(history_all(shop, e.order_id, &events), 1);
    assert_int_equal(events[0].id, 3);
    pack(shop, &shop->arena);
    assert_int_equal(history_all(shop, e.order_id, &events), 1);
    assert_int_equal(events[0].id, 3);
    assert_int_equal(history_thin(shop->db, SHOP_NOW + 1, 9, &shop->arena), 1);
    assert_int_equal(history_all(shop, e.order_id, &events), 1);
    assert_null(events[0].detail);
}

/* Packed, a history reads as before, page by page, and so does what came with
 * the end; what comes later follows it. */
static void what_is_packed_reads_as_before(void **state)
{
    enum { ROWS = 30 };
    struct shop *shop = *state;
    struct execution e = execution_new(shop);
    struct history_event *events;
    char *long_detail =
        arena_printf(&shop->arena, "{\"input\":[\"%09000d\"]}", 0);
    for (int i = 0; i < ROWS; i++)
        add_row(shop, &e, 3, i % 2 ? long_detail : "{\"input\":{\"a\":1.50}}");
    e = execution_now(shop, e.order_id);
    e.input = "{\"order\":1}";
    e.image = "{\"v\":1}";
    e.output = NULL;
    assert_true(execution_end(shop->db, &e, EXECUTION_FAILED, SHOP_NOW));
    assert_int_equal(history_all(shop, e.order_id, &events), 3 * ROWS);
    assert_false(history_pack(shop->db, SHOP_NOW, &shop->arena));
    assert_true(history_pack(shop->db, SHOP_NOW + 1, &shop->arena));
    assert_false(history_pack(shop->db, SHOP_NOW + 1, &shop->arena));
    assert_int_equal(shop_int(shop, "SELECT COUNT(*) FROM execution_events"
                                    " /* whole table */"),
                     0);
    assert_in_range(shop_int(shop, "SELECT COUNT(*) FROM packed_events"
                                   " /* whole table */"),
                    5, 10);
    assert_int_equal(count_pages(shop, e.order_id, 1, 3 * ROWS),
                     shop_int(shop, "SELECT COUNT(*) FROM packed_events"
                                    " /* whole table */"));
    assert_int_equal(history_all(shop, e.order_id, &events), 3 * ROWS);
    for (int i = 0; i < 3 * ROWS; i++)
        assert_string_equal(json_print(&shop->arena, events[i].detail),
                            i / 3 % 2 ? long_detail
                                      : "{\"input\":{\"a\":1.50}}");
    e = execution_now(shop, e.order_id);
    assert_string_equal(e.input, "{\"order\":1}");
    assert_string_equal(e.image, "{\"v\":1}");
    assert_null(e.output);

    execution_note(shop->db, e.order_id, "Refunded", "ada", NULL, SHOP_NOW,
                   &shop->arena);
    e = execution_now(shop, e.order_id);
    assert_true(execution_reopen(shop->db, &e));
    e = execution_now(shop, e.order_id);
    assert_string_equal(e.input, "{\"order\":1}");
    assert_string_equal(e.image, "{\"v\":1}");
    e.output = "2";
    assert_true(execution_end(shop->db, &e, EXECUTION_SUCCEEDED, SHOP_NOW));
    assert_true(history_pack(shop->db, SHOP_NOW + 1, &shop->arena));
    assert_int_equal(history_all(shop, e.order_id, &events), 3 * ROWS + 1);
    assert_string_equal(events[3 * ROWS].type, "Refunded");
    e = execution_now(shop, e.order_id);
    assert_string_equal(e.input, "{\"order\":1}");
    assert_string_equal(e.output, "2");
}

static void what_cannot_be_unpacked_stops_nobody(void **state)
{
    struct shop *shop = *state;
    struct execution e = execution_new(shop);
    struct history_event *events;
    add_row(shop, &e, 2, "{\"input\":1}");
    e.input = "1";
    execution_end(shop->db, &e, EXECUTION_SUCCEEDED, SHOP_NOW);
    pack(shop, &shop->arena);
    execution_alter(shop,
                    "UPDATE packed_events SET packed = x'78bb00'"
                    " WHERE order_id = $1",
                    e.order_id);
    assert_int_equal(history_all(shop, e.order_id, &events), 0);
    assert_null(execution_now(shop, e.order_id).input);
    assert_int_equal(history_thin(shop->db, SHOP_NOW + 1, 9, &shop->arena), 1);
    assert_int_equal(shop_int(shop, "SELECT COUNT(*) FROM packed_events"
                                    " WHERE packed = x'78bb00'"
                                    " /* whole table */"),
                     1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SHOP_TEST(pages_begin_in_the_midst_of_a_row),
        SHOP_TEST(what_was_left_out_is_put_back),
        SHOP_TEST(pages_have_an_end),
        SHOP_TEST(a_summary_keeps_acts_and_errors),
        SHOP_TEST(only_what_ended_before_is_thinned),
        SHOP_TEST(rows_are_thinned_one_by_one),
        SHOP_TEST(a_damaged_row_stops_nobody),
        SHOP_TEST(what_is_packed_reads_as_before),
        SHOP_TEST(what_cannot_be_unpacked_stops_nobody),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
