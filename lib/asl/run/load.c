/* A run read from its image: see asl.h, and image.c for the form. Nothing in
 * the text is trusted: it may be of another definition, or damaged. */
#include <string.h>

#include "lib/asl/run/run.h"

/* What none of these texts' numbers is beyond: exact as a double, and sums of
 * them never overflow. */
#define MOST (INT64_C(1) << 53)

enum { IMAGE_DEPTH = 1000 }; /* data within threads within threads */

struct loader {
    struct asl_run *run;
    const char *fault; /* NULL: none yet */
};

static bool refuse(struct loader *l, const char *fault)
{
    if (l->fault == NULL)
        l->fault = fault;
    return false;
}

static bool take_number(struct loader *l, const struct json *number,
                        int64_t most, int64_t *out)
{
    int64_t value;
    if (!json_integer(number, &value) || value < 0 || value > most)
        return refuse(l, "the image holds a number that cannot be");
    *out = value;
    return true;
}

/* A member that may lack. */
static bool take(struct loader *l, const struct json *object, const char *name,
                 int64_t most, int64_t fallback, int64_t *out)
{
    const struct json *number = json_member(object, name);
    *out = fallback;
    return number == NULL || take_number(l, number, most, out);
}

/* An array of count numbers. */
static bool take_all(struct loader *l, const struct json *array, size_t count,
                     int64_t *out)
{
    const struct json *e = json_first(array);
    if (array == NULL || json_kind(array) != JSON_ARRAY ||
        json_count(array) != count)
        return refuse(l, "the image holds a list that cannot be");
    for (size_t i = 0; i < count; i++, e = json_next(e))
        if (!take_number(l, e, MOST, &out[i]))
            return false;
    return true;
}

static bool phase_fits(enum phase phase, enum asl_type type)
{
    bool fork = type == ASL_PARALLEL || type == ASL_MAP;
    switch (phase) {
    case PHASE_ENTER:
        return true;
    case PHASE_BEGIN:
    case PHASE_TASK:
    case PHASE_TOKEN:
        return type == ASL_TASK;
    case PHASE_RETRY:
        return type == ASL_TASK || fork;
    case PHASE_WAIT:
        return type == ASL_WAIT;
    case PHASE_FORK:
        return fork;
    }
    return false;
}

/* machine NULL: any of the definition. */
static const struct asl_state *take_state(struct loader *l,
                                          const struct json *json,
                                          const struct asl_machine *machine)
{
    const char *name = json_string(json_member(json, "s"));
    if (name == NULL) {
        refuse(l, "the image holds a thread without a state");
        return NULL;
    }
    const struct asl_state *state = asl_find(l->run->definition, name);
    if (state == NULL || (machine != NULL && state->machine != machine)) {
        refuse(l, arena_printf(l->run->arena, "there is no state %s%s", name,
                               state == NULL ? "" : " in this place"));
        return NULL;
    }
    return state;
}

/* Counts of another definition's retriers: what can be kept of them is. */
static bool take_retries(struct loader *l, const struct json *json,
                         struct thread *thread)
{
    const struct json *array = json_member(json, "y");
    if (array == NULL)
        return true;
    size_t count = thread->state->retrier_count, i = 0;
    int *retries = arena_alloc(l->run->arena, count * sizeof *retries);
    for (const struct json *e = json_first(array); e != NULL && i < count;
         e = json_next(e)) {
        int64_t made;
        if (!take_number(l, e, ASL_MAX_NUMBER, &made))
            return false;
        retries[i++] = (int)made;
    }
    thread->retries = retries;
    return true;
}

static bool take_task(struct loader *l, const struct json *json,
                      struct thread *thread)
{
    const struct json *beats = json_member(json, "h");
    if (!take(l, json, "t", l->run->serial, 0, &thread->task_id) ||
        !take(l, json, "m", MOST, INT64_MAX, &thread->timeout_due))
        return false;
    if (beats != NULL) {
        int64_t out[2];
        if (!take_all(l, beats, 2, out))
            return false;
        thread->heartbeat_due = out[0];
        thread->heartbeat_ms = out[1];
    }
    if (thread->state->type == ASL_TASK && thread->task_id != 0) {
        thread->effective = json_member(json, "f");
        if (thread->effective == NULL)
            thread->effective = thread->input;
    }
    bool out = thread->phase == PHASE_TASK || thread->phase == PHASE_TOKEN;
    return !out || thread->task_id != 0 ||
           refuse(l, "the image holds a task without an id");
}

static struct thread *take_thread(struct loader *l, const struct json *json,
                                  struct thread *parent,
                                  const struct asl_machine *machine);

/* Their order stays, so that an image of the same run is the same text. */
static bool take_results(struct loader *l, const struct json *array,
                         struct thread *thread, bool *seen)
{
    struct result *last = NULL;
    for (const struct json *e = json_first(array); e != NULL;
         e = json_next(e), thread->done++) {
        int64_t index;
        if (!take_number(l, e, MOST, &index) ||
            (size_t)index >= thread->started || seen[index] ||
            (e = json_next(e)) == NULL)
            return refuse(l, "the image holds results that cannot be");
        seen[index] = true;
        struct result *result = arena_alloc(l->run->arena, sizeof *result);
        *result = (struct result){(size_t)index, e, NULL};
        if (last == NULL)
            thread->results = result;
        else
            last->next = result;
        last = result;
    }
    return true;
}

/* The results and children of a fork: each index below started stands once. */
static bool take_children(struct loader *l, const struct json *json,
                          struct thread *thread)
{
    bool *seen = arena_alloc(l->run->arena, thread->started + 1);
    if (!take_results(l, json_member(json, "z"), thread, seen))
        return false;
    size_t alive = 0;
    struct thread **end = &thread->first;
    const struct json *c = json_first(json_member(json, "c"));
    for (; c != NULL; c = json_next(c), alive++) {
        int64_t index;
        if (!take(l, c, "n", MOST, 0, &index) ||
            (size_t)index >= thread->started || seen[index])
            return refuse(l, "the image holds children that cannot be");
        seen[index] = true;
        size_t machine = thread->state->type == ASL_MAP ? 0 : (size_t)index;
        *end = take_thread(l, c, thread, &thread->state->machines[machine]);
        if (*end == NULL)
            return false;
        end = &(*end)->next;
    }
    return (alive + thread->done == thread->started &&
            thread->done < thread->total) ||
           refuse(l, "the image lacks a child");
}

static bool take_fork(struct loader *l, const struct json *json,
                      struct thread *thread)
{
    int64_t counts[3];
    if (thread->phase != PHASE_FORK)
        return true;
    if (!take_all(l, json_member(json, "l"), 3, counts))
        return false;
    thread->total = (size_t)counts[0];
    thread->started = (size_t)counts[1];
    thread->most = (size_t)counts[2];
    bool parallel = thread->state->type == ASL_PARALLEL;
    if (parallel && thread->total != thread->state->machine_count)
        return refuse(l, arena_printf(l->run->arena,
                                      "the state %s has other branches",
                                      thread->state->name));
    if (thread->started > thread->total || counts[0] > ASL_DATA_BYTES ||
        (parallel && thread->started != thread->total) ||
        (!parallel && (thread->most == 0 || thread->most > RUN_CONCURRENCY)))
        return refuse(l, "the image holds counts that cannot be");
    return take_children(l, json, thread);
}

static struct thread *take_thread(struct loader *l, const struct json *json,
                                  struct thread *parent,
                                  const struct asl_machine *machine)
{
    const struct asl_state *state = take_state(l, json, machine);
    const struct json *input = json_member(json, "i");
    if (input == NULL && parent != NULL)
        input = parent->input;
    int64_t index, phase, attempt;
    if (state == NULL || !take(l, json, "n", MOST, 0, &index) ||
        !take(l, json, "p", PHASE_FORK, PHASE_ENTER, &phase) ||
        !take(l, json, "a", INT32_MAX / 2, 1, &attempt))
        return NULL;
    if (input == NULL || !phase_fits((enum phase)phase, state->type)) {
        refuse(l, arena_printf(l->run->arena, "the state %s is of another type",
                               state->name));
        return NULL;
    }
    struct thread *thread =
        run_spawn(l->run, NULL, (size_t)index, state, input);
    thread->parent = parent;
    thread->phase = (enum phase)phase;
    thread->attempt = (int)attempt;
    if (!take(l, json, "e", l->run->serial, 0, &thread->entry) ||
        !take(l, json, "w", MOST, 0, &thread->entered_wall_ms) ||
        !take(l, json, "d", MOST, 0, &thread->due) ||
        !take_retries(l, json, thread) || !take_task(l, json, thread) ||
        !take_fork(l, json, thread))
        return NULL;
    return thread;
}

static bool take_tree(struct loader *l, const struct json *json,
                      struct tree *tree)
{
    tree->root =
        take_thread(l, json_member(json, "r"), NULL, &l->run->definition->root);
    if (tree->root == NULL)
        return false;
    struct thread **end = &tree->prelude;
    const struct json *e = json_first(json_member(json, "p"));
    for (; e != NULL; e = json_next(e)) {
        *end = take_thread(l, e, NULL, NULL);
        if (*end == NULL)
            return false;
        end = &(*end)->next;
    }
    return true;
}

static bool take_kept(struct loader *l, const struct json *json)
{
    if (json == NULL)
        return true;
    struct kept *kept = &l->run->kept;
    const struct asl_state *state = take_state(l, json, NULL);
    if (state == NULL)
        return false;
    kept->state = state->name;
    kept->task = state->type == ASL_TASK;
    return take_tree(l, json, &kept->tree);
}

static bool take_run(struct loader *l, const struct json *json)
{
    struct asl_run *run = l->run;
    int64_t version, status, begun;
    if (!take(l, json, "v", MOST, 0, &version) || version != 1)
        return refuse(l, "the image is of another version");
    if (!take(l, json, "n", MOST, 0, &run->serial) ||
        !take(l, json, "c", MOST, 0, &run->since_ms) ||
        !take(l, json, "b", 1, 0, &begun) ||
        !take(l, json, "s", ASL_TIMED_OUT, ASL_RUNNING, &status) ||
        !take_kept(l, json_member(json, "k")))
        return false;
    run->begun = begun != 0;
    run->status = (enum asl_status)status;
    run->output = json_member(json, "o");
    run->error = json_string(json_member(json, "e"));
    run->cause = json_string(json_member(json, "u"));
    run->current = json_string(json_member(json, "x"));
    if (run->status == ASL_SUCCEEDED && run->output == NULL)
        return refuse(l, "the image lacks its output");
    return run->status != ASL_RUNNING || take_tree(l, json, &run->live);
}

struct asl_run *asl_load(struct arena *arena,
                         const struct asl_definition *definition,
                         const struct asl_origin *origin, const char *image,
                         const char **fault)
{
    struct json_fault wrong;
    size_t length = strlen(image);
    const struct json *json =
        json_read(arena, image, length, IMAGE_DEPTH, &wrong);
    struct loader l = {.run = run_create(arena, definition, origin)};
    if (json == NULL)
        refuse(&l, "the image is no JSON");
    else if (json_kind(json) != JSON_OBJECT)
        refuse(&l, "the image is no object");
    else
        take_run(&l, json);
    l.run->bytes = length;
    *fault = l.fault;
    return l.fault == NULL ? l.run : NULL;
}
