/* Against guessing passwords: how often a sign-in may be tried. A try counts as
 * a failure before its password is looked at, until it turns out right. So many
 * tries at once get no further than one after another.
 *
 * - Tries of one account from one network, and of one network over all
 *   accounts, have a limit; past it they are refused until the oldest leaves
 *   the window.
 * - Nobody is refused for what others do to his account: past its limit over
 *   all networks, answers are only held back.
 * - A device that has signed in to the account before has a limit of its own,
 *   and nothing else counts for it. */
#ifndef SHOP_STAFF_SIGN_IN_GUARD_H
#define SHOP_STAFF_SIGN_IN_GUARD_H

#include <stdint.h>

#include "lib/adapter/crypto.h"
#include "lib/adapter/db/db.h"

enum {
    SIGN_IN_WINDOW_MS = 15 * 60 * 1000,
    SIGN_IN_PER_ACCOUNT_AND_NETWORK = 10,
    SIGN_IN_PER_DEVICE = 10,
    SIGN_IN_PER_NETWORK = 30,
    SIGN_IN_PER_ACCOUNT = 30, /* then answers are held back */
    SIGN_IN_HOLD_MS = 3000
};

struct sign_in_try {
    const char *account; /* the e-mail, folded */
    const char *network; /* see lib/base/system/network.h */
    const char *device;  /* ""; or names one that has signed in to it before */
};

/* Milliseconds until it may be tried again; 0: at once. */
int64_t sign_in_wait_ms(struct db *db, const struct sign_in_try *try,
                        int64_t now_ms);

/* Counts the try as failed. *hold_ms is how long its answer is held back,
 * whatever the answer is. */
void sign_in_begin(struct db *db, const struct sign_in_try *try, int64_t now_ms,
                   char failure_id[CRYPTO_UUID_SIZE], int64_t *hold_ms);

/* The try was right: it no longer counts. */
void sign_in_was_right(struct db *db, const char *failure_id);

/* Forgets what has left the window. */
void sign_in_expire(struct db *db, int64_t now_ms);

#endif
