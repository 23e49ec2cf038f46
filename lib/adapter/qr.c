/* QR codes: see qr.h. The only file that knows libqrencode. */
#include "lib/adapter/qr.h"

#include <errno.h>
#include <qrencode.h>

#include "lib/base/log/log.h"

bool qr_make(struct arena *arena, const char *string, struct qr *out)
{
    if (string[0] == '\0')
        return false;
    QRcode *code = QRcode_encodeString8bit(string, 0, QR_ECLEVEL_M);
    if (code == NULL) {
        if (errno == ENOMEM)
            die("qr: no memory");
        return false;
    }
    int count = code->width * code->width;
    unsigned char *cells = arena_alloc(arena, (size_t)count);
    /* The other bits of libqrencode's bytes say what a module is for. */
    for (int i = 0; i < count; i++)
        cells[i] = code->data[i] & 1;
    *out = (struct qr){.width = code->width, .cells = cells};
    QRcode_free(code);
    return true;
}
