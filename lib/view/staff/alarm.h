/* Alarms on the staff pages: one of them, all of them, closing one. */
#ifndef VIEW_STAFF_ALARM_H
#define VIEW_STAFF_ALARM_H

#include "lib/adapter/page.h"
#include "lib/shop/health/alarm.h"
#include "lib/web/auth.h"

/* Fills ALARM_TEXT, ALARM_SUBJECT, ALARM_TIME, ALARM_ORDER (of an order, on
 * pages of several), and the form that closes the alarm and leads back to the
 * page at `back`. */
void alarm_page_fill(struct page *row, const struct alarm *alarm,
                     const char *back, struct arena *arena);

/* GET /admin/alarms: all that are open. A handler (web.h). */
int alarm_page_list(struct web *web, struct request *request,
                    struct reply *reply);

/* POST /admin/alarms/{}/close: the write half, after admin_form_read. */
int alarm_page_close(struct web *web, struct request *request,
                     struct reply *reply);

#endif
