/* Staff: see staff.h. */
#include "lib/shop/staff.h"

#include <string.h>

#include "lib/adapter/unicode.h"
#include "lib/base/network.h"


void staff_put(struct db *db, const char *email, const char *password,
               int64_t now_ms, struct arena *arena)
{
    char hash[CRYPTO_PASSWORD_HASH_SIZE];
    crypto_password_hash(password, hash);
    struct db_statement *s =
        db_sql(db, "INSERT INTO staff (email, password_hash, created_at_ms)"
                   " VALUES ($1, $2, $3) ON CONFLICT (email)"
                   " DO UPDATE SET password_hash = excluded.password_hash");
    db_put_text(s, unicode_fold(arena, email));
    db_put_text(s, hash);
    db_put_int(s, now_ms);
    db_run(s);
    /* A new password ends what the old one opened. */
    s = db_sql(db, "DELETE FROM staff_sessions WHERE staff_id ="
                   " (SELECT staff_id FROM staff WHERE email = $1)");
    db_put_text(s, unicode_fold(arena, email));
    db_run(s);
}

char *staff_first_email(struct db *db, struct arena *arena)
{
    struct db_statement *s =
        db_sql(db, "SELECT email FROM staff ORDER BY staff_id LIMIT 1");
    char *email = db_row(s) ? db_text(s, 0, arena) : NULL;
    db_done(s);
    return email;
}

char *staff_password_hash(struct db *db, const char *email, int64_t *staff_id,
                          struct arena *arena)
{
    struct db_statement *s = db_sql(
        db, "SELECT staff_id, password_hash FROM staff WHERE email = $1");
    db_put_text(s, unicode_fold(arena, email));
    if (!db_row(s))
        return NULL;
    *staff_id = db_int(s, 0);
    char *hash = db_text(s, 1, arena);
    db_done(s);
    return hash;
}

/* Until when a subject with this many failures in the window is closed: until
 * its oldest counted failure leaves the window. */
static int64_t closed_ms(struct db *db, const char *subject, int64_t tries,
                         int64_t now_ms)
{
    struct db_statement *s =
        db_sql(db, "SELECT failed_at_ms FROM sign_in_failures"
                   " WHERE subject = $1 AND failed_at_ms > $2"
                   " ORDER BY failed_at_ms DESC LIMIT 1 OFFSET $3");
    db_put_text(s, subject);
    db_put_int(s, now_ms - STAFF_TRIES_WINDOW_MS);
    db_put_int(s, tries - 1);
    int64_t left =
        db_row(s) ? db_int(s, 0) + STAFF_TRIES_WINDOW_MS - now_ms : 0;
    db_done(s);
    return left;
}

int64_t staff_throttled_ms(struct db *db, const char *email,
                           const char *address, int64_t now_ms,
                           struct arena *arena)
{
    int64_t by_email =
        closed_ms(db, unicode_fold(arena, email), STAFF_TRIES_BY_EMAIL, now_ms);
    char network[NETWORK_SIZE];
    int64_t by_address = closed_ms(db, network_of(address, network),
                                   STAFF_TRIES_BY_ADDRESS, now_ms);
    return by_email > by_address ? by_email : by_address;
}

static void count_failure(struct db *db, const char *subject, int64_t now_ms)
{
    struct db_statement *s =
        db_sql(db, "INSERT INTO sign_in_failures (subject, failed_at_ms)"
                   " VALUES ($1, $2)");
    db_put_text(s, subject);
    db_put_int(s, now_ms);
    db_run(s);
}

void staff_count_failure(struct db *db, const char *email, const char *address,
                         int64_t now_ms, struct arena *arena)
{
    char network[NETWORK_SIZE];
    count_failure(db, unicode_fold(arena, email), now_ms);
    count_failure(db, network_of(address, network), now_ms);
}

static void hash_of(const char *secret, char out[CRYPTO_SHA256_HEX])
{
    crypto_sha256_hex(secret, strlen(secret), out);
}

void staff_session_open(struct db *db, int64_t staff_id,
                        char secret[CRYPTO_TOKEN_SIZE], int64_t now_ms)
{
    char hash[CRYPTO_SHA256_HEX];
    char csrf[CRYPTO_TOKEN_SIZE];
    crypto_token(secret);
    crypto_token(csrf);
    hash_of(secret, hash);
    struct db_statement *s = db_sql(
        db, "INSERT INTO staff_sessions (session_hash, staff_id, csrf_token,"
            " expires_at_ms) VALUES ($1, $2, $3, $4)");
    db_put_text(s, hash);
    db_put_int(s, staff_id);
    db_put_text(s, csrf);
    db_put_int(s, now_ms + STAFF_SESSION_MS);
    db_run(s);
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

void staff_expire(struct db *db, int64_t now_ms)
{
    struct db_statement *s =
        db_sql(db, "DELETE FROM staff_sessions WHERE expires_at_ms < $1");
    db_put_int(s, now_ms);
    db_run(s);
    s = db_sql(db, "DELETE FROM sign_in_failures WHERE failed_at_ms < $1");
    db_put_int(s, now_ms - STAFF_TRIES_WINDOW_MS);
    db_run(s);
}

void api_token_create(struct db *db, char token[CRYPTO_TOKEN_SIZE],
                      int64_t now_ms)
{
    char hash[CRYPTO_SHA256_HEX];
    crypto_token(token);
    hash_of(token, hash);
    struct db_statement *s =
        db_sql(db, "INSERT INTO api_tokens (token_hash, role, created_at_ms)"
                   " VALUES ($1, 'staff', $2)");
    db_put_text(s, hash);
    db_put_int(s, now_ms);
    db_run(s);
}

bool api_token_ok(struct db *db, const char *token)
{
    char hash[CRYPTO_SHA256_HEX];
    hash_of(token, hash);
    struct db_statement *s =
        db_sql(db, "SELECT 1 FROM api_tokens WHERE token_hash = $1");
    db_put_text(s, hash);
    bool found = db_row(s);
    db_done(s);
    return found;
}
