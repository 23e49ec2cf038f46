/* Strict reading of application/x-www-form-urlencoded (WHATWG URL, section
 * 5.1), for bodies and query strings. */
#ifndef WEB_FORM_H
#define WEB_FORM_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/base/memory/arena.h"

struct form_field {
    const char *name;
    const char *value;
};

struct form {
    const struct form_field *fields; /* in order */
    size_t count;
};

/* False with *fault set for a bad escape, ill-formed UTF-8, NUL, a field
 * given twice, or more than 250 fields. A name ending in "[]" may repeat. */
bool form_read(struct arena *arena, const char *bytes, size_t length,
               struct form *form, const char **fault);

/* value for a query, with all but unreserved characters escaped (RFC 3986). */
const char *form_escape(struct arena *arena, const char *value);

/* The field's value, or NULL. */
const char *form_value(const struct form *form, const char *name);

#endif
