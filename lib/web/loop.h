/* The event loop over libfcgi that web_main runs: one process, one thread,
 * one FCGX_Request a connection, writes committed in groups. */
#ifndef WEB_LOOP_H
#define WEB_LOOP_H

#include "lib/web/web.h"

/* Serves listen_fd until TERM, INT or USR1 arrives on signal_fd, or until no
 * request has come for settings->idle_ms: the supervisor holds the socket and
 * starts the program again when somebody connects. Only the loop begins and
 * commits web->own_writer, save for web_begin. */
void loop_run(struct web *web, const struct web_program *program, int listen_fd,
              int signal_fd);

#endif
