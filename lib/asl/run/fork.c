/* Parallel and Map: see run.h. */
#include "lib/asl/run/run.h"
#include "lib/asl/template.h"

static const struct json *find_items(struct thread *thread, struct scope *scope,
                                     struct fault *fault)
{
    const struct asl_state *state = thread->state;
    thread->effective =
        flow_select(scope, state, "InputPath", thread->input, fault);
    if (thread->effective == NULL)
        return NULL;
    scope->data = thread->effective;
    const struct json *items =
        flow_select(scope, state, "ItemsPath", thread->effective, fault);
    if (items == NULL || json_kind(items) == JSON_ARRAY)
        return items;
    *fault = (struct fault){"States.Runtime",
                            "What a Map is to go through is no array."};
    return NULL;
}

static const struct json *element(const struct json *array, size_t index)
{
    const struct json *e = json_first(array);
    while (e != NULL && index-- > 0)
        e = json_next(e);
    return e;
}

/* A Map's items are not in the image: they follow from its input. False when
 * another definition than the one it was begun with finds none. */
static bool recall_items(struct asl_run *run, struct thread *thread,
                         struct fault *fault)
{
    if (thread->items != NULL)
        return true;
    struct scope scope = flow_scope(run, thread);
    thread->items = find_items(thread, &scope, fault);
    if (thread->items == NULL)
        return false;
    thread->upcoming = element(thread->items, thread->started);
    return true;
}

const struct json *fork_item(struct asl_run *run, struct thread *thread,
                             size_t *index)
{
    while (thread->parent != NULL && thread->parent->state->type != ASL_MAP)
        thread = thread->parent;
    struct thread *map = thread->parent;
    if (map == NULL)
        return NULL;
    *index = thread->index;
    struct fault fault = {0};
    if (thread->item == NULL && recall_items(run, map, &fault))
        thread->item = element(map->items, thread->index);
    return thread->item;
}

/* Begin --------------------------------------------------------------------*/

static void finish(struct asl_run *run, struct thread *thread)
{
    static const char *const types[] = {
        [ASL_PARALLEL] = "ParallelStateSucceeded",
        [ASL_MAP] = "MapStateSucceeded",
    };
    const struct json **values =
        arena_alloc(run->arena, thread->total * sizeof *values);
    for (const struct result *r = thread->results; r != NULL; r = r->next)
        values[r->index] = r->value;
    struct json *output = json_make_array(run->arena);
    for (size_t i = 0; i < thread->total; i++)
        json_append(run->arena, output, values[i]);
    event_add(run, types[thread->state->type], thread->state->name, NULL);
    run_finish(run, thread, output);
}

static void begin_parallel(struct asl_run *run, struct thread *thread)
{
    const struct asl_state *state = thread->state;
    struct fault fault = {0};
    struct scope scope = flow_scope(run, thread);
    const struct json *input = flow_input(run, thread, &scope, &fault);
    if (input == NULL) {
        run_fail(run, thread, NULL, fault);
        return;
    }
    event_add(run, "ParallelStateStarted", state->name, NULL);
    thread->phase = PHASE_FORK;
    thread->total = thread->started = thread->most = state->machine_count;
    size_t length =
        input == thread->input ? 0 : run_measure(input, ASL_IMAGE_BYTES);
    for (size_t i = 0; i < state->machine_count; i++) {
        run_spawn(run, thread, i, state->machines[i].start, input);
        run->bytes += length;
    }
    if (thread->total == 0)
        finish(run, thread);
}

static void begin_map(struct asl_run *run, struct thread *thread)
{
    struct fault fault = {0};
    struct scope scope = flow_scope(run, thread);
    double most = 0;
    thread->items = find_items(thread, &scope, &fault);
    if (thread->items == NULL ||
        !flow_number(&scope, thread->state, "MaxConcurrency", 0, &most,
                     &fault)) {
        run_fail(run, thread, NULL, fault);
        return;
    }
    thread->phase = PHASE_FORK;
    thread->most =
        most == 0 || most > RUN_CONCURRENCY ? RUN_CONCURRENCY : (size_t)most;
    thread->total = json_count(thread->items);
    thread->upcoming = json_first(thread->items);
    event_add(
        run, "MapStateStarted", thread->state->name,
        event_detail(run, "length",
                     json_make_integer(run->arena, (int64_t)thread->total)));
    if (thread->total == 0)
        finish(run, thread);
}

void fork_begin(struct asl_run *run, struct thread *thread)
{
    thread->results = NULL;
    thread->started = thread->done = thread->total = 0;
    if (thread->state->type == ASL_PARALLEL)
        begin_parallel(run, thread);
    else
        begin_map(run, thread);
}

/* Iterations ---------------------------------------------------------------*/

bool fork_ready(const struct thread *thread)
{
    return thread->phase == PHASE_FORK && thread->started < thread->total &&
           thread->started - thread->done < thread->most;
}

/* What the iteration gets of its item. */
static const struct json *item_input(struct asl_run *run, struct thread *thread,
                                     struct fault *fault)
{
    const struct json *json = thread->state->json;
    const struct json *item = thread->upcoming;
    const struct json *selector = json_member(json, "ItemSelector");
    if (selector == NULL) /* its older name */
        selector = json_member(json, "Parameters");
    if (selector != NULL) {
        struct scope scope = {run->arena, thread->effective, NULL, run->env};
        if (thread->state->uses_context)
            scope.context = flow_context(run, thread, item, thread->started);
        item = template_fill(selector, &scope, fault);
    }
    if (item == NULL || !flow_fits(run, item, fault))
        return NULL;
    return item;
}

/* What its children did and were doing is lost. */
static void give_up(struct asl_run *run, struct thread *thread)
{
    event_children_aborted(run, thread);
    run_recycle_list(run, thread->first);
    thread->first = NULL;
    thread->results = NULL;
}

void fork_start_next(struct asl_run *run, struct thread *thread)
{
    struct fault fault = {0};
    const struct json *input = NULL;
    if (recall_items(run, thread, &fault) && thread->upcoming == NULL)
        fault = (struct fault){"States.Runtime",
                               "A Map has fewer items than it began with."};
    if (fault.error == NULL)
        input = item_input(run, thread, &fault);
    if (input == NULL) {
        give_up(run, thread);
        run_fail(run, thread, NULL, fault);
        return;
    }
    struct thread *child = run_spawn(run, thread, thread->started++,
                                     thread->state->machines[0].start, input);
    child->item = thread->upcoming;
    thread->upcoming = json_next(thread->upcoming);
    event_iteration(run, "MapIterationStarted", child, NULL);
}

/* Ends ---------------------------------------------------------------------*/

static void unlink_child(struct asl_run *run, struct thread *child)
{
    struct thread **link = &child->parent->first;
    while (*link != child)
        link = &(*link)->next;
    *link = child->next;
    run_recycle(run, child);
}

void fork_ended(struct asl_run *run, struct thread *child,
                const struct json *output)
{
    struct thread *thread = child->parent;
    struct result *result = arena_alloc(run->arena, sizeof *result);
    *result = (struct result){child->index, output, thread->results};
    thread->results = result;
    thread->done++;
    if (thread->state->type == ASL_MAP)
        event_iteration(run, "MapIterationSucceeded", child, NULL);
    unlink_child(run, child);
    if (thread->done == thread->total)
        finish(run, thread);
}

void fork_failed(struct asl_run *run, struct thread *child,
                 const struct fault *fault)
{
    struct thread *thread = child->parent;
    if (thread->state->type == ASL_MAP)
        event_iteration(run, "MapIterationFailed", child, fault);
    unlink_child(run, child);
    give_up(run, thread);
}
