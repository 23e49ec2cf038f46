/* Credit notes: each refund that was booked has one. Its number is taken in the
 * transaction that books the refund, from 1 without gaps. The reaper draws the
 * PDF into the receipts' folder and mails it. */
#ifndef SHOP_PAPER_CREDIT_NOTE_H
#define SHOP_PAPER_CREDIT_NOTE_H

#include <stddef.h>
#include <stdint.h>

#include "lib/adapter/db/db.h"

struct credit_note {
    int64_t number;
    const char *refund_id;
    const char *order_id;
    const char *file; /* "credit-" refund_id ".pdf" */
    bool on_disk;
    int64_t amount_minor; /* the refund's, as the next two */
    const char *intent_id;
    const char *reason;
    bool reversed; /* its money could not be paid out after all */
};

/* Gives the refund its credit note, if it has none. */
void credit_note_issue(struct db *db, const char *refund_id, int64_t now_ms);

/* It is on disk, drawn by that layout: its mail is queued. */
void credit_note_store(struct db *db, int64_t number, const char *sha256,
                       int64_t layout, int64_t now_ms);

/* It could not be put on disk: an alarm. */
void credit_note_failed(struct db *db, const struct credit_note *note,
                        const char *message, int64_t now_ms);

/* The credit note of a refund; false: there is none. */
bool credit_note_find(struct db *db, const char *refund_id,
                      struct credit_note *out, struct arena *arena);

/* Of an order, oldest first. */
size_t credit_note_list(struct db *db, const char *order_id,
                        struct credit_note *list, size_t max,
                        struct arena *arena);

#endif
