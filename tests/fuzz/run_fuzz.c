/* libFuzzer on executions: a document {"definition", "input"} is run to its
 * end or for a bounded number of turns, every task echoing its input or, on
 * every third, failing; it is saved and loaded on the way. Crashers go to
 * tests/fuzz/crashers/run/. Run by `make fuzz`. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "lib/asl/asl.h"

enum { TURNS = 300, DOCUMENT_DEPTH = 150 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool holds)
{
    if (!holds)
        abort();
}

static uint64_t next_random(void *context)
{
    uint64_t *state = context;
    *state = *state * 6364136223846793005U + 1442695040888963407U;
    return *state;
}

static const char *token(void *context, struct arena *arena, int64_t task_id)
{
    (void)context;
    return arena_printf(arena, "token-%lld", (long long)task_id);
}

static void answer(struct asl_run *run, const struct asl_env *env,
                   const struct asl_task *task)
{
    if (task->waits_for_token)
        asl_task_started(run, env, task->id);
    if (task->id % 3 == 0)
        asl_task_failed(run, env, task->id, "Task.Failed", "by turns");
    else
        asl_task_succeeded(run, env, task->id, task->input);
}

static void drive(struct arena *arena, const struct asl_definition *definition,
                  const struct json *input)
{
    uint64_t seed = 1;
    const struct asl_origin origin = {
        .execution_id = "e", .machine_name = "m", .input = input};
    struct asl_env env = {
        .random = next_random, .token = token, .context = &seed};
    struct asl_run *run = asl_begin(arena, definition, &origin);
    for (int i = 0; i < TURNS; i++) {
        struct asl_task task;
        switch (asl_turn(run, &env, &task)) {
        case ASL_TURN_MOVED:
            break;
        case ASL_TURN_TASK:
            answer(run, &env, &task);
            break;
        case ASL_TURN_WAIT:
            must(asl_due(run) < INT64_MAX);
            env.clock_ms = asl_due(run);
            break;
        case ASL_TURN_ENDED:
            must((asl_output(run) != NULL) ==
                 (asl_status(run) == ASL_SUCCEEDED));
            asl_redrive(run, &env, NULL, 0);
            return;
        }
        if (i % 16 == 0) {
            const char *fault;
            run = asl_load(arena, definition, &origin, asl_image(run), &fault);
            must(run != NULL);
        }
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena arena = arena_create((size_t)1 << 30);
    struct json_fault fault;
    const struct asl_definition *definition;
    const struct asl_mistake *mistakes;
    const struct json *document =
        json_read(&arena, (const char *)data, size, DOCUMENT_DEPTH, &fault);
    const struct json *machine = json_member(document, "definition");
    const struct json *input = json_member(document, "input");
    if (machine != NULL && input != NULL &&
        asl_parse(&arena, machine, &definition, &mistakes))
        drive(&arena, definition, input);
    arena_destroy(&arena);
    return 0;
}
