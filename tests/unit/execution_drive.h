/* A small driver of executions for the tests of lib/web, in the reaper's place:
 * the tasks do at once to the order what they are for. */
#ifndef TESTS_UNIT_EXECUTION_DRIVE_H
#define TESTS_UNIT_EXECUTION_DRIVE_H

#include "tests/unit/execution_fixture.h"

#include "lib/asl/asl.h"
#include "lib/shop/payment/payment.h"
#include "lib/workflow/order/undo.h"

/* New orders run this definition, written with ' for ". */
static inline void use(struct shop *shop, const char *definition)
{
    char *text = arena_string(&shop->arena, definition);
    for (char *c = text; *c != '\0'; c++)
        if (*c == '\'')
            *c = '"';
    workflow_use(shop->db, text, SHOP_NOW);
}

static inline void charge(struct shop *shop, const char *order_id)
{
    struct payment_attempt attempt;
    payment_begin(shop->db, order_id, PAYMENT_TOKEN, 60000, SHOP_NOW);
    assert_int_equal(shop_charges(shop, 1, &attempt), 1);
    payment_succeeded(shop->db, attempt.attempt_id,
                      arena_printf(&shop->arena, "pi_%s", attempt.attempt_id),
                      shop_find(shop, order_id).total_minor, SHOP_NOW);
}

static inline void run_task(struct shop *shop, const char *order_id,
                            const struct asl_task *task)
{
    if (strcmp(task->resource, "task:ProcessPayment") == 0) {
        charge(shop, order_id);
    } else if (strcmp(task->resource, "task:UpdateInventory") == 0) {
        assert_true(shop_reserve(shop, order_id));
        assert_true(stock_sell(shop->db, order_id, SHOP_NOW));
        order_move(shop->db, order_id, ORDER_PROCESSING, ORDER_CONFIRMED, NULL,
                   SHOP_NOW);
    }
}

static inline struct asl_run *load(struct shop *shop,
                                   struct execution *execution)
{
    static struct asl_origin origin;
    const struct asl_definition *definition;
    const struct asl_mistake *mistakes;
    const char *fault;
    struct json_fault wrong;
    const char *text =
        workflow_find(shop->db, execution->definition_hash, &shop->arena);
    assert_true(asl_parse(
        &shop->arena,
        json_read(&shop->arena, text, strlen(text), ASL_DEPTH, &wrong),
        &definition, &mistakes));
    execution->input = "{}";
    origin = (struct asl_origin){.execution_id = execution->order_id,
                                 .machine_name = "test",
                                 .input = json_make_object(&shop->arena)};
    return execution->image == NULL
               ? asl_begin(&shop->arena, definition, &origin)
               : asl_load(&shop->arena, definition, &origin, execution->image,
                          &fault);
}

static inline uint64_t no_chance(void *context)
{
    (void)context;
    return 0;
}

static inline void store(struct shop *shop, struct execution *execution,
                         struct asl_run *run)
{
    for (const struct asl_event *e = asl_events(run); e != NULL; e = e->next)
        execution_event(execution, &shop->arena, e->type, e->state,
                        e->detail == NULL ? NULL
                                          : json_print(&shop->arena, e->detail),
                        SHOP_NOW);
    execution->state = asl_current(run);
    execution->image = asl_image(run);
}

/* Takes the order on until it waits or ends; the state named failing fails.
 * Gives the states whose tasks were begun, in their order. */
static inline const char *drive(struct shop *shop, const char *order_id,
                                const char *failing)
{
    struct execution execution = execution_now(shop, order_id);
    struct asl_run *run = load(shop, &execution);
    struct asl_env env = {.clock_ms = execution.clock_ms,
                          .wall_ms = SHOP_NOW,
                          .random = no_chance};
    struct text begun = text_create(&shop->arena, 64);
    struct asl_task task;
    enum asl_turn turn;
    order_move(shop->db, order_id, ORDER_PENDING, ORDER_PROCESSING, NULL,
               SHOP_NOW);
    while ((turn = asl_turn(run, &env, &task)) != ASL_TURN_ENDED &&
           turn != ASL_TURN_WAIT) {
        if (turn != ASL_TURN_TASK)
            continue;
        text_printf(&begun, "%s ", asl_name(task.state));
        if (failing != NULL && strcmp(asl_name(task.state), failing) == 0) {
            asl_task_failed(run, &env, task.id, "Odd", "It failed.");
            continue;
        }
        run_task(shop, order_id, &task);
        asl_task_succeeded(run, &env, task.id, json_make_object(&shop->arena));
    }
    store(shop, &execution, run);
    if (turn == ASL_TURN_WAIT) {
        assert_true(execution_put(shop, &execution, NOT_YET, 0));
        return begun.bytes;
    }
    assert_true(execution_end(
        shop->db, &execution,
        (enum execution_status)names_read(&execution_status_names,
                                          asl_status_name(asl_status(run))),
        SHOP_NOW));
    struct order order = shop_find(shop, order_id);
    if (asl_status(run) != ASL_SUCCEEDED)
        undo_failed(shop->db, &order, "It failed.", SHOP_NOW);
    return begun.bytes;
}

#endif
