/* What the files of the audit share. */
#ifndef SHOP_BOOKS_PRIVATE_H
#define SHOP_BOOKS_PRIVATE_H

#include "lib/shop/books/audit.h"

/* count yields one number, or is NULL; breaks yields rows of (what,
 * in_hand). */
void audit_judge(struct audit_line *line, struct arena *arena,
                 struct db_statement *count, struct db_statement *breaks);

/* What the gateway charged is booked, unless it gave all of it back. The
 * journal's snapshot is to come first: an intent in it had its attempt
 * committed before, which the shop's later one shows. */
void audit_journal(struct db *journal, struct db *db, struct audit_line *line,
                   struct arena *arena);

/* What is booked was charged and refunded, each charge for itself. Here the
 * shop's snapshot is to come first: what it books, the journal's later one
 * shows. What was paid by hand the gateway knows nothing of. */
void audit_ledger(struct db *journal, struct db *db, struct audit_line *line,
                  struct arena *arena);

/* There is no journal: nothing may have been charged there. */
void audit_no_journal(struct db *db, struct audit_line *line);

/* Receipts and credit notes: that they are there, and their numbers. */
void audit_papers(struct db *db, const char *folder, struct audit_line *line,
                  struct arena *arena);
void audit_numbers(struct db *db, struct audit_line *line, struct arena *arena);

#endif
