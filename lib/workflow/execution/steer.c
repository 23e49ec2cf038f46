/* Steering executions: see steer.h. Redrives stand in
 * redrive.c. */
#include "lib/workflow/execution/steer.h"

#include <assert.h>
#include <string.h>

#include "lib/base/text/json_writer.h"
#include "lib/shop/execution/workflow.h"
#include "lib/shop/health/alarm.h"
#include "lib/shop/payment/payment.h"
#include "lib/workflow/execution/load.h"
#include "lib/workflow/execution/redrive.h"
#include "lib/workflow/order/undo.h"

static void add_event(struct execution *execution,
                      const struct execution_steer *change, const char *type,
                      int64_t now_ms, struct arena *arena)
{
    struct text detail = text_create(arena, 128);
    struct json_writer w = json_writer(&detail);
    json_open(&w, '{');
    json_string_member(&w, "by", change->by);
    json_string_member(&w, "reason", change->reason);
    json_close(&w, '}');
    execution_event(execution, arena, type, NULL, detail.bytes, now_ms);
}

static const char *stop(struct db *db, const struct order *order,
                        struct execution *execution,
                        const struct execution_steer *change, int64_t now_ms,
                        struct arena *arena)
{
    if (!execution_is_running(execution))
        return "The execution has ended already.";
    add_event(execution, change, "ExecutionAborted", now_ms, arena);
    execution->error = NULL;
    execution->cause = change->reason;
    execution_end(db, execution, EXECUTION_ABORTED, now_ms);
    undo_failed(db, order, change->reason, now_ms);
    return NULL;
}

/* Its run with what waits for a retry made due; NULL: nothing does. */
static struct asl_run *hurried(struct db *db, const struct execution *execution,
                               struct arena *arena)
{
    if (execution->image == NULL)
        return NULL;
    struct asl_run *run =
        execution_load(db, execution, execution->definition_hash, arena).run;
    return run != NULL && asl_hurry(run) ? run : NULL;
}

static const char *retry(struct db *db, const struct order *order,
                         struct execution *execution,
                         const struct execution_steer *change, int64_t now_ms,
                         struct arena *arena)
{
    if (!execution_is_running(execution))
        return "The execution has ended already.";
    bool parked = execution_is_parked(db, order->order_id);
    struct asl_run *run = hurried(db, execution, arena);
    bool charge = payment_hurry(db, order->order_id);
    if (!parked && run == NULL && !charge)
        return "Nothing waits for its time.";
    if (parked) {
        execution_unpark(db, order->order_id);
        alarm_settle(db, ALARM_PARKED, order->order_id, now_ms);
        execution_read(db, order->order_id, execution, arena);
    }
    if (run != NULL)
        execution->image = asl_image(run);
    add_event(execution, change, "ExecutionRetried", now_ms, arena);
    execution_save(db, execution,
                   (struct execution_wait){.reaper = execution->reaper});
    return NULL;
}

bool execution_action_of(const char *name, enum execution_action *out)
{
    static const char *const words[] = {[EXECUTION_STOP] = "stop",
                                        [EXECUTION_REDRIVE] = "redrive",
                                        [EXECUTION_RETRY] = "retry"};
    static const struct names names = NAMES("action", words);
    int action = name == NULL ? -1 : names_find(&names, name);
    if (action >= 0)
        *out = (enum execution_action)action;
    return action >= 0;
}

bool execution_definition_of(const char *name, bool *current)
{
    *current = name != NULL && strcmp(name, "current") == 0;
    return name == NULL || *current || strcmp(name, "own") == 0;
}

const char *execution_steer_reason(struct arena *arena, const char *reason,
                                   const char **fault)
{
    *fault = "Say why; it is kept in the history.";
    if (reason == NULL || *(reason = text_trim(arena, reason)) == '\0')
        return NULL;
    *fault = order_reason_fault(reason);
    return *fault == NULL ? reason : NULL;
}

const char *execution_steer(struct db *db, const struct order *order,
                            const struct execution_steer *change,
                            int64_t now_ms, struct arena *arena)
{
    assert(db_in_transaction(db) && change->reason != NULL &&
           change->by != NULL);
    struct execution execution;
    struct arena own = arena_create(EXECUTION_ARENA);
    const char *why = "The order has no execution.";
    if (execution_read(db, order->order_id, &execution, &own))
        switch (change->action) {
        case EXECUTION_STOP:
            why = stop(db, order, &execution, change, now_ms, &own);
            break;
        case EXECUTION_REDRIVE:
            why =
                execution_redrive(db, order, &execution, change, now_ms, &own);
            break;
        case EXECUTION_RETRY:
            why = retry(db, order, &execution, change, now_ms, &own);
            break;
        }
    if (why != NULL)
        why = arena_string(arena, why);
    arena_destroy(&own);
    return why;
}

void execution_offers(struct db *db, const struct order *order,
                      struct execution_offers *out, struct arena *arena)
{
    struct execution execution;
    struct arena own = arena_create(EXECUTION_ARENA);
    *out = (struct execution_offers){0};
    if (execution_read(db, order->order_id, &execution, &own)) {
        const char *current = workflow_current_hash(db, &own);
        const char *from = execution_redrive_from(db, order, &execution, &own);
        out->stop = execution_is_running(&execution);
        struct payment_attempt attempt;
        bool charge = payment_open(db, order->order_id, &attempt, &own) &&
                      attempt.kind != PAYMENT_MANUAL;
        out->retry =
            out->stop && (execution_is_parked(db, order->order_id) || charge ||
                          hurried(db, &execution, &own) != NULL);
        out->redrive_from = from == NULL ? NULL : arena_string(arena, from);
        out->current_differs =
            current != NULL && strcmp(current, execution.definition_hash) != 0;
    }
    arena_destroy(&own);
}
