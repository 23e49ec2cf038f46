/* An order's execution on the staff page: what became of it, the picture of
 * its definition, the table of its events, and the forms that steer it. */
#ifndef VIEW_EXECUTION_PAGE_H
#define VIEW_EXECUTION_PAGE_H

#include "lib/adapter/page.h"
#include "lib/shop/order/order.h"
#include "lib/web/web.h"

/* Fills the section EXECUTION and those within it (templates/admin-order.html
 * lists them), if the order has an execution. The table begins after the event
 * numbered events_after; below 0 it begins at the first, and is folded. */
void execution_page_fill(struct page *page, struct web *web,
                         const struct order *order, const char *csrf,
                         int64_t events_after, struct arena *arena);

#endif
