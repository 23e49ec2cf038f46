/* What is known of damage to the shop's database. It is kept in files beside
 * it, since a damaged database can keep nothing. HOME/damaged stands there from
 * a check that found damage until one that finds none; meanwhile no order is
 * taken. */
#ifndef SHOP_HEALTH_DAMAGE_H
#define SHOP_HEALTH_DAMAGE_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/adapter/db/db.h"
#include "lib/base/settings/settings.h"

bool damage_known(const struct settings *settings);

/* What was found; NULL: no damage is known. */
const char *damage_text(const struct settings *settings, struct arena *arena);

/* Records the result of a check that ended at now_ms: text says what is
 * damaged; NULL: nothing is. False with errno set when it could not be
 * recorded. */
bool damage_record(const struct settings *settings, const char *text,
                   int64_t now_ms, struct arena *arena);

/* Whether the database is to be checked: because damage is known, or because it
 * was never checked, or not since the last half past three at night in the
 * shop's zone. */
bool damage_check_due(const struct settings *settings, int64_t now_ms,
                      struct arena *arena);

/* Raises or settles the alarm about damage, in the caller's transaction. */
void damage_alarm(struct db *db, const struct settings *settings,
                  int64_t now_ms, struct arena *arena);

#endif
