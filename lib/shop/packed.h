/* Texts that are kept for reading only, packed: histories of executions that
 * have ended, bodies of webhooks, parts of imports. A column of bytes holds
 * what packed_text gives. */
#ifndef SHOP_PACKED_H
#define SHOP_PACKED_H

#include "lib/adapter/deflate.h"

struct deflated packed_text(struct arena *arena, const char *text);

/* NULL when it cannot be read. The log then says so of `what`: it must stop
 * neither the reaper nor a page. */
char *packed_read(struct arena *arena, struct deflated packed,
                  const char *what);

#endif
