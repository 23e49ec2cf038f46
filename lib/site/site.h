/* The shop as an application of lib/web: every endpoint's main but the local
 * gateway's ends in site_main. A room of its own, beside lib/api and lib/view,
 * since all programs need it and it needs both the engine and the shop's
 * nouns. */
#ifndef SITE_SITE_H
#define SITE_SITE_H

#include "lib/web/web.h"

/* As web_main, on the shop's database and with its key; a commit that set
 * web->wake wakes the reaper. */
int site_main(const struct web_program *program);

#endif
