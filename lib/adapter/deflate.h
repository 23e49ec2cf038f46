/* Texts packed small: zlib's format (RFC 1950) with a preset dictionary, a text
 * of what is likely to occur, of which the last 8 KiB count. A packed text can
 * be read only with the dictionary that it was packed with. Called by
 * lib/shop/packed.c. */
#ifndef ADAPTER_DEFLATE_H
#define ADAPTER_DEFLATE_H

#include <stddef.h>

#include "lib/base/memory/arena.h"

struct deflated {
    const void *bytes;
    size_t length;
};

/* The result is in arena; 64 KiB more of it are used on the way. */
struct deflated deflate_text(struct arena *arena, const char *dictionary,
                             const char *text);

/* NULL: these bytes are no packed text, or one of another dictionary. */
char *deflate_read(struct arena *arena, const char *dictionary,
                   struct deflated packed);

#endif
