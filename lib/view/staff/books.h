/* The staff page of the books at /admin/books: what reconciliations found. */
#ifndef VIEW_STAFF_BOOKS_H
#define VIEW_STAFF_BOOKS_H

#include "lib/web/auth.h"

/* GET /admin/books: a handler (web.h). */
int books_page_show(struct web *web, struct request *request,
                    struct reply *reply);

/* POST /admin/books/reconcile: the write half, after admin_form_read. */
int books_page_reconcile(struct web *web, struct request *request,
                         struct reply *reply);

#endif
