/* An order's progress: see progress.h. */
#include "lib/web/progress.h"

#include <string.h>

#include "lib/asl/definition.h"
#include "lib/shop/execution.h"
#include "lib/shop/workflow.h"

enum { PROGRESS_DEPTH = 32, PROGRESS_MAX_STEPS = 100 };

/* A built-in task's title; another state goes by its own name. */
static const char *title_of(const struct asl_state *state)
{
    static const char *const titles[][2] = {
        {"task:ValidateOrder", "Checked"},
        {"task:ProcessPayment", "Payment"},
        {"task:UpdateInventory", "Stock"},
        {"task:GenerateReceipt", "Receipt"},
        {"task:SendNotification", "Confirmation mail"}};
    for (size_t i = 0; i < sizeof titles / sizeof titles[0]; i++)
        if (strcmp(titles[i][0], asl_state_resource(state)) == 0)
            return titles[i][1];
    return asl_state_name(state);
}

/* The tasks on the way from the start when nothing fails. */
static size_t list_tasks(const char *text, struct progress_step *steps,
                         struct arena *arena)
{
    struct json_fault fault;
    const struct asl_definition *definition;
    const struct asl_mistake *mistakes;
    const struct json *json =
        json_read(arena, text, strlen(text), PROGRESS_DEPTH, &fault);
    if (json == NULL || !asl_parse(arena, json, &definition, &mistakes))
        return 0;
    size_t count = 0;
    for (const struct asl_state *state = asl_start(definition);
         state != NULL && asl_state_type(state) == ASL_TASK &&
         count < PROGRESS_MAX_STEPS;
         state = asl_state_next(state))
        steps[count++] = (struct progress_step){
            .state_name = asl_state_name(state),
            .title = title_of(state),
            .is_mail = strcmp(asl_state_resource(state),
                              "task:SendNotification") == 0};
    return count;
}

static void apply_event(struct progress_step *step,
                        const struct execution_event *event)
{
    if (strcmp(event->type, "TaskStateEntered") == 0) {
        step->state = PROGRESS_CURRENT;
        step->attempts = 1;
    } else if (strcmp(event->type, "TaskScheduled") == 0) {
        step->state = PROGRESS_CURRENT;
        step->attempts++;
    } else if (strcmp(event->type, "TaskSucceeded") == 0) {
        step->state = PROGRESS_DONE;
    } else if (strcmp(event->type, "TaskFailed") == 0) {
        step->state = PROGRESS_FAILED;
    } else {
        return;
    }
    step->at_ms = event->created_at_ms;
}

size_t progress_read(struct db *db, const char *order_id,
                     struct progress_step **steps, struct arena *arena)
{
    struct execution execution;
    if (!execution_find(db, order_id, &execution, arena))
        return 0;
    bool running = strcmp(execution.status, "RUNNING") == 0;
    const char *text = workflow_find(db, execution.definition_hash, arena);
    *steps = arena_alloc(arena, PROGRESS_MAX_STEPS * sizeof **steps);
    size_t count = text == NULL ? 0 : list_tasks(text, *steps, arena);
    for (size_t i = 0; i < count; i++)
        (*steps)[i].state = running ? PROGRESS_WAITING : PROGRESS_NOT_REACHED;
    struct execution_event *events;
    size_t event_count = execution_history(db, order_id, &events, arena);
    for (size_t e = 0; e < event_count; e++)
        for (size_t i = 0; i < count; i++)
            if (events[e].state != NULL &&
                strcmp(events[e].state, (*steps)[i].state_name) == 0)
                apply_event(&(*steps)[i], &events[e]);
    for (size_t i = 0; i < count; i++) {
        struct progress_step *step = &(*steps)[i];
        if (running && step->state == PROGRESS_FAILED)
            step->state = PROGRESS_CURRENT; /* about to be tried again */
        if (!running && step->state == PROGRESS_CURRENT)
            step->state = PROGRESS_NOT_REACHED; /* stopped in it */
    }
    return count;
}
