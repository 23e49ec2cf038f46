/* The schema of the gateway's journal, a database of its own
 * ($ORDERMILL_HOME/gateway.db). The SQL stands with its nouns. `ordermill
 * verify` opens the same file read-only, so columns are added, never renamed.
 * Amounts are in minor units; currencies are ISO 4217 codes in lower case, as
 * Stripe writes them; times are wall-clock milliseconds. */
#ifndef CGI_BIN_GATEWAY_BASE_JOURNAL_H
#define CGI_BIN_GATEWAY_BASE_JOURNAL_H

#include <stdint.h>

#include "lib/adapter/db/db.h"

/* Creates what is not there yet, and brings a journal of an earlier version up
 * to date. Inside a transaction. */
void journal_create(struct db *db);

/* How long Stripe keeps a key's answer, and an event. */
#define JOURNAL_KEY_LIFETIME_MS (INT64_C(24) * 60 * 60 * 1000)
#define JOURNAL_EVENT_LIFETIME_MS (INT64_C(30) * 24 * 60 * 60 * 1000)

/* Forgets keys and events that are older; an event's deliveries go with it. */
void journal_thin(struct db *db, int64_t now_ms);

#endif
