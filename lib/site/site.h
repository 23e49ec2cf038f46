/* The shop as an application of lib/web: every endpoint's main, save the local
 * gateway's, ends in site_main. It is a room of its own, beside lib/api and
 * lib/view, since all programs need it and it needs both lib/web and the shop's
 * nouns. */
#ifndef SITE_SITE_H
#define SITE_SITE_H

#include "lib/web/web.h"

/* What web_main is handed: the shop's database and key; the reaper, which is
 * woken after a commit that set web->wake; staff and their machines
 * (lib/shop/staff); and kept answers (lib/shop/idempotency.h). */
extern const struct web_app site_app;

int site_main(const struct web_program *program);

/* Sets the cookie of a staff session (lib/shop/staff/staff.h); secret NULL
 * takes it away. */
void site_set_session(const struct web *web, const struct request *request,
                      struct reply *reply, const char *secret);

#endif
