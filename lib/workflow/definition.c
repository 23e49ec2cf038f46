/* Parsed workflow definitions: see definition.h. */
#include "lib/workflow/definition.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "lib/adapter/crypto.h"
#include "lib/base/log/log.h"
#include "lib/shop/execution/task_name.h"
#include "lib/shop/execution/workflow.h"

enum {
    CACHE_ENTRIES = 16,             /* more at once start over */
    CACHE_ARENA = 512 * 1024 * 1024 /* of address space */
};

struct workflow_cache {
    struct arena arena;
    size_t count;
    struct {
        char hash[CRYPTO_SHA256_HEX];
        struct workflow workflow;
    } entries[CACHE_ENTRIES];
};

static void look_into(struct workflow *workflow,
                      const struct asl_machine *machine)
{
    for (size_t i = 0; i < asl_count(machine); i++) {
        const struct asl_state *state = asl_at(machine, i);
        struct task_name name;
        for (size_t m = 0; m < asl_machines(state); m++)
            look_into(workflow, asl_machine_at(state, m));
        if (asl_type(state) != ASL_TASK)
            continue;
        const struct json *parameters =
            json_member(asl_json(state), "Parameters");
        if (asl_waits_for_token(state))
            workflow->hands_out_tokens = true;
        /* A function that only the data names may be any of them. */
        bool any = json_member(parameters, "FunctionName.$") != NULL;
        bool built_in =
            task_name_read(asl_resource(state),
                           json_string(json_member(parameters, "FunctionName")),
                           &name) &&
            name.kind == TASK_BUILTIN;
        if (any || (built_in && name.builtin == TASK_GENERATE_RECEIPT))
            workflow->makes_receipts = true;
        if (any || (built_in && name.builtin == TASK_UPDATE_INVENTORY))
            workflow->sells = true;
    }
}

bool workflow_read(struct db *db, const char *hash, struct workflow *out,
                   struct arena *arena)
{
    struct json_fault fault;
    const struct asl_mistake *mistakes;
    const char *text = workflow_find(db, hash, arena);
    const struct json *json =
        text == NULL ? NULL
                     : json_read(arena, text, strlen(text), ASL_DEPTH, &fault);
    *out = (struct workflow){0};
    if (json == NULL || !asl_parse(arena, json, &out->asl, &mistakes))
        return false;
    look_into(out, asl_root(out->asl));
    return true;
}

struct workflow_cache *workflow_cache_create(void)
{
    struct workflow_cache *cache = calloc(1, sizeof *cache);
    if (cache == NULL)
        die("no memory for definitions");
    cache->arena = arena_create(CACHE_ARENA);
    return cache;
}

void workflow_cache_destroy(struct workflow_cache *cache)
{
    arena_destroy(&cache->arena);
    free(cache);
}

const struct workflow *workflow_cached(struct workflow_cache *cache,
                                       struct db *db, const char *hash)
{
    assert(strlen(hash) < CRYPTO_SHA256_HEX);
    for (size_t i = 0; i < cache->count; i++)
        if (strcmp(cache->entries[i].hash, hash) == 0)
            return &cache->entries[i].workflow;
    if (cache->count == CACHE_ENTRIES || cache->arena.used > CACHE_ARENA / 2) {
        arena_reset(&cache->arena);
        cache->count = 0;
    }
    struct workflow *workflow = &cache->entries[cache->count].workflow;
    if (!workflow_read(db, hash, workflow, &cache->arena))
        die("definition %s cannot be read", hash);
    strcpy(cache->entries[cache->count++].hash, hash);
    return workflow;
}
