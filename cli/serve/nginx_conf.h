/* nginx/ordermill.conf, filled in. Called by serve. */
#ifndef CLI_SERVE_NGINX_CONF_H
#define CLI_SERVE_NGINX_CONF_H

#include <stdbool.h>

#include "cli/serve/programs.h"
#include "lib/base/memory/arena.h"
#include "lib/base/settings/settings.h"

/* Writes HOME/run/nginx.conf, and gives the programs that it passes requests
 * to; false, and said why, when it cannot. */
bool nginx_conf_write(struct arena *arena, const struct settings *settings,
                      struct programs *programs);

/* The path of nginx, from PATH or Debian's usual place; NULL when there is
 * none. */
const char *nginx_find(struct arena *arena);

#endif
