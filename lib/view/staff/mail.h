/* Mails that could not be sent, on the staff's pages: those of one order, whose
 * address can be corrected there, and all of them. */
#ifndef VIEW_STAFF_MAIL_H
#define VIEW_STAFF_MAIL_H

#include "lib/adapter/page.h"
#include "lib/shop/order/order.h"
#include "lib/view/staff/payment.h"
#include "lib/web/web.h"

/* On the order's page: section MAILS_FAILED; tried is the form that was
 * refused, or NULL. */
void mail_page_fill(struct page *page, struct web *web,
                    const struct order *order, const struct payment_form *tried,
                    struct arena *arena);

/* On the page of alarms: section MAILS_FAILED; and SENT_AGAIN when the query
 * says how many were just sent (NULL: it does not). */
void mail_page_fill_all(struct page *page, struct web *web, const char *sent,
                        struct arena *arena);

/* POST /admin/orders/{}/mail with mail and email, and POST /admin/alarms/mails
 * with since: the write halves, after admin_form_read. */
int mail_page_send(struct web *web, struct request *request,
                   struct reply *reply);
int mail_page_send_all(struct web *web, struct request *request,
                       struct reply *reply);

#endif
