/* Which deliveries the gateway's deliverer finds to make, in what order, and
 * what becomes of them. */
#define _GNU_SOURCE
#include "cgi-bin/gateway/endpoint/endpoint.h"
#include "cgi-bin/gateway/event/event.h"
#include "tests/unit/gateway_call.h"

static void add_endpoint(struct gateway *g, const char *id, const char *events,
                         enum endpoint_status status)
{
    const struct endpoint endpoint = {.id = id,
                                      .url = "http://127.0.0.1/hook",
                                      .enabled_events = events,
                                      .secret = "whsec_1",
                                      .status = status,
                                      .metadata = "{}",
                                      .created_ms = 1};
    endpoint_add(g->writer, &endpoint);
}

static void emit(struct gateway *g, const char *type, int64_t delay_ms,
                 int copies)
{
    char *variables[] = {NULL};
    struct request request = {
        .arena = &g->arena, .id = "", .variables = variables};
    event_emit(&(struct cause){&g->web, &request, delay_ms, copies}, type,
               "{}");
}

static int begin(void **state)
{
    setup(state);
    struct gateway *g = *state;
    assert_int_equal(db_begin(g->writer, 1000), DB_OK);
    g->web.writer = g->writer;
    add_endpoint(g, "we_all", "[\"*\"]", ENDPOINT_ENABLED);
    add_endpoint(g, "we_off", "[\"*\"]", ENDPOINT_DISABLED);
    add_endpoint(g, "we_paid", "[\"charge.succeeded\"]", ENDPOINT_ENABLED);
    return 0;
}

static int end(void **state)
{
    struct gateway *g = *state;
    assert_int_equal(db_commit(g->writer), DB_OK);
    return teardown(state);
}

static int list(struct gateway *g, const char *endpoint_id,
                struct delivery out[4])
{
    return delivery_find_due(g->writer, &g->arena, endpoint_id, 4, out);
}

static void enabled_endpoints_are_targets(void **state)
{
    struct gateway *g = *state;
    struct endpoint targets[4];
    assert_int_equal(endpoint_find_enabled(g->writer, &g->arena, 4, targets),
                     2);
    assert_string_equal(targets[0].id, "we_all");
    assert_string_equal(targets[0].url, "http://127.0.0.1/hook");
    assert_string_equal(targets[0].secret, "whsec_1");
    assert_string_equal(targets[1].id, "we_paid");
    assert_int_equal(endpoint_find_enabled(g->writer, &g->arena, 1, targets),
                     1);
}

static void what_is_due_first_comes_first(void **state)
{
    struct gateway *g = *state;
    struct delivery due[4];
    emit(g, "charge.failed", 5000, 1);
    emit(g, "charge.succeeded", 0, 2);
    assert_int_equal(list(g, "we_off", due), 0);
    assert_int_equal(list(g, "we_paid", due), 2);
    assert_int_equal(list(g, "we_all", due), 3);
    assert_string_equal(due[0].event_id, due[1].event_id);
    assert_true(due[0].id < due[1].id);
    assert_true(due[2].due_ms >= due[2].created_ms + 5000);
    assert_int_equal(due[0].due_ms, due[0].created_ms);
    assert_int_equal(due[0].calls, 0);
}

static void a_delivery_is_made_put_off_or_given_up(void **state)
{
    struct gateway *g = *state;
    struct delivery due[4];
    struct event event;
    emit(g, "charge.failed", 0, 3);
    assert_int_equal(list(g, "we_all", due), 3);
    const char *id = due[0].event_id;
    delivery_made(g->writer, due[0].id, 200, NULL, 0);
    delivery_made(g->writer, due[1].id, 500, "answered 500",
                  due[1].due_ms + 1000);
    delivery_made(g->writer, due[2].id, 0, "no connection", 0);
    int64_t again_ms = due[1].due_ms + 1000;
    assert_int_equal(list(g, "we_all", due), 1);
    assert_int_equal(due[0].due_ms, again_ms);
    assert_int_equal(due[0].calls, 1);
    assert_true(event_find(g->writer, &g->arena, id, &event));
    assert_int_equal(event.pending, 1);
    /* One whose endpoint has gone meanwhile is no trouble. */
    endpoint_delete(g->writer, "we_all");
    delivery_made(g->writer, due[0].id, 200, NULL, 0);
    assert_int_equal(list(g, "we_all", due), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(enabled_endpoints_are_targets, begin,
                                        end),
        cmocka_unit_test_setup_teardown(what_is_due_first_comes_first, begin,
                                        end),
        cmocka_unit_test_setup_teardown(a_delivery_is_made_put_off_or_given_up,
                                        begin, end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
