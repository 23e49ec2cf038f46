/* What receipts and credit notes say of an order, gathered for both from the
 * database and the settings, inside the transaction. */
#ifndef REAPER_DOCUMENT_H
#define REAPER_DOCUMENT_H

#include "lib/view/paper/sheet.h"
#include "reaper/reaper.h"

struct sheet_order document_order(struct reaper *reaper,
                                  const struct order *order,
                                  struct arena *arena);

struct receipt_line *document_lines(const struct order_line *lines,
                                    size_t count, struct arena *arena);

/* How a charge was paid, and the gateway's reference to it; charge_id may be
 * "". */
const char *document_method(const struct reaper *reaper, const char *charge_id);
const char *document_reference(const char *charge_id);

/* The bytes of a document that was drawn, or why it was not, become the
 * job's. */
void document_finish(struct job *job, bool drawn, const struct receipt_pdf *pdf,
                     char sha256[CRYPTO_SHA256_HEX]);

#endif
