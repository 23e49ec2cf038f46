/* Draws the shop's papers from what is frozen with them (lib/shop/paper), and
 * draws those again whose file is lost. The reaper draws the new ones; the
 * reaper, /receipts and `ordermill verify --redraw` bring back the lost. */
#ifndef VIEW_PAPER_PAPER_H
#define VIEW_PAPER_PAPER_H

#include "lib/adapter/crypto.h"
#include "lib/base/settings/settings.h"
#include "lib/shop/paper/paper.h"
#include "lib/view/paper/sheet.h"

struct paper_drawn {
    struct sheet_pdf pdf;
    int64_t layout;
    char sha256[CRYPTO_SHA256_HEX];
};

/* What papers are drawn with; NULL: the fonts cannot be read. */
struct pdf *paper_open_pdf(const struct settings *settings,
                           struct arena *arena);

/* The layout that new papers are drawn by; older layouts go back to 1. */
int64_t paper_newest_layout(enum paper_kind kind);

struct paper_way {
    int64_t layout;
    bool copy; /* marked as one */
};

/* Draws it. False when libharu failed; out->pdf.error is then its code. */
bool paper_draw(struct db *db, struct pdf *pdf, const struct paper *paper,
                const struct paper_way *way, struct arena *arena,
                struct paper_drawn *out);

enum paper_outcome {
    PAPER_THERE,    /* its file was not lost */
    PAPER_RESTORED, /* it was drawn as it was, and is in its place */
    PAPER_COPIED,   /* other bytes were drawn: a copy, marked as one, lies
                       beside */
    PAPER_LOST      /* neither could be written */
};
struct paper_again {
    enum paper_outcome outcome;
    const char *file; /* in the receipts' folder; NULL: it is lost */
    const char *why;  /* it is lost */
    bool untold;      /* that there is a copy: see paper_tell_of_copy */
};

/* The name under which it is handed out: "receipt-1001.pdf" (by its order's
 * number), "credit-note-3.pdf"; that of a copy is "receipt-1001-copy.pdf". */
const char *paper_title(const struct paper *paper, enum paper_outcome outcome,
                        struct arena *arena);

/* Finds the file of a paper that was made, or the copy that lies beside it, or
 * else does as paper_draw_again. */
struct paper_again paper_get(struct db *db, const struct settings *settings,
                             struct pdf *pdf, const struct paper *paper,
                             struct arena *arena);

/* Draws a paper again that was made and whose file is not there. It tries for
 * the bytes that were recorded, with the layout that the paper was drawn by;
 * where that is not known, with each. Several processes may do the same at
 * once. pdf NULL: the fonts are opened for this call alone. */
struct paper_again paper_draw_again(struct db *db,
                                    const struct settings *settings,
                                    struct pdf *pdf, const struct paper *paper,
                                    struct arena *arena);

#endif
