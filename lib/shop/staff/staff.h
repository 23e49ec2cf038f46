/* Staff: who may sign in, and their sessions. Secrets are stored as hashes
 * only. Hash a password before the transaction: it takes 70 ms. For guessing
 * see sign_in_guard.h, for machines' tokens api_token.h. */
#ifndef SHOP_STAFF_STAFF_H
#define SHOP_STAFF_STAFF_H

#include <stdint.h>

#include "lib/adapter/crypto.h"
#include "lib/adapter/db/db.h"

enum {
    STAFF_SESSION_MS = 12 * 60 * 60 * 1000,
    STAFF_MIN_PASSWORD = 10,
    STAFF_MAX_PASSWORD = 200
};

/* Creates the sign-in, brings a removed one back, or gives it a new password,
 * which ends its sessions. The e-mail is folded. */
void staff_put(struct db *db, const char *email, const char *password_hash,
               int64_t now_ms, struct arena *arena);

/* Ends the sign-in and its sessions; false when there is none. */
bool staff_remove(struct db *db, const char *email, int64_t now_ms,
                  struct arena *arena);

/* The e-mail of the sign-in created first; NULL when there is none. */
char *staff_first_email(struct db *db, struct arena *arena);

/* The password's hash; NULL when there is no such e-mail. */
char *staff_password_hash(struct db *db, const char *email, int64_t *staff_id,
                          struct arena *arena);

struct staff_session {
    int64_t staff_id;
    const char *email;
    const char *csrf_token;
};

/* Opens a session, if the password that was found right is still theirs. secret
 * goes into the cookie and is stored nowhere. False: the password is another by
 * now, or the sign-in is gone. */
bool staff_session_open(struct db *db, int64_t staff_id,
                        const char *password_hash,
                        char secret[CRYPTO_TOKEN_SIZE], int64_t now_ms);
bool staff_session_find(struct db *db, const char *secret, int64_t now_ms,
                        struct staff_session *out, struct arena *arena);
void staff_session_close(struct db *db, const char *secret);

/* Puts another password in the place of the one that was found right, and ends
 * all sessions but secret's. False: the password is another by now. */
bool staff_change_password(struct db *db, int64_t staff_id,
                           const char *password_hash, const char *new_hash,
                           const char *secret);

/* Forgets sessions past their time. */
void staff_expire(struct db *db, int64_t now_ms);

#endif
