/* An order's execution on the staff page: what became of it, the picture of
 * its definition, the table of its events, and the forms that steer it. */
#ifndef VIEW_EXECUTION_PAGE_H
#define VIEW_EXECUTION_PAGE_H

#include "lib/adapter/page.h"
#include "lib/shop/order/order.h"
#include "lib/web/web.h"

/* The section EXECUTION and those within it (templates/admin-order.html lists
 * them); nothing for an order without an execution. events_after: the table
 * begins after the event of that number; below 0: from the first on, folded. */
void execution_page_fill(struct page *page, struct web *web,
                         const struct order *order, const char *csrf,
                         int64_t events_after, struct arena *arena);

#endif
