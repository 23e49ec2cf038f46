/* The shop's own facts, kept in the database (schema.sql: settings). */
#ifndef SHOP_SETTING_H
#define SHOP_SETTING_H

#include "lib/adapter/crypto.h"
#include "lib/adapter/db/db.h"

/* Whether the database holds a shop: false for a new, empty file. */
bool setting_initialised(struct db *db);

/* NULL when it was never set. */
char *setting_get(struct db *db, const char *name, struct arena *arena);
void setting_put(struct db *db, const char *name, const char *value);

/* The key that signs links; dies when the shop was never initialised. */
void setting_signing_key(struct db *db, unsigned char key[CRYPTO_KEY_SIZE]);

/* What every new order is given. */
struct shop_profile {
    const char *name;
    const char *address; /* lines parted by "\n" */
    const char *tax_id;  /* may be "" */
};

/* Stores the profile when it is new and makes it the one of new orders. */
void shop_profile_use(struct db *db, const struct shop_profile *profile,
                      struct arena *arena);
struct shop_profile shop_profile_find(struct db *db, int64_t profile_id,
                                      struct arena *arena);

#endif
