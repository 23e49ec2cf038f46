/* What every page of the staff's begins with. Called by the modules of those
 * pages. */
#ifndef VIEW_STAFF_PAGE_H
#define VIEW_STAFF_PAGE_H

#include "lib/adapter/page.h"
#include "lib/web/auth.h"

/* A page with SHOP_NAME, CSRF and its HEADER (admin-header.html), for who asks:
 * he must be signed in. current is the path of the navigation that it stands
 * for, or NULL. */
struct page *staff_page_create(struct web *web, struct request *request,
                               const char *current);

#endif
