/* The query of a list: limit and cursor, the same everywhere. */
#ifndef WEB_QUERY_H
#define WEB_QUERY_H

#include "lib/web/form.h"
#include "lib/web/web.h"

enum { QUERY_LIMIT_DEFAULT = 20, QUERY_LIMIT_MAX = 100 };

/* Reads the query string; 0, or 400 with the reply filled in. limit stays
 * within 1-100; absent it is 20. */
int query_read(const struct request *request, struct reply *reply,
               struct form *form, int64_t *limit);

/* The field's value; NULL when absent or empty. */
const char *query_value(const struct form *form, const char *name);

#endif
