/* The query string of a list, whose limit and cursor are the same everywhere,
 * and of a page. */
#ifndef WEB_QUERY_H
#define WEB_QUERY_H

#include "lib/web/form.h"
#include "lib/web/web.h"

enum { QUERY_LIMIT_DEFAULT = 20, QUERY_LIMIT_MAX = 100 };

/* The query's fields; none when it is not well-formed. */
struct form query_form(const struct request *request);

/* Reads the query string of a list; 0, or 400 with the reply filled in. limit
 * stays within 1-100; absent it is 20. */
int query_read(const struct request *request, struct reply *reply,
               struct form *form, int64_t *limit);

/* The field's value; NULL when absent or empty. */
const char *query_value(const struct form *form, const char *name);

/* The field as a whole number from 0, or 0 where it is not there; false: it is
 * no such number. */
bool query_number(const struct form *form, const char *name, int64_t *out);

#endif
