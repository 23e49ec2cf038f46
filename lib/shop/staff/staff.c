/* Staff: see staff.h. */
#include "lib/shop/staff/staff.h"

#include <string.h>

#include "lib/adapter/unicode.h"

static void hash_of(const char *secret, char out[CRYPTO_SHA256_HEX])
{
    crypto_sha256_hex(secret, strlen(secret), out);
}

/* All of the e-mail's sessions. */
static void close_sessions(struct db *db, const char *folded_email)
{
    struct db_statement *s =
        db_sql(db, "DELETE FROM staff_sessions WHERE staff_id ="
                   " (SELECT staff_id FROM staff WHERE email = $1)");
    db_put_text(s, folded_email);
    db_run(s);
}

void staff_put(struct db *db, const char *email, const char *password_hash,
               int64_t now_ms, struct arena *arena)
{
    const char *folded = unicode_fold(arena, email);
    struct db_statement *s =
        db_sql(db, "INSERT INTO staff (email, password_hash, created_at_ms)"
                   " VALUES ($1, $2, $3) ON CONFLICT (email)"
                   " DO UPDATE SET password_hash = excluded.password_hash,"
                   " removed_at_ms = NULL");
    db_put_text(s, folded);
    db_put_text(s, password_hash);
    db_put_int(s, now_ms);
    db_run(s);
    close_sessions(db, folded);
}

bool staff_remove(struct db *db, const char *email, int64_t now_ms,
                  struct arena *arena)
{
    const char *folded = unicode_fold(arena, email);
    struct db_statement *s =
        db_sql(db, "UPDATE staff SET removed_at_ms = $1, password_hash = ''"
                   " WHERE email = $2 AND removed_at_ms IS NULL");
    db_put_int(s, now_ms);
    db_put_text(s, folded);
    if (db_run(s) == 0)
        return false;
    close_sessions(db, folded);
    return true;
}

char *staff_first_email(struct db *db, struct arena *arena)
{
    struct db_statement *s =
        db_sql(db, "SELECT email FROM staff WHERE removed_at_ms IS NULL"
                   " ORDER BY staff_id LIMIT 1");
    return db_found_text(s, arena);
}

char *staff_password_hash(struct db *db, const char *email, int64_t *staff_id,
                          struct arena *arena)
{
    struct db_statement *s =
        db_sql(db, "SELECT staff_id, password_hash FROM staff"
                   " WHERE email = $1 AND removed_at_ms IS NULL");
    db_put_text(s, unicode_fold(arena, email));
    if (!db_row(s))
        return NULL;
    *staff_id = db_int(s, 0);
    char *hash = db_text(s, 1, arena);
    db_done(s);
    return hash;
}

bool staff_session_open(struct db *db, int64_t staff_id,
                        const char *password_hash,
                        char secret[CRYPTO_TOKEN_SIZE], int64_t now_ms)
{
    char hash[CRYPTO_SHA256_HEX];
    char csrf[CRYPTO_TOKEN_SIZE];
    crypto_token(secret);
    crypto_token(csrf);
    hash_of(secret, hash);
    struct db_statement *s = db_sql(
        db, "INSERT INTO staff_sessions (session_hash, staff_id, csrf_token,"
            " expires_at_ms) SELECT $1, staff_id, $2, $3 FROM staff"
            " WHERE staff_id = $4 AND password_hash = $5"
            " AND removed_at_ms IS NULL");
    db_put_text(s, hash);
    db_put_text(s, csrf);
    db_put_int(s, now_ms + STAFF_SESSION_MS);
    db_put_int(s, staff_id);
    db_put_text(s, password_hash);
    return db_run(s) == 1;
}

bool staff_session_find(struct db *db, const char *secret, int64_t now_ms,
                        struct staff_session *out, struct arena *arena)
{
    char hash[CRYPTO_SHA256_HEX];
    hash_of(secret, hash);
    struct db_statement *s = db_sql(
        db, "SELECT s.staff_id, m.email, s.csrf_token FROM staff_sessions s"
            " JOIN staff m ON m.staff_id = s.staff_id"
            " WHERE s.session_hash = $1 AND s.expires_at_ms > $2");
    db_put_text(s, hash);
    db_put_int(s, now_ms);
    if (!db_row(s))
        return false;
    *out = (struct staff_session){.staff_id = db_int(s, 0),
                                  .email = db_text(s, 1, arena),
                                  .csrf_token = db_text(s, 2, arena)};
    db_done(s);
    return true;
}

void staff_session_close(struct db *db, const char *secret)
{
    char hash[CRYPTO_SHA256_HEX];
    hash_of(secret, hash);
    struct db_statement *s =
        db_sql(db, "DELETE FROM staff_sessions WHERE session_hash = $1");
    db_put_text(s, hash);
    db_run(s);
}

bool staff_change_password(struct db *db, int64_t staff_id,
                           const char *password_hash, const char *new_hash,
                           const char *secret)
{
    char hash[CRYPTO_SHA256_HEX];
    struct db_statement *s =
        db_sql(db, "UPDATE staff SET password_hash = $1 WHERE staff_id = $2"
                   " AND password_hash = $3 AND removed_at_ms IS NULL");
    db_put_text(s, new_hash);
    db_put_int(s, staff_id);
    db_put_text(s, password_hash);
    if (db_run(s) == 0)
        return false;
    hash_of(secret, hash);
    s = db_sql(db, "DELETE FROM staff_sessions WHERE staff_id = $1"
                   " AND session_hash <> $2");
    db_put_int(s, staff_id);
    db_put_text(s, hash);
    db_run(s);
    return true;
}

void staff_expire(struct db *db, int64_t now_ms)
{
    struct db_statement *s =
        db_sql(db, "DELETE FROM staff_sessions WHERE expires_at_ms < $1");
    db_put_int(s, now_ms);
    db_run(s);
}
