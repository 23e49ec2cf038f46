/* Checks whether a password is right, guarded against guessing. For the `read`
 * of slow programs (web.h): it takes 70 ms. Before that it counts the try and
 * commits that (lib/shop/staff/sign_in_guard.h). */
#ifndef VIEW_STAFF_PASSWORD_CHECK_H
#define VIEW_STAFF_PASSWORD_CHECK_H

#include "lib/shop/staff/sign_in_guard.h"
#include "lib/web/web.h"

enum password_check {
    PASSWORD_RIGHT, /* the write half calls sign_in_was_right(failure_id) */
    PASSWORD_WRONG,
    PASSWORD_WAIT, /* tried too often: 429, Retry-After is set */
    PASSWORD_BUSY  /* nothing can be stored: web_busy */
};

struct password_try {
    const char *email;
    const char *device; /* "" or as device_of gives it */
    const char *hash;   /* NULL: there is no such e-mail, which takes as long */
    const char *password;
    char failure_id[CRYPTO_UUID_SIZE]; /* set */
};

/* May set the reply's hold_ms. */
enum password_check password_check(struct web *web,
                                   const struct request *request,
                                   struct reply *reply,
                                   struct password_try *given);

#endif
