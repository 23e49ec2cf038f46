/* An execution in hand: see step.h. */
#include "lib/workflow/execution/step.h"

#include <assert.h>
#include <string.h>

#include "lib/base/log/log.h"
#include "lib/base/text/json_writer.h"
#include "lib/shop/execution/history.h"
#include "lib/shop/execution/task_token.h"
#include "lib/shop/health/alarm.h"
#include "lib/shop/payment/payment.h"
#include "lib/shop/product/stock.h"
#include "lib/shop/refund/refund.h"
#include "lib/workflow/execution/load.h"
#include "lib/workflow/order/facts.h"
#include "lib/workflow/order/sale.h"
#include "lib/workflow/order/undo.h"

static const char *token(void *context, struct arena *arena, int64_t task_id)
{
    const struct step *step = context;
    return task_token_make(arena, step->driver->signing_key,
                           step->execution.order_id, task_id);
}

/* The first turn of all: the order is taken in hand, its facts are the
 * execution's input. */
static const struct json *first_input(struct step *step)
{
    const struct driver *driver = step->driver;
    const struct json *input = order_facts(
        driver->db, driver->settings->currency, &step->order, step->arena);
    step->execution.input = json_print(step->arena, input);
    if (order_move(driver->db, step->order.order_id, ORDER_PENDING,
                   ORDER_PROCESSING, NULL, step->now_ms))
        step->order.status = ORDER_PROCESSING; /* tasks of this turn see it */
    return input;
}

static void load_run(struct step *step)
{
    struct execution *execution = &step->execution;
    const struct json *input = execution->input == NULL
                                   ? first_input(step)
                                   : execution_input(execution, step->arena);
    struct execution_loaded loaded = execution_load_under(
        execution, step->workflow->asl, input, step->arena);
    if (loaded.run == NULL)
        die("order %s: its execution cannot be read: %s", execution->order_id,
            loaded.fault);
    step->run = loaded.run;
}

/* The transaction keeps every other writer out: what was not written by it is
 * as it was. */
void step_refresh_order(struct step *step)
{
    struct db *db = step->driver->db;
    if (db_changes(db) == step->order_changes)
        return;
    struct order order;
    if (!order_find(db, step->execution.order_id, &order, step->arena))
        return;                      /* refused: nothing of this stays */
    order.lines = step->order.lines; /* they never change */
    order.line_count = step->order.line_count;
    step->order = order;
    step->order_changes = db_changes(db);
    step->facts = NULL;
}

bool step_open(struct step *step, const struct driver *driver,
               const char *order_id, int64_t now_ms)
{
    struct db *db = driver->db;
    struct arena *arena = driver->arena;
    assert(db_in_transaction(db) && !arena_holds(arena, order_id));
    arena_reset(arena);
    *step = (struct step){.driver = driver, .arena = arena, .now_ms = now_ms};
    if (!execution_read(db, order_id, &step->execution, arena) ||
        !execution_is_running(&step->execution) ||
        !order_find(db, order_id, &step->order, arena))
        return false;
    step->order_changes = db_changes(db);
    step->env = (struct asl_env){.clock_ms = step->execution.clock_ms,
                                 .wall_ms = now_ms,
                                 .random = crypto_random_bits,
                                 .token = token,
                                 .context = step};
    step->workflow = workflow_cached(driver->definitions, db,
                                     step->execution.definition_hash);
    load_run(step);
    return true;
}

/* A value stands in several events one after the other (as a task's output, as
 * its state's, as the next one's input) and shares its parts: it is written
 * once a row. last are the parts of the one written last; *same the name of
 * the member that is left out. */
static const char *print_detail(struct step *step, const struct json **last,
                                const struct json *detail, const char **same)
{
    static const char *const data[] = {"input", "output", "parameters"};
    struct text out = text_create(step->arena, 1024);
    struct json_writer w = json_writer(&out);
    bool first = true; /* of the data in this detail */
    json_open(&w, '{');
    for (const struct json *e = json_first(detail); e != NULL;
         e = json_next(e)) {
        const struct json *parts = json_first(e);
        bool is_data = false;
        for (size_t i = 0; i < sizeof data / sizeof data[0]; i++)
            is_data = is_data || strcmp(json_name(e), data[i]) == 0;
        if (is_data && parts != NULL && parts == *last && first) {
            *same = json_name(e);
            first = false;
            continue;
        }
        if (is_data && parts != NULL) {
            *last = parts;
            first = false;
        }
        json_key(&w, json_name(e));
        json_print_to(&w, e);
    }
    json_close(&w, '}');
    return out.bytes;
}

static void store_events(struct step *step)
{
    struct execution *execution = &step->execution;
    const struct json *last = NULL;
    for (const struct asl_event *event = asl_events(step->run); event != NULL;
         event = event->next) {
        const char *same = NULL;
        const char *detail = NULL;
        if (execution_begins_row(execution))
            last = NULL;
        if (event->detail != NULL)
            detail = print_detail(step, &last, event->detail, &same);
        execution_event_same(execution, step->arena, event->type, event->state,
                             detail, same,
                             strcmp(event->type, "ExecutionStarted") == 0
                                 ? execution->started_at_ms
                                 : step->now_ms);
    }
}

/* Not what staff gave back while it was coming to its end. */
static bool gave_back(const struct step *step)
{
    struct db *db = step->driver->db;
    const char *order_id = step->execution.order_id;
    return step->workflow->sells && !refund_by_staff(db, order_id) &&
           (!stock_is_sold(db, order_id) ||
            (step->order.total_minor > 0 &&
             payment_was_given_back(db, order_id)));
}

/* Nobody else writes while this transaction runs: one that moved the execution
 * under our hands would be a bug, and nothing of it may stay. */
static void stored(struct step *step, bool done)
{
    if (!done && !db_refused(step->driver->db))
        die("order %s: its execution was moved by another hand",
            step->execution.order_id);
}

/* The workflow succeeded and the order stands unconfirmed: it was paid after
 * its goods were held, or the definition leaves something out. */
static void finish(struct step *step)
{
    struct db *db = step->driver->db;
    if (!step->workflow->sells || !sale_is_due(db, &step->order) ||
        !sale_make(db, &step->order, step->now_ms, step->arena))
        alarm_raise(db, ALARM_UNFINISHED, step->execution.order_id,
                    "The workflow ended and left the order neither confirmed "
                    "nor failed.",
                    step->now_ms);
}

static enum execution_status ended_as(enum asl_status status)
{
    switch (status) {
    case ASL_SUCCEEDED:
        return EXECUTION_SUCCEEDED;
    case ASL_FAILED:
        return EXECUTION_FAILED;
    case ASL_TIMED_OUT:
        return EXECUTION_TIMED_OUT;
    case ASL_RUNNING:
        break;
    }
    assert(false);
    return EXECUTION_FAILED;
}

static void end(struct step *step, enum execution_status status,
                const char *error, const char *cause)
{
    struct db *db = step->driver->db;
    struct execution *execution = &step->execution;
    bool succeeded = status == EXECUTION_SUCCEEDED;
    execution->error = error;
    execution->cause = cause;
    if (succeeded) {
        execution->image = NULL;
        execution->output = json_print(step->arena, asl_output(step->run));
    } else {
        execution->image = asl_image(step->run);
    }
    stored(step, execution_end(db, execution, status, step->now_ms));
    if (!succeeded)
        undo_failed(db, &step->order,
                    cause != NULL   ? cause
                    : error != NULL ? error
                                    : "The workflow failed.",
                    step->now_ms);
    else if (step->order.status == ORDER_PROCESSING)
        finish(step);
    else if (step->order.status == ORDER_CONFIRMED && gave_back(step))
        alarm_raise(db, ALARM_UNFINISHED, execution->order_id,
                    "The workflow gave money or goods back and left the order "
                    "confirmed.",
                    step->now_ms);
    if (succeeded && execution->redrives > 0)
        alarm_settle(db, ALARM_WORKFLOW_FAILED, execution->order_id,
                     step->now_ms);
}

/* Tokens whose tasks wait no longer (timed out, their branch aborted). */
static void expire_tokens(struct step *step)
{
    int64_t waiting[TASK_TOKEN_MAX];
    size_t count = task_token_waiting(
        step->driver->db, step->execution.order_id, waiting, TASK_TOKEN_MAX);
    for (size_t i = 0; i < count; i++)
        if (!asl_awaits(step->run, waiting[i]))
            task_token_expire(step->driver->db, step->execution.order_id,
                              waiting[i]);
}

static void save(struct step *step)
{
    const struct driver *driver = step->driver;
    struct execution *execution = &step->execution;
    int64_t due_ms = asl_due(step->run);
    int64_t delay_ms = due_ms == INT64_MAX ? INT64_MAX
                       : due_ms > execution->clock_ms
                           ? due_ms - execution->clock_ms
                           : 0;
    bool held = driver->is_calling(driver->own, execution->order_id, 0);
    if (step->news_left)
        delay_ms = 0;
    const char *state = asl_current(step->run);
    execution->state = state == NULL ? execution->state : state;
    execution->image = asl_image(step->run);
    bool done = execution_save(
        step->driver->db, execution,
        (struct execution_wait){.delay_ms = delay_ms,
                                .reaper = held ? driver->number : 0});
    stored(step, done);
}

void step_close(struct step *step)
{
    struct execution *execution = &step->execution;
    store_events(step);
    if (step->workflow->hands_out_tokens)
        expire_tokens(step);
    enum asl_status status = asl_status(step->run);
    /* The tasks may have moved the order. */
    step_refresh_order(step);
    if (status != ASL_RUNNING) {
        execution->state = asl_current(step->run);
        end(step, ended_as(status), asl_error(step->run), asl_cause(step->run));
    } else if (execution->last_event >= HISTORY_MAX_EVENTS ||
               execution->history_bytes >= HISTORY_MAX_BYTES) {
        end(step, EXECUTION_FAILED, "States.Runtime",
            "The workflow went on and on: its history is full.");
    } else {
        save(step);
    }
}
