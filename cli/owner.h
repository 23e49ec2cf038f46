/* Whose the shop is. With root and ORDERMILL_USER, HOME and all programs but
 * nginx's master belong to that user; `serve` itself acts as that user and
 * stays root only to start nginx and to become others. Otherwise everything is
 * the caller's, and these do nothing. */
#ifndef OWNER_H
#define OWNER_H

#include <stdbool.h>

#include "lib/base/settings.h"

/* False, and said why: there is no such user, we are not root, or HOME is
 * somebody else's. */
bool owner_check(const struct settings *settings);

/* HOME is there: makes it and all that is in it the user's, when it was root's,
 * and acts as the user from now on. False, and said why, when it cannot. */
bool owner_take_home(const struct settings *settings);

/* To do something as root in between, and back. */
void owner_be_root(const struct settings *settings);
void owner_be_user(const struct settings *settings);

/* In a new process: the user for good. */
void owner_become_user(const struct settings *settings);

/* What nginx's `user` says when root starts it: "NAME GROUP". */
const char *owner_nginx_user(struct arena *arena,
                             const struct settings *settings);

#endif
