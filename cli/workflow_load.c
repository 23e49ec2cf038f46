/* `ordermill workflow load`: the definition file as it now is becomes the one
 * of new orders; running orders keep theirs. A file that is wrong changes
 * nothing. serve does the same at its start and on SIGHUP. */
#include <string.h>

#include "cli/workflow_file.h"
#include "lib/base/text/text.h"
#include "lib/base/time/clock.h"
#include "lib/shop/execution/task_name.h"
#include "lib/shop/execution/workflow.h"

static bool state_task(const struct asl_state *state, struct task_name *name)
{
    const struct json *parameters = json_member(asl_json(state), "Parameters");
    return task_name_read(asl_resource(state),
                          json_string(json_member(parameters, "FunctionName")),
                          name);
}

/* The function of a lambda:invoke that is known only when it runs. */
static bool names_later(const struct asl_state *state)
{
    const struct json *parameters = json_member(asl_json(state), "Parameters");
    struct task_name name;
    return json_member(parameters, "FunctionName.$") != NULL &&
           task_name_read(asl_resource(state), "ValidateOrder", &name) &&
           name.invoke;
}

/* Names each task that does not exist, by its pointer (RFC 6901). */
static bool tasks_exist(const struct asl_machine *machine,
                        const struct text *pointer)
{
    bool all = true;
    for (size_t i = 0; i < asl_count(machine); i++) {
        const struct asl_state *state = asl_at(machine, i);
        struct text here = text_create(pointer->arena, 128);
        text_puts(&here, pointer->bytes);
        text_puts(&here, "/States/");
        text_put_pointer(&here, asl_name(state));
        struct task_name name;
        if (asl_type(state) == ASL_TASK && !state_task(state, &name) &&
            !names_later(state)) {
            fprintf(stderr, "%s/Resource: there is no such task: %s\n",
                    here.bytes, asl_resource(state));
            all = false;
        }
        for (size_t m = 0; m < asl_machines(state); m++) {
            struct text inner = text_create(pointer->arena, 128);
            const struct json *json = asl_json(state);
            text_puts(&inner, here.bytes);
            if (asl_type(state) == ASL_PARALLEL)
                text_printf(&inner, "/Branches/%zu", m);
            else
                text_puts(&inner, json_member(json, "Iterator") != NULL
                                      ? "/Iterator"
                                      : "/ItemProcessor");
            all = tasks_exist(asl_machine_at(state, m), &inner) && all;
        }
    }
    return all;
}

static bool can_skip_stock(struct arena *arena,
                           const struct asl_machine *machine);

/* Passing this state with success, the order has been confirmed or failed. */
static bool settles_order(struct arena *arena, const struct asl_state *state)
{
    struct task_name name;
    if (asl_type(state) == ASL_TASK)
        return state_task(state, &name) && name.kind == TASK_BUILTIN &&
               (name.builtin == TASK_UPDATE_INVENTORY ||
                name.builtin == TASK_FAIL_ORDER);
    if (asl_type(state) != ASL_PARALLEL)
        return false; /* a Map may have no item */
    for (size_t m = 0; m < asl_machines(state); m++)
        if (!can_skip_stock(arena, asl_machine_at(state, m)))
            return true;
    return false;
}

static bool ends_with_success(const struct asl_state *state)
{
    bool goes_on = false;
    for (size_t i = 0; i < asl_edges(state); i++)
        goes_on = goes_on || asl_edge_at(state, i).kind != ASL_EDGE_CATCH;
    return !goes_on && asl_type(state) != ASL_FAIL;
}

/* Adds what state leads to, once. */
static void add_next(const struct asl_state **found, size_t *count,
                     const struct asl_state *next)
{
    for (size_t i = 0; i < *count; i++)
        if (found[i] == next)
            return;
    found[(*count)++] = next;
}

/* Whether the machine can end with success and no state that settles the
 * order succeeded on the way. */
static bool can_skip_stock(struct arena *arena,
                           const struct asl_machine *machine)
{
    const struct asl_state **found =
        arena_alloc(arena, asl_count(machine) * sizeof *found);
    size_t count = 0;
    add_next(found, &count, asl_start(machine));
    for (size_t i = 0; i < count; i++) {
        bool settled = settles_order(arena, found[i]);
        if (!settled && ends_with_success(found[i]))
            return true;
        for (size_t e = 0; e < asl_edges(found[i]); e++) {
            struct asl_edge edge = asl_edge_at(found[i], e);
            if (!settled || edge.kind == ASL_EDGE_CATCH)
                add_next(found, &count, edge.to);
        }
    }
    return false;
}

const char *workflow_read_own(const struct cli *cli)
{
    const char *path = cli->settings->workflow;
    const char *text;
    struct text root = text_create(cli->arena, 1);
    const struct asl_definition *definition =
        workflow_read(cli, path, stderr, &text);
    if (definition == NULL || !tasks_exist(asl_root(definition), &root)) {
        cli_fail("%s: is no workflow the shop can run", path);
        return NULL;
    }
    if (can_skip_stock(cli->arena, asl_root(definition)))
        fprintf(stderr,
                "ordermill: warning: %s: can succeed without UpdateInventory; "
                "such an order stays unconfirmed\n",
                path);
    return text;
}

int workflow_load_run(const struct cli *cli)
{
    struct db *db = cli_open_shop(cli);
    const char *text = db == NULL ? NULL : workflow_read_own(cli);
    if (text == NULL)
        return CLI_FAILED;
    if (!cli_begin(db))
        return CLI_FAILED;
    workflow_use(db, text, clock_wall_ms());
    if (!cli_commit(db))
        return CLI_FAILED;
    db_close(db);
    return CLI_DONE;
}
