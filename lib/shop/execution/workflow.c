/* Workflow definitions: see workflow.h. */
#include "lib/shop/execution/workflow.h"

#include <string.h>

#include "lib/adapter/crypto.h"
#include "lib/shop/setting.h"

void workflow_use(struct db *db, const char *definition, int64_t now_ms)
{
    char hash[CRYPTO_SHA256_HEX];
    crypto_sha256_hex(definition, strlen(definition), hash);
    struct db_statement *s =
        db_sql(db, "INSERT INTO definitions (hash, definition, created_at_ms)"
                   " VALUES ($1, $2, $3) ON CONFLICT (hash) DO NOTHING");
    db_put_text(s, hash);
    db_put_text(s, definition);
    db_put_int(s, now_ms);
    db_run(s);
    setting_put(db, "workflow", hash);
}

char *workflow_current_hash(struct db *db, struct arena *arena)
{
    return setting_get(db, "workflow", arena);
}

char *workflow_find(struct db *db, const char *hash, struct arena *arena)
{
    struct db_statement *s =
        db_sql(db, "SELECT definition FROM definitions WHERE hash = $1");
    db_put_text(s, hash);
    return db_found_text(s, arena);
}
