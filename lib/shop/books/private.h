/* What the files of the audit share. */
#ifndef SHOP_BOOKS_PRIVATE_H
#define SHOP_BOOKS_PRIVATE_H

#include "lib/shop/books/audit.h"

/* count yields one number, or is NULL; breaks yields rows of (what,
 * in_hand). */
void audit_judge(struct audit_line *line, struct arena *arena,
                 struct db_statement *count, struct db_statement *breaks);

/* The gateway's journal against the ledger; the ledger against it; and there
 * is none, so nothing may have been charged there. */
void audit_journal(struct db *db, struct audit_line *line, struct arena *arena);
void audit_ledger(struct db *db, struct audit_line *line, struct arena *arena);
void audit_no_journal(struct db *db, struct audit_line *line,
                      struct arena *arena);

/* Receipts and credit notes: that they are there, and their numbers. */
void audit_papers(struct db *db, const char *folder, struct audit_line *line,
                  struct arena *arena);
void audit_numbers(struct db *db, struct audit_line *line, struct arena *arena);

#endif
