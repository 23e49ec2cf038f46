/* Looks at what lies in HOME before anything is opened or made there: a shop
 * whose database is gone must not begin anew, and the operator hears of what
 * cannot be written. Called by init.c, owner.c and ordermill.c. */
#ifndef CLI_SERVE_HOME_LOOK_H
#define CLI_SERVE_HOME_LOOK_H

#include <stdbool.h>

#include "cli/cli.h"

/* False, and said so in one line, when HOME or the database in it cannot be
 * written. */
bool home_can_be_written(const struct settings *settings);

/* False, and said so, when HOME holds no shop but other files: root must not
 * give them away. */
bool home_is_for_a_shop(const struct settings *settings);

/* False, and said so with the way back, when the database is damaged, is none,
 * or is missing though there was a shop. Opens nothing for writing: a journal
 * without its database stays as it is. */
bool home_database_fits(const struct cli *cli);

/* For a database without a shop in it. True when nothing else tells of a shop;
 * else false, and says what was found. */
bool home_is_new(const struct cli *cli, const char *state);

#endif
