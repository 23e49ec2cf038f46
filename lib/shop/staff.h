/* Staff: who may sign in, their sessions, the throttle on guessing, and the
 * tokens machines use. Secrets are stored as hashes only. */
#ifndef STAFF_H
#define STAFF_H

#include <stdint.h>

#include "lib/adapter/crypto.h"
#include "lib/adapter/db.h"

enum {
    STAFF_SESSION_MS = 12 * 60 * 60 * 1000,
    STAFF_MAX_PASSWORD = 200,
    /* Failures within the window that close a subject to further tries. */
    STAFF_TRIES_BY_EMAIL = 10,
    STAFF_TRIES_BY_ADDRESS = 30,
    STAFF_TRIES_WINDOW_MS = 15 * 60 * 1000
};

/* Creates the sign-in or gives it a new password; the e-mail is folded. */
void staff_put(struct db *db, const char *email, const char *password,
               int64_t now_ms, struct arena *arena);

/* The e-mail of the sign-in created first; NULL when there is none. */
char *staff_first_email(struct db *db, struct arena *arena);

/* The password's hash; NULL when there is no such e-mail. */
char *staff_password_hash(struct db *db, const char *email, int64_t *staff_id,
                          struct arena *arena);

/* Milliseconds until this e-mail from this address may be tried again; 0: at
 * once. */
int64_t staff_throttled_ms(struct db *db, const char *email,
                           const char *address, int64_t now_ms,
                           struct arena *arena);
void staff_count_failure(struct db *db, const char *email, const char *address,
                         int64_t now_ms, struct arena *arena);

struct staff_session {
    int64_t staff_id;
    const char *email;
    const char *csrf_token;
};

/* Opens one; secret goes into the cookie and is stored nowhere. */
void staff_session_open(struct db *db, int64_t staff_id,
                        char secret[CRYPTO_TOKEN_SIZE], int64_t now_ms);
bool staff_session_find(struct db *db, const char *secret, int64_t now_ms,
                        struct staff_session *out, struct arena *arena);
void staff_session_close(struct db *db, const char *secret);

/* Forgets sessions and failures past their time. */
void staff_expire(struct db *db, int64_t now_ms);

/* A machine's token of role staff, stored by its hash. */
void api_token_create(struct db *db, char token[CRYPTO_TOKEN_SIZE],
                      int64_t now_ms);
bool api_token_ok(struct db *db, const char *token);

#endif
