/* The tokens of machines. Each has a name, under which its acts are told, a
 * role, and perhaps an end. Only its hash is stored. */
#ifndef SHOP_STAFF_API_TOKEN_H
#define SHOP_STAFF_API_TOKEN_H

#include <stdint.h>

#include "lib/adapter/crypto.h"
#include "lib/adapter/db/db.h"

enum {
    API_TOKEN_NAME_MAX = 60,
    API_TOKEN_USED_MS = 60 * 60 * 1000 /* how exact the last use is known */
};

enum api_role {
    API_ROLE_STAFF, /* all that staff may */
    API_ROLE_READ   /* sees what staff see, changes nothing */
};
extern const struct names api_role_names;

struct api_token {
    int64_t token_id;
    const char *name;
    enum api_role role;
    int64_t created_at_ms;
    int64_t expires_at_ms;   /* 0: never */
    int64_t last_used_at_ms; /* 0: never; to API_TOKEN_USED_MS */
    int64_t revoked_at_ms;   /* 0: not revoked */
};

/* Why this cannot be a token's name, or NULL. Only names that are made here
 * have a number sign, such as "staff #3". */
const char *api_token_name_fault(const char *name);

/* Makes a token of that role, name (NULL: one is made) and end. token is what
 * the machine sends, and is stored nowhere. False: a token that is not revoked
 * has this name. */
bool api_token_create(struct db *db, const struct api_token *wanted,
                      char token[CRYPTO_TOKEN_SIZE], int64_t now_ms);

/* False when there is no such token that is still good. */
bool api_token_find(struct db *db, const char *token, int64_t now_ms,
                    struct api_token *out, struct arena *arena);

/* The tokens whose token_id is above `after`, in order; gives how many. */
size_t api_token_list(struct db *db, int64_t after, struct api_token *out,
                      size_t room, struct arena *arena);

/* Ends a token now; false when there is no such one. One that is revoked
 * already stays so. */
bool api_token_revoke(struct db *db, int64_t token_id, int64_t now_ms);

void api_token_note_use(struct db *db, int64_t token_id, int64_t now_ms);

#endif
