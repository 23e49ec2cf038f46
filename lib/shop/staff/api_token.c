/* The tokens of machines: see api_token.h. */
#include "lib/shop/staff/api_token.h"

#include <assert.h>
#include <string.h>

#include "lib/base/text/text.h"

static const char *const roles[] = {"staff", "read"};
const struct names api_role_names = NAMES("role", roles);

const char *api_token_name_fault(const char *name)
{
    size_t length = strlen(name);
    if (length == 0 || length > API_TOKEN_NAME_MAX ||
        !text_is_utf8(name, length) || text_has_control(name))
        return "must be one line of at most 60 bytes";
    return strchr(name, '#') == NULL ? NULL : "must hold no number sign";
}

static void hash_of(const char *token, char out[CRYPTO_SHA256_HEX])
{
    crypto_sha256_hex(token, strlen(token), out);
}

bool api_token_create(struct db *db, const struct api_token *wanted,
                      char token[CRYPTO_TOKEN_SIZE], int64_t now_ms)
{
    assert(wanted->name == NULL || api_token_name_fault(wanted->name) == NULL);
    char hash[CRYPTO_SHA256_HEX];
    crypto_token(token);
    hash_of(token, hash);
    struct db_statement *s = db_sql(
        db, "INSERT INTO api_tokens"
            " (token_id, token_hash, name, role, created_at_ms, expires_at_ms)"
            " SELECT COALESCE(MAX(token_id), 0) + 1, $1,"
            "        COALESCE($2, $3 || ' #' || (COALESCE(MAX(token_id), 0) +"
            "                                    1)),"
            "        $3, $4, $5"
            " FROM api_tokens WHERE true"
            " ON CONFLICT (name) WHERE revoked_at_ms IS NULL DO NOTHING");
    db_put_text(s, hash);
    db_put_text(s, wanted->name);
    db_put_name(s, &api_role_names, wanted->role);
    db_put_int(s, now_ms);
    if (wanted->expires_at_ms == 0)
        db_put_null(s);
    else
        db_put_int(s, wanted->expires_at_ms);
    return db_run(s) == 1;
}

#define COLUMNS                                                                \
    "token_id, name, role, created_at_ms, COALESCE(expires_at_ms, 0),"         \
    " COALESCE(last_used_at_ms, 0), COALESCE(revoked_at_ms, 0)"

static struct api_token read_row(struct db_statement *s, struct arena *arena)
{
    return (struct api_token){
        .token_id = db_int(s, 0),
        .name = db_text(s, 1, arena),
        .role = (enum api_role)db_value(s, 2, &api_role_names),
        .created_at_ms = db_int(s, 3),
        .expires_at_ms = db_int(s, 4),
        .last_used_at_ms = db_int(s, 5),
        .revoked_at_ms = db_int(s, 6)};
}

bool api_token_find(struct db *db, const char *token, int64_t now_ms,
                    struct api_token *out, struct arena *arena)
{
    char hash[CRYPTO_SHA256_HEX];
    hash_of(token, hash);
    struct db_statement *s =
        db_sql(db, "SELECT " COLUMNS " FROM api_tokens WHERE token_hash = $1"
                   " AND revoked_at_ms IS NULL"
                   " AND (expires_at_ms IS NULL OR expires_at_ms > $2)");
    db_put_text(s, hash);
    db_put_int(s, now_ms);
    if (!db_row(s))
        return false;
    *out = read_row(s, arena);
    db_done(s);
    return true;
}

size_t api_token_list(struct db *db, int64_t after, struct api_token *out,
                      size_t room, struct arena *arena)
{
    size_t count = 0;
    struct db_statement *s =
        db_sql(db, "SELECT " COLUMNS " FROM api_tokens WHERE token_id > $1"
                   " ORDER BY token_id LIMIT $2");
    db_put_int(s, after);
    db_put_int(s, (int64_t)room);
    while (db_row(s))
        out[count++] = read_row(s, arena);
    return count;
}

bool api_token_revoke(struct db *db, int64_t token_id, int64_t now_ms)
{
    struct db_statement *s = db_sql(
        db, "UPDATE api_tokens SET revoked_at_ms = COALESCE(revoked_at_ms, $1)"
            " WHERE token_id = $2");
    db_put_int(s, now_ms);
    db_put_int(s, token_id);
    return db_run(s) == 1;
}

void api_token_note_use(struct db *db, int64_t token_id, int64_t now_ms)
{
    struct db_statement *s =
        db_sql(db, "UPDATE api_tokens SET last_used_at_ms = $1"
                   " WHERE token_id = $2");
    db_put_int(s, now_ms);
    db_put_int(s, token_id);
    db_run(s);
}
