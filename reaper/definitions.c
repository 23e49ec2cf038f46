/* Parsed workflow definitions, kept by their hash; see reaper.h. */
#include <stdlib.h>
#include <string.h>

#include "lib/adapter/crypto.h"
#include "lib/base/log.h"
#include "lib/shop/execution/workflow.h"
#include "reaper/task.h"

enum {
    DEFINITIONS = 16,                     /* more at once start over */
    DEFINITIONS_ARENA = 512 * 1024 * 1024 /* of address space */
};

struct definition_cache {
    struct arena arena;
    size_t count;
    struct {
        char hash[CRYPTO_SHA256_HEX];
        struct workflow workflow;
    } entries[DEFINITIONS];
};

struct definition_cache *definition_cache_create(void)
{
    struct definition_cache *cache = calloc(1, sizeof *cache);
    if (cache == NULL)
        die("no memory for definitions");
    cache->arena = arena_create(DEFINITIONS_ARENA);
    return cache;
}

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

static const struct asl_definition *parse(struct arena *arena, const char *text)
{
    struct json_fault fault;
    const struct asl_definition *definition = NULL;
    const struct asl_mistake *mistakes;
    const struct json *json =
        json_read(arena, text, strlen(text), ASL_DEPTH, &fault);
    if (json == NULL || !asl_parse(arena, json, &definition, &mistakes))
        return NULL;
    return definition;
}

const struct workflow *workflow_cached(struct reaper *reaper, const char *hash)
{
    struct definition_cache *cache = reaper->definitions;
    for (size_t i = 0; i < cache->count; i++)
        if (strcmp(cache->entries[i].hash, hash) == 0)
            return &cache->entries[i].workflow;
    if (cache->count == DEFINITIONS ||
        cache->arena.used > DEFINITIONS_ARENA / 2) {
        arena_reset(&cache->arena);
        cache->count = 0;
    }
    const char *text = workflow_find(reaper->db, hash, &cache->arena);
    const struct asl_definition *definition =
        text == NULL ? NULL : parse(&cache->arena, text);
    if (definition == NULL)
        die("definition %s cannot be read", hash);
    memcpy(cache->entries[cache->count].hash, hash, CRYPTO_SHA256_HEX);
    struct workflow *workflow = &cache->entries[cache->count++].workflow;
    *workflow = (struct workflow){.asl = definition};
    look_into(workflow, asl_root(definition));
    return workflow;
}
