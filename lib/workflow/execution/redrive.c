/* Redrives: see redrive.h. Everything is made ready in memory first,
 * so that nothing is written of one that turns out to be impossible. */
#include "lib/workflow/execution/redrive.h"

#include <assert.h>

#include "lib/base/text/json_writer.h"
#include "lib/shop/execution/history.h"
#include "lib/shop/execution/workflow.h"
#include "lib/shop/payment/payment.h"
#include "lib/workflow/execution/load.h"
#include "lib/workflow/execution/run_again.h"
#include "lib/workflow/order/undo.h"

/* Why it cannot be, as far as its row and the order's say; NULL: it may. */
static const char *refusal(const struct order *order,
                           const struct execution *execution, bool paid_late,
                           struct arena *arena)
{
    if (execution_is_running(execution))
        return "The execution is still running.";
    if (execution->status == EXECUTION_SUCCEEDED)
        return "The execution succeeded; there is nothing to redrive.";
    if ((order->status == ORDER_CANCELLED && !paid_late) ||
        order->status == ORDER_COMPLETED)
        return arena_printf(arena, "The order is %s; that is final.",
                            order_status_name(order->status));
    if (execution->thinned)
        return "The details it would need have been removed from the history.";
    if (execution->last_event >= HISTORY_MAX_EVENTS)
        return "Its history is full.";
    /* One that was stopped before its first turn begins anew. */
    if (execution->image == NULL && execution->state != NULL)
        return "Nothing is left that it could go on from.";
    return NULL;
}

/* Loaded, and brought to where it can be redriven from; *from is that state. */
static struct execution_loaded load(struct db *db,
                                    const struct execution *execution,
                                    const char *hash, const char **from,
                                    struct arena *arena)
{
    struct execution_loaded loaded = execution_load(db, execution, hash, arena);
    *from = NULL;
    if (loaded.run == NULL)
        return loaded;
    if (execution->image == NULL) {
        *from = asl_name(asl_start(asl_root(loaded.definition)));
        return loaded;
    }
    asl_stop(loaded.run);
    *from = asl_failed_state(loaded.run);
    return loaded;
}

const char *execution_redrive_from(struct db *db, const struct order *order,
                                   const struct execution *execution,
                                   struct arena *arena)
{
    const char *from = NULL;
    if (refusal(order, execution, false, arena) == NULL)
        load(db, execution, execution->definition_hash, &from, arena);
    return from;
}

static const char *redriven_detail(const struct execution_steer *change,
                                   const char *from, const char *hash,
                                   struct arena *arena)
{
    struct text detail = text_create(arena, 256);
    struct json_writer w = json_writer(&detail);
    json_open(&w, '{');
    json_string_member(&w, "by", change->by);
    json_string_member(&w, "reason", change->reason);
    json_string_member(&w, "state", from);
    json_string_member(&w, "definition", hash);
    json_close(&w, '}');
    return detail.bytes;
}

/* Brings the run back to its failed state; NULL, or why it cannot be. */
static const char *go_back(struct db *db, const struct order *order,
                           struct execution *execution, struct asl_run *run,
                           const char *from, int64_t now_ms,
                           struct arena *arena)
{
    struct asl_again first[EXECUTION_AGAIN_MAX];
    size_t count = execution_again(db, order, from, first, arena);
    struct asl_env env = execution_env(execution, now_ms);
    if (!asl_redrive(run, &env, first, count))
        return "The definition lacks a state that must be run again first.";
    if (asl_status(run) != ASL_RUNNING)
        return "What must be run again first is too much data.";
    execution->state = asl_current(run);
    execution->image = asl_image(run);
    return NULL;
}

static const char *take_order_up(struct db *db, const struct order *order,
                                 bool paid_late, int64_t now_ms,
                                 struct arena *arena)
{
    const char *missing;
    switch (undo_redrive(db, order, paid_late, now_ms, &missing, arena)) {
    case UNDO_REDRIVE_OK:
        return NULL;
    case UNDO_REDRIVE_SHORT:
        return arena_printf(arena, "There is not enough of %s in stock.",
                            missing);
    case UNDO_REDRIVE_REFUSED:
        break;
    }
    return "Only a part of its money went back; it cannot be charged again.";
}

const char *execution_redrive(struct db *db, const struct order *order,
                              struct execution *execution,
                              const struct execution_steer *change,
                              int64_t now_ms, struct arena *arena)
{
    assert(db_in_transaction(db) && arena->cap >= EXECUTION_ARENA);
    const char *why = refusal(order, execution, change->paid_late, arena);
    if (why != NULL)
        return why;
    const char *from;
    const char *hash = change->current ? workflow_current_hash(db, arena)
                                       : execution->definition_hash;
    struct execution_loaded loaded = load(db, execution, hash, &from, arena);
    if (loaded.run == NULL)
        return arena_printf(arena, "The %s definition does not fit: %s.",
                            change->current ? "current" : "own", loaded.fault);
    if (from == NULL)
        return "Nothing is left that it could go on from.";
    if (execution->image != NULL)
        why = go_back(db, order, execution, loaded.run, from, now_ms, arena);
    if (why == NULL)
        why = take_order_up(db, order, change->paid_late, now_ms, arena);
    if (why != NULL)
        return why;
    const char *code, *message; /* a refusal from before is old news */
    payment_take_refusal(db, order->order_id, &code, &message, arena);
    execution->definition_hash = hash;
    execution_event(execution, arena, "ExecutionRedriven", NULL,
                    redriven_detail(change, from, hash, arena), now_ms);
    /* In one transaction with the reading: false only where the disk is full,
     * and then the whole batch is refused. */
    execution_reopen(db, execution);
    return NULL;
}
