/* What the files of the audit share. */
#ifndef SHOP_BOOKS_PRIVATE_H
#define SHOP_BOOKS_PRIVATE_H

#include "lib/shop/books/audit.h"

/* Fills the line. count yields one number, or is NULL; breaks yields rows of
 * (what, in_hand). */
void audit_judge(struct audit_line *line, struct arena *arena,
                 struct db_statement *count, struct db_statement *breaks);

/* What the gateway charged is booked, unless it gave all of it back. Begin the
 * journal's snapshot first: the attempt of each intent in it was committed
 * before the intent, so the shop's later snapshot shows it. */
void audit_journal(struct db *journal, struct db *db, struct audit_line *line,
                   struct arena *arena);

/* What is booked was charged and refunded, each charge for itself. Here begin
 * the shop's snapshot first: the journal's later one shows all that it books.
 * The gateway knows nothing of what was paid by hand. */
void audit_ledger(struct db *journal, struct db *db, struct audit_line *line,
                  struct arena *arena);

/* There is no journal: nothing may have been charged there. */
void audit_no_journal(struct db *db, struct audit_line *line);

/* Receipts and credit notes: that they are there, and their numbers. */
void audit_papers(struct db *db, const char *folder, struct audit_line *line,
                  struct arena *arena);
void audit_numbers(struct db *db, struct audit_line *line, struct arena *arena);

#endif
