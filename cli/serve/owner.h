/* Whose the shop is. With root and ORDERMILL_USER, HOME and everything that
 * runs belong to that user: `serve` becomes that user for good as soon as HOME
 * is handed over, and keeps at most the power to listen below 1024, for nginx.
 * Otherwise everything is the caller's. */
#ifndef CLI_SERVE_OWNER_H
#define CLI_SERVE_OWNER_H

#include <stdbool.h>

#include "lib/base/settings/settings.h"

/* False, and said why: there is no such user, we are not root, or HOME is
 * somebody else's. */
bool owner_check(const struct settings *settings);

/* Gives HOME, which is there, and all that is in it to the user, if it was
 * root's, and becomes the user. False, and said why, when it cannot. Nothing is
 * changed when HOME is root's and holds other files but no shop. */
bool owner_take_home(const struct settings *settings);

/* For all verbs but serve: root becomes the user who owns HOME and the shop, so
 * that what a verb leaves there is that user's. False, and said why, as
 * owner_check. */
bool owner_act(const struct settings *settings);

/* In a new process: lets the program that it becomes listen below 1024, if we
 * may. */
void owner_hand_on_ports(void);

#endif
