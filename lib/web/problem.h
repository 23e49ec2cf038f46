/* Problem documents: the API's errors (RFC 9457). */
#ifndef WEB_PROBLEM_H
#define WEB_PROBLEM_H

#include "lib/base/text/fault.h"
#include "lib/web/web.h"

/* Replaces what the reply holds; returns status, so that a handler can end
 * with `return problem(...)`. detail may be NULL. */
int problem(const struct request *request, struct reply *reply, int status,
            const char *detail);

/* The same with the bad fields; the first one's detail is the document's. */
int problem_fields(const struct request *request, struct reply *reply,
                   int status, const struct faults *faults);

/* With one bad field, named by its JSON pointer (RFC 6901). */
int problem_field(const struct request *request, struct reply *reply,
                  int status, const char *pointer, const char *detail);

/* The reason phrase of a status this house uses. */
const char *problem_title(int status);

#endif
