/* A browser that has signed in to a staff account before. It carries a cookie,
 * signed by the shop, that names it and the account. What others guess at that
 * account's password does not count against it
 * (lib/shop/staff/sign_in_guard.h). */
#ifndef VIEW_STAFF_DEVICE_H
#define VIEW_STAFF_DEVICE_H

#include "lib/web/web.h"

enum { DEVICE_S = 365 * 24 * 3600 };

/* The device's name, or "" when this one never signed in to it. */
const char *device_of(const struct web *web, const struct request *request,
                      int64_t staff_id, int64_t now_ms);

/* Makes the browser such a device, or lets it be one for another DEVICE_S. */
void device_remember(const struct web *web, const struct request *request,
                     struct reply *reply, int64_t staff_id, int64_t now_ms);

#endif
