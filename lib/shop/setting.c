/* The shop's own facts: see setting.h. */
#include "lib/shop/setting.h"

#include <stdlib.h>
#include <string.h>

#include "lib/base/log/log.h"

bool setting_initialised(struct db *db)
{
    /* The schema and the first settings come in one transaction. */
    return db_has_table(db, "settings");
}

char *setting_get(struct db *db, const char *name, struct arena *arena)
{
    struct db_statement *s =
        db_sql(db, "SELECT value FROM settings WHERE name = $1");
    db_put_text(s, name);
    return db_found_text(s, arena);
}

void setting_put(struct db *db, const char *name, const char *value)
{
    struct db_statement *s =
        db_sql(db, "INSERT INTO settings (name, value) VALUES ($1, $2)"
                   " ON CONFLICT (name) DO UPDATE SET value = excluded.value");
    db_put_text(s, name);
    db_put_text(s, value);
    db_run(s);
}

void setting_signing_key(struct db *db, unsigned char key[CRYPTO_KEY_SIZE])
{
    struct db_statement *s =
        db_sql(db, "SELECT value FROM settings WHERE name = 'signing_key'");
    struct arena arena = arena_create(4096);
    char *hex = db_found_text(s, &arena);
    if (hex == NULL || strlen(hex) != 2 * CRYPTO_KEY_SIZE)
        die("the database holds no signing key: run `ordermill init`");
    for (size_t i = 0; i < CRYPTO_KEY_SIZE; i++) {
        char pair[3] = {hex[2 * i], hex[2 * i + 1], '\0'};
        key[i] = (unsigned char)strtoul(pair, NULL, 16);
    }
    arena_destroy(&arena);
}

void shop_profile_use(struct db *db, const struct shop_profile *profile,
                      struct arena *arena)
{
    struct db_statement *s =
        db_sql(db, "INSERT INTO shop_profiles (name, address, tax_id)"
                   " VALUES ($1, $2, $3) ON CONFLICT (name, address, tax_id)"
                   " DO NOTHING");
    db_put_text(s, profile->name);
    db_put_text(s, profile->address);
    db_put_text(s, profile->tax_id);
    db_run(s);
    s = db_sql(db, "SELECT profile_id FROM shop_profiles"
                   " WHERE name = $1 AND address = $2 AND tax_id = $3");
    db_put_text(s, profile->name);
    db_put_text(s, profile->address);
    db_put_text(s, profile->tax_id);
    int64_t profile_id = db_found_int(s, 0);
    setting_put(db, "shop_profile",
                arena_printf(arena, "%lld", (long long)profile_id));
}

struct shop_profile shop_profile_find(struct db *db, int64_t profile_id,
                                      struct arena *arena)
{
    struct shop_profile found;
    struct db_statement *s =
        db_sql(db, "SELECT name, address, tax_id FROM shop_profiles"
                   " WHERE profile_id = $1");
    db_put_int(s, profile_id);
    if (!db_row(s))
        die("no shop profile %lld", (long long)profile_id);
    found.name = db_text(s, 0, arena);
    found.address = db_text(s, 1, arena);
    found.tax_id = db_text(s, 2, arena);
    db_done(s);
    return found;
}
