/* `ordermill workflow run`: an execution of a definition on an input, outside
 * any shop, with tasks that answer what a file says. */
#define _GNU_SOURCE
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "cli/workflow_file.h"
#include "lib/adapter/crypto.h"
#include "lib/base/text/json_writer.h"
#include "lib/base/text/text.h"
#include "lib/base/time/clock.h"

enum {
    RUN_STATUS_FAILED = 3,
    RUN_EVENTS = 25000, /* as in the shop: see history.h */
    RUN_TASKS = 4096,   /* under way at once */
    RUN_RESOURCES = 1024,
    RUN_COMPACT = 256 * 1024 * 1024
};

/* A task's answer that is on its way. */
struct answer {
    int64_t task_id;
    int64_t due_ms;     /* by the execution's clock */
    const char *output; /* JSON; NULL: it fails */
    const char *error;
    const char *cause;
};

struct simulation {
    const struct cli *cli;
    const struct asl_definition *definition;
    struct asl_origin origin;
    const struct json *tasks; /* NULL: none given */
    bool no_wait;
    bool show_events;
    struct arena arenas[2]; /* the run lies in one of them */
    int at;
    struct asl_run *run;
    struct asl_env env;
    int64_t began_boot_ms;
    struct answer answers[RUN_TASKS];
    size_t answer_count;
    struct {
        const char *resource;
        int calls;
    } calls[RUN_RESOURCES];
    size_t call_count;
    const struct asl_event *last_event; /* of those written out */
    int64_t event_count;
    struct text events;
    struct json_writer writer;
};

static const char *token(void *context, struct arena *arena, int64_t task_id)
{
    (void)context;
    return arena_printf(arena, "token-%lld", (long long)task_id);
}

/* How often this resource was called before; counts this call. */
static int count_call(struct simulation *sim, const char *resource)
{
    for (size_t i = 0; i < sim->call_count; i++)
        if (strcmp(sim->calls[i].resource, resource) == 0)
            return sim->calls[i].calls++;
    if (sim->call_count == RUN_RESOURCES)
        return 0;
    sim->calls[sim->call_count].resource =
        arena_string(sim->cli->arena, resource);
    sim->calls[sim->call_count++].calls = 1;
    return 0;
}

/* What the tasks file says of this call; NULL: nothing. */
static const struct json *find_answer(struct simulation *sim,
                                      const struct asl_task *task)
{
    const char *resource =
        json_string(json_member(asl_json(task->state), "Resource"));
    const struct json *entry = json_member(sim->tasks, resource);
    if (entry == NULL)
        entry = json_member(sim->tasks, task->resource);
    if (entry == NULL || json_kind(entry) != JSON_ARRAY)
        return entry;
    int call = count_call(sim, resource);
    entry = json_first(entry);
    while (entry != NULL && call-- > 0 && json_next(entry) != NULL)
        entry = json_next(entry);
    return entry;
}

static bool begin_task(struct simulation *sim, const struct asl_task *task)
{
    const struct json *entry = find_answer(sim, task);
    const struct json *result = json_member(entry, "result");
    const struct json *error = json_member(entry, "error");
    int64_t delay_ms = 0;
    json_integer(json_member(entry, "delay_ms"), &delay_ms);
    if (sim->answer_count == RUN_TASKS) {
        cli_fail("more than %d tasks are under way at once", RUN_TASKS);
        return false;
    }
    sim->answers[sim->answer_count++] = (struct answer){
        .task_id = task->id,
        .due_ms = sim->env.clock_ms + (delay_ms > 0 ? delay_ms : 0),
        .output = error != NULL
                      ? NULL
                      : json_print(sim->cli->arena,
                                   result != NULL ? result : task->input),
        .error = json_string(error),
        .cause = json_string(json_member(entry, "cause"))};
    if (task->waits_for_token)
        asl_task_started(sim->run, &sim->env, task->id);
    return true;
}

/* Gives the answers that are due by now, in the order they came about. */
static void deliver_answers(struct simulation *sim)
{
    for (;;) {
        size_t first = sim->answer_count;
        for (size_t i = 0; i < sim->answer_count; i++)
            if (sim->answers[i].due_ms <= sim->env.clock_ms &&
                (first == sim->answer_count ||
                 sim->answers[i].due_ms < sim->answers[first].due_ms))
                first = i;
        if (first == sim->answer_count)
            return;
        struct answer answer = sim->answers[first];
        memmove(&sim->answers[first], &sim->answers[first + 1],
                (--sim->answer_count - first) * sizeof answer);
        struct json_fault fault;
        if (answer.output == NULL)
            asl_task_failed(sim->run, &sim->env, answer.task_id, answer.error,
                            answer.cause);
        else
            asl_task_succeeded(sim->run, &sim->env, answer.task_id,
                               json_read(&sim->arenas[sim->at], answer.output,
                                         strlen(answer.output), 1000, &fault));
    }
}

static void write_events(struct simulation *sim)
{
    const struct asl_event *event =
        sim->last_event == NULL ? asl_events(sim->run) : sim->last_event->next;
    for (; event != NULL; event = event->next) {
        struct json_writer *w = &sim->writer;
        sim->last_event = event;
        sim->event_count++;
        if (!sim->show_events)
            continue;
        json_open(w, '{');
        json_int_member(w, "id", sim->event_count);
        json_string_member(w, "type", event->type);
        json_key(w, "timestamp");
        json_put_time(w, sim->env.wall_ms);
        json_string_member(w, "state", event->state);
        json_key(w, "detail");
        if (event->detail == NULL)
            json_put_raw(w, "{}");
        else
            json_print_to(w, event->detail);
        json_close(w, '}');
    }
}

/* Moves the run into the other arena when its own has grown: what it no longer
 * needs stays behind. */
static bool compact(struct simulation *sim)
{
    const char *fault;
    if (sim->arenas[sim->at].used < RUN_COMPACT)
        return true;
    struct arena *other = &sim->arenas[1 - sim->at];
    arena_reset(other);
    sim->run = asl_load(other, sim->definition, &sim->origin,
                        asl_image(sim->run), &fault);
    sim->at = 1 - sim->at;
    sim->last_event = NULL;
    return sim->run != NULL;
}

static void pass_time(struct simulation *sim)
{
    int64_t next_ms = asl_due(sim->run);
    for (size_t i = 0; i < sim->answer_count; i++)
        if (sim->answers[i].due_ms < next_ms)
            next_ms = sim->answers[i].due_ms;
    int64_t wait_ms = next_ms - sim->env.clock_ms;
    if (wait_ms <= 0)
        return;
    if (sim->no_wait) {
        sim->env.clock_ms = next_ms;
        sim->env.wall_ms += wait_ms;
        return;
    }
    struct timespec pause = {wait_ms / 1000, wait_ms % 1000 * 1000000};
    nanosleep(&pause, NULL);
    sim->env.clock_ms = clock_boot_ms() - sim->began_boot_ms;
    sim->env.wall_ms = clock_wall_ms();
}

/* True: the run ended, or its history is full. */
static bool simulate(struct simulation *sim)
{
    struct asl_task task;
    for (;;) {
        enum asl_turn turn = asl_turn(sim->run, &sim->env, &task);
        write_events(sim);
        switch (turn) {
        case ASL_TURN_MOVED:
            break;
        case ASL_TURN_TASK:
            if (!begin_task(sim, &task))
                return false;
            break;
        case ASL_TURN_ENDED:
            return true;
        case ASL_TURN_WAIT:
            if (sim->answer_count == 0 && asl_due(sim->run) == INT64_MAX) {
                cli_fail("the execution waits for ever");
                return false;
            }
            pass_time(sim);
            deliver_answers(sim);
            write_events(sim);
        }
        if (sim->event_count >= RUN_EVENTS || !compact(sim))
            return true;
    }
}

static int print_result(struct simulation *sim)
{
    bool ended = asl_status(sim->run) != ASL_RUNNING;
    bool succeeded = asl_status(sim->run) == ASL_SUCCEEDED;
    struct text out = text_create(sim->cli->arena, 4096);
    struct json_writer w = json_writer(&out);
    const char *output =
        succeeded ? json_print(sim->cli->arena, asl_output(sim->run)) : "null";
    const char *error = ended ? asl_error(sim->run) : "States.Runtime";
    const char *cause =
        ended ? asl_cause(sim->run) : "The execution goes on and on.";
    if (succeeded && !sim->show_events) {
        printf("%s\n", output);
        return CLI_DONE;
    }
    json_open(&w, '{');
    if (sim->show_events) {
        json_string_member(&w, "status",
                           ended ? asl_status_name(asl_status(sim->run))
                                 : "FAILED");
        json_key(&w, "output");
        json_put_raw(&w, output);
    }
    json_string_member(&w, "error", succeeded ? NULL : error);
    json_string_member(&w, "cause", succeeded ? NULL : cause);
    if (sim->show_events) {
        json_key(&w, "events");
        json_open(&w, '[');
        text_puts(&out, sim->events.bytes);
        json_close(&w, ']');
    }
    json_close(&w, '}');
    printf("%s\n", out.bytes);
    return succeeded ? CLI_DONE : RUN_STATUS_FAILED;
}

static int run(struct simulation *sim, const struct json *input)
{
    sim->arenas[0] = arena_create((size_t)4 << 30);
    sim->arenas[1] = arena_create((size_t)4 << 30);
    sim->events = text_create(sim->cli->arena, 4096);
    sim->writer = json_writer(&sim->events);
    sim->began_boot_ms = clock_boot_ms();
    sim->env = (struct asl_env){.wall_ms = clock_wall_ms(),
                                .random = crypto_random_bits,
                                .token = token,
                                .context = sim};
    char *id = arena_alloc(sim->cli->arena, CRYPTO_UUID_SIZE);
    crypto_uuid(sim->env.wall_ms, id);
    sim->origin = (struct asl_origin){.execution_id = id,
                                      .machine_name = "workflow",
                                      .started_wall_ms = sim->env.wall_ms,
                                      .input = input};
    sim->run = asl_begin(&sim->arenas[0], sim->definition, &sim->origin);
    return simulate(sim) ? print_result(sim) : CLI_FAILED;
}

struct options {
    const char *file;
    const char *input;
    const char *tasks;
    bool no_wait;
    bool show_events;
};

static bool read_options(const struct cli *cli, struct options *out)
{
    for (int i = 0; i < cli->argc; i++) {
        const char *word = cli->argv[i];
        bool more = i + 1 < cli->argc;
        if (strcmp(word, "--no-wait") == 0)
            out->no_wait = true;
        else if (strcmp(word, "--events") == 0)
            out->show_events = true;
        else if (strcmp(word, "--input") == 0 && more)
            out->input = cli->argv[++i];
        else if (strcmp(word, "--tasks") == 0 && more)
            out->tasks = cli->argv[++i];
        else if (*word != '-' && out->file == NULL)
            out->file = word;
        else
            return false;
    }
    return out->file != NULL && out->input != NULL;
}

int workflow_run_run(const struct cli *cli)
{
    struct options options = {0};
    if (!read_options(cli, &options))
        return CLI_USAGE;
    struct simulation *sim = arena_alloc(cli->arena, sizeof *sim);
    sim->cli = cli;
    sim->no_wait = options.no_wait;
    sim->show_events = options.show_events;
    sim->definition = workflow_read(cli, options.file, stderr, NULL);
    const struct json *input =
        workflow_read_json(cli, options.input, ASL_DATA_DEPTH);
    if (options.tasks != NULL)
        sim->tasks = workflow_read_json(cli, options.tasks, ASL_DATA_DEPTH);
    if (sim->definition == NULL || input == NULL ||
        (options.tasks != NULL && sim->tasks == NULL))
        return CLI_FAILED;
    return run(sim, input);
}
