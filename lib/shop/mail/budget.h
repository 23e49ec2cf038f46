/* A stranger can have the shop send mails by orders that nobody pays. So those
 * mails have a budget an hour, for each recipient and for each address that
 * orders came from. What is beyond it waits; nothing is dropped. Mails about
 * paid orders have no budget. Called by reaper/kind/mail.c. */
#ifndef SHOP_MAIL_BUDGET_H
#define SHOP_MAIL_BUDGET_H

#include <stdint.h>

#include "lib/adapter/db/db.h"
#include "lib/base/settings/settings.h"

enum { MAIL_BUDGET_MS = 3600 * 1000 };

/* 0: the mail about that order may go now, and is counted. Else how long it
 * must wait before it asks again, at most MAIL_BUDGET_MS. */
int64_t mail_budget_take(struct db *db, const struct settings *settings,
                         const char *order_id, const char *recipient,
                         int64_t now_ms, struct arena *arena);

void mail_budget_expire(struct db *db, int64_t now_ms, int64_t limit);

#endif
