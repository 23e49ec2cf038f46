/* The shop's papers, receipts and credit notes, as one kind of record: which
 * file each is, and all that it is drawn from beside the order and the refund.
 * That is frozen when the paper takes its number, so that a lost one can be
 * drawn again (lib/view/paper). */
#ifndef SHOP_PAPER_PAPER_H
#define SHOP_PAPER_PAPER_H

#include <stdint.h>

#include "lib/adapter/db/db.h"

/* What papers say by the shop's settings. */
struct paper_settings {
    const char *base_url;
    const char *zone; /* of their dates, as TZ takes it */
    const char *manual_title;
};

/* Makes these the settings of new papers; and of the papers from before version
 * 5, if the database has just been brought up from there. */
void paper_settings_use(struct db *db, const struct paper_settings *settings,
                        struct arena *arena);

enum paper_kind { PAPER_RECEIPT, PAPER_CREDIT_NOTE };

struct paper {
    enum paper_kind kind;
    const char *file; /* in the receipts' folder */
    const char *order_id;
    int64_t order_number;
    const char *subject; /* a receipt's charge, "": none; a note's refund */
    int64_t number;      /* 0: a receipt from before they had one */
    const char *sha256;  /* NULL: not drawn yet */
    int64_t layout;      /* 0: not drawn yet, or from before version 5 */
    struct paper_settings settings;
    int64_t dated_at_ms;        /* paid, or issued */
    int64_t receipt_number;     /* that a credit note refers to; 0: none */
    const char *customer_email; /* that it names; NULL: the order's */
};

/* False: no paper has that file. */
bool paper_find(struct db *db, const char *file, struct paper *out,
                struct arena *arena);

enum paper_file { PAPER_FILE_SOUND, PAPER_FILE_GONE, PAPER_FILE_DAMAGED };

/* Whether the folder has the file, with the bytes of that SHA-256. */
enum paper_file paper_look(const char *folder, const char *file,
                           const char *sha256);

/* A paper that was drawn and whose file is not sound. */
struct paper_fault {
    const char *file;
    enum paper_file found;
    struct paper_fault *next;
};
/* Looks at all papers that were drawn; *count is their number. NULL: none is at
 * fault. */
struct paper_fault *paper_faults(struct db *db, const char *folder,
                                 int64_t *count, struct arena *arena);

/* Moves a damaged file out of the way and gives its new name in the folder;
 * NULL with errno set when it could not. */
const char *paper_move_aside(const char *folder, const char *file,
                             struct arena *arena);

/* paper_tell_of_copy raises the alarm that the paper's file is lost and only a
 * copy can be had; paper_copy_is_told: it was raised. */
bool paper_copy_is_told(struct db *db, const struct paper *paper);
void paper_tell_of_copy(struct db *db, const struct paper *paper,
                        int64_t now_ms, struct arena *arena);
/* The paper's file is back. */
void paper_is_back(struct db *db, const struct paper *paper, int64_t now_ms);

/* The order's e-mail address is about to change: its papers keep the old one
 * (NULL: there was none). */
void paper_keep_email(struct db *db, const char *order_id, const char *email);

#endif
