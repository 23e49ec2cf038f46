/* What every page of the staff's begins with. Called by the modules of those
 * pages. */
#ifndef VIEW_STAFF_PAGE_H
#define VIEW_STAFF_PAGE_H

#include "lib/adapter/page.h"
#include "lib/web/auth.h"

/* A page for the asker, who must be signed in, with SHOP_NAME, CSRF and HEADER
 * (admin-header.html). current is the path of its tab in the navigation, or
 * NULL. */
struct page *staff_page_create(struct web *web, struct request *request,
                               const char *current);

#endif
