/* QR codes (ISO/IEC 18004) by libqrencode. The reaper prints one on every
 * receipt. */
#ifndef ADAPTER_QR_H
#define ADAPTER_QR_H

#include <stdbool.h>

#include "lib/base/memory/arena.h"

/* cells holds width * width bytes, row by row: 1 is dark, 0 light. Whoever
 * draws it leaves four light cells around it, the quiet zone. */
struct qr {
    int width;
    const unsigned char *cells; /* in the arena it was made in */
};

/* The smallest code that holds string byte by byte at error correction level
 * M. False when it is empty or too long (over 2,331 bytes). */
bool qr_make(struct arena *arena, const char *string, struct qr *out);

#endif
