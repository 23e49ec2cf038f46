/* Parsed workflow definitions, kept by their hash; see reaper.h. */
#include <stdlib.h>
#include <string.h>

#include "lib/adapter/crypto.h"
#include "lib/base/log.h"
#include "lib/shop/workflow.h"
#include "reaper/reaper.h"

enum {
    DEFINITIONS = 16, /* more at once start over */
    DEFINITIONS_ARENA = 64 * 1024 * 1024,
    DEFINITIONS_DEPTH = 32
};

struct definition_cache {
    struct arena arena;
    size_t count;
    struct {
        char hash[CRYPTO_SHA256_HEX];
        const struct asl_definition *definition;
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

static const struct asl_definition *parse(struct arena *arena, const char *text)
{
    struct json_fault fault;
    const struct asl_definition *definition = NULL;
    const struct asl_mistake *mistakes;
    const struct json *json =
        json_read(arena, text, strlen(text), DEFINITIONS_DEPTH, &fault);
    if (json == NULL || !asl_parse(arena, json, &definition, &mistakes))
        return NULL;
    return definition;
}

const struct asl_definition *definition_cached(struct reaper *reaper,
                                               const char *hash)
{
    struct definition_cache *cache = reaper->definitions;
    for (size_t i = 0; i < cache->count; i++)
        if (strcmp(cache->entries[i].hash, hash) == 0)
            return cache->entries[i].definition;
    if (cache->count == DEFINITIONS) {
        arena_reset(&cache->arena);
        cache->count = 0;
    }
    const char *text = workflow_find(reaper->db, hash, &cache->arena);
    const struct asl_definition *definition =
        text == NULL ? NULL : parse(&cache->arena, text);
    if (definition == NULL)
        die("definition %s cannot be read", hash);
    memcpy(cache->entries[cache->count].hash, hash, CRYPTO_SHA256_HEX);
    cache->entries[cache->count++].definition = definition;
    return definition;
}
