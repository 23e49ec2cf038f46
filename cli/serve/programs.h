/* The FastCGI programs. Their one list is the route table: whatever a
 * "fastcgi_pass NAME;" of nginx/ordermill.conf names is a program. The Makefile
 * builds it, serve gives it a socket, and nginx gets an upstream of that name.
 * A line "#@processes NAME COUNT" says how many of it run, where that is not
 * one. Called by nginx_conf.c and serve.c. */
#ifndef CLI_SERVE_PROGRAMS_H
#define CLI_SERVE_PROGRAMS_H

#include <stddef.h>
#include <stdint.h>

#include "lib/base/memory/arena.h"

enum { PROGRAMS_MAX = 40, PROGRAMS_MAX_NAME = 24 };

struct program {
    const char *name;
    size_t processes;
};

struct programs {
    struct program list[PROGRAMS_MAX];
    size_t count;
};

/* The programs that a configuration names, in its order; it is without the
 * blocks that do not apply. Their names are in arena. */
void programs_read(struct arena *arena, const char *configuration,
                   struct programs *out);

/* nginx's upstream blocks for them, each with the server run/NAME.sock. An
 * unused connection is closed well before idle_ms, when the program ends, so
 * that no request meets that end. */
const char *programs_upstreams(struct arena *arena,
                               const struct programs *programs,
                               int64_t idle_ms);

#endif
