/* An order's progress: see progress.h. */
#include "lib/workflow/execution/progress.h"

#include <string.h>

#include "lib/shop/execution/task_name.h"
#include "lib/workflow/definition.h"
#include "lib/workflow/execution/load.h"

enum { WAY_STATES = 500 /* of a machine, at most */ };

struct list {
    struct progress_step *steps;
    size_t count;
    struct arena *arena;
};

/* A built-in task's title; another state goes by its own name. */
static struct progress_step make_step(const struct asl_state *state,
                                      struct arena *arena)
{
    struct task_name task = {.kind = TASK_WEB};
    const struct json *parameters = json_member(asl_json(state), "Parameters");
    const char *name = json_string(json_member(parameters, "FunctionName"));
    bool builtin = task_name_read(asl_resource(state), name, &task) &&
                   task.kind == TASK_BUILTIN;
    return (struct progress_step){
        .state_name = arena_string(arena, asl_name(state)),
        .title = builtin ? task_name_title(task.builtin)
                         : arena_string(arena, asl_name(state)),
        .is_mail = builtin && task.builtin == TASK_SEND_NOTIFICATION,
        .is_money = builtin && (task.builtin == TASK_PROCESS_PAYMENT ||
                                task.builtin == TASK_REFUND_PAYMENT),
        .state = PROGRESS_WAITING};
}

/* The way through one machine, as far as it has come. */
struct way {
    const struct asl_state **passed;
    size_t count, most;
};

static bool is_new(const struct way *way, const struct asl_state *state)
{
    for (size_t i = 0; i < way->count; i++)
        if (way->passed[i] == state)
            return false;
    return true;
}

/* NULL at its end, and where it only leads back. */
static const struct asl_state *way_on(const struct way *way,
                                      const struct asl_state *state)
{
    const struct asl_state *first = NULL;
    for (size_t i = 0; i < asl_edges(state); i++) {
        struct asl_edge edge = asl_edge_at(state, i);
        if (edge.kind == ASL_EDGE_CATCH || !is_new(way, edge.to))
            continue;
        if (edge.kind == ASL_EDGE_DEFAULT)
            return edge.to;
        if (first == NULL)
            first = edge.to;
    }
    return first;
}

/* As deep as a definition may be nested. */
static void list_tasks(struct list *list, const struct asl_machine *machine)
{
    struct way way = {.most = asl_count(machine)};
    if (way.most > WAY_STATES)
        way.most = WAY_STATES;
    way.passed = arena_alloc(list->arena, way.most * sizeof *way.passed);
    for (const struct asl_state *state = asl_start(machine);
         state != NULL && way.count < way.most &&
         list->count < PROGRESS_MAX_STEPS;
         state = way_on(&way, state)) {
        way.passed[way.count++] = state;
        if (asl_type(state) == ASL_TASK)
            list->steps[list->count++] = make_step(state, list->arena);
        for (size_t i = 0; i < asl_machines(state); i++)
            list_tasks(list, asl_machine_at(state, i));
    }
}

size_t progress_steps(const struct asl_definition *definition,
                      struct progress_step steps[PROGRESS_MAX_STEPS],
                      struct arena *arena)
{
    struct list list = {.steps = steps, .arena = arena};
    list_tasks(&list, asl_root(definition));
    return list.count;
}

static void apply_event(struct progress_step *step,
                        const struct history_event *event)
{
    const char *type = event->type;
    if (strcmp(type, "TaskStateEntered") == 0) {
        step->state = PROGRESS_CURRENT;
        step->attempts = 0;
    } else if (strcmp(type, "TaskScheduled") == 0) {
        step->state = PROGRESS_CURRENT;
        step->attempts++;
    } else if (strcmp(type, "TaskSucceeded") == 0) {
        step->state = PROGRESS_DONE;
    } else if (strcmp(type, "TaskFailed") == 0 ||
               strcmp(type, "TaskTimedOut") == 0) {
        bool again = json_member(event->detail, "retry_after_ms") != NULL;
        step->state = again ? PROGRESS_CURRENT : PROGRESS_FAILED;
    } else if (strcmp(type, "TaskStateAborted") == 0) {
        step->state = PROGRESS_NOT_REACHED;
    } else {
        return;
    }
    step->at_ms = event->at_ms;
}

void progress_event(struct progress_step *steps, size_t count,
                    const struct history_event *event)
{
    for (size_t i = 0; event->state != NULL && i < count; i++)
        if (strcmp(event->state, steps[i].state_name) == 0)
            apply_event(&steps[i], event);
}

void progress_end(struct progress_step *steps, size_t count, bool running)
{
    for (size_t i = 0; i < count; i++) {
        enum progress_state *state = &steps[i].state;
        bool stopped = *state == PROGRESS_CURRENT; /* in it */
        if (!running && (stopped || *state == PROGRESS_WAITING))
            *state = PROGRESS_NOT_REACHED;
    }
}

static void take_event(void *context, const struct history_event *event)
{
    struct list *list = context;
    progress_event(list->steps, list->count, event);
}

size_t progress_read(struct db *db, const char *order_id,
                     struct progress_step **steps, struct arena *arena)
{
    struct execution execution;
    if (!execution_find(db, order_id, &execution, arena))
        return 0;
    *steps = arena_alloc(arena, PROGRESS_MAX_STEPS * sizeof **steps);
    struct list list = {.steps = *steps, .arena = arena};
    struct arena work = arena_create(EXECUTION_ARENA);
    struct workflow workflow;
    if (workflow_read(db, execution.definition_hash, &workflow, &work))
        list.count = progress_steps(workflow.asl, *steps, arena);
    if (list.count > 0)
        execution_events_each(db, order_id, EXECUTION_EVENTS_PAGE, &work,
                              take_event, &list);
    arena_destroy(&work);
    progress_end(*steps, list.count, execution_is_running(&execution));
    return list.count;
}
