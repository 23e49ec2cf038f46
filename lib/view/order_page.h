/* What the pages and mails that show an order share: they fill its markers, in
 * plain words. The templates list them in their first comment. */
#ifndef VIEW_ORDER_PAGE_H
#define VIEW_ORDER_PAGE_H

#include "lib/adapter/page.h"
#include "lib/shop/order/order.h"
#include "lib/web/web.h"

/* Fills SHOP_NAME, NUMBER, STATUS and its words, PLACED_AT, REASON, LINE,
 * TOTAL, PAYMENT_TITLE, and NOTHING_TO_PAY or TO_PAY. The order's lines must be
 * loaded. */
void order_page_fill(struct page *page, const struct settings *settings,
                     const struct order *order, struct arena *arena);

/* Fills CUSTOMER_NAMED and CUSTOMER_MAILED. */
void order_page_customer(struct page *page, const struct order *order);

/* One STEP per task of the order's workflow. */
void order_page_steps(struct page *page, struct db *db,
                      const struct order *order, struct arena *arena);

/* Fills NAME, for people in the shop's zone, and NAME_ISO. */
void order_page_time(struct page *page, const char *name, int64_t wall_ms,
                     struct arena *arena);

const char *order_status_title(enum order_status status);
const char *order_payment_title(const struct order *order);

#endif
