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

/* In arena, as its result; takes 64 KiB of it beside the text's own length. */
struct deflated deflate_text(struct arena *arena, const char *dictionary,
                             const char *text);

/* NULL: that is no such text, or its dictionary is another one. */
char *deflate_read(struct arena *arena, const char *dictionary,
                   struct deflated packed);

#endif
