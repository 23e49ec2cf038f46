/* Queries: see query.h. */
#include "lib/web/query.h"

#include <stdlib.h>
#include <string.h>

#include "lib/web/problem.h"

const char *query_value(const struct form *form, const char *name)
{
    const char *value = form_value(form, name);
    return value != NULL && value[0] != '\0' ? value : NULL;
}

struct form query_form(const struct request *request)
{
    struct form form;
    const char *fault;
    if (!form_read(request->arena, request->query, strlen(request->query),
                   &form, &fault))
        form.count = 0;
    return form;
}

int query_read(const struct request *request, struct reply *reply,
               struct form *form, int64_t *limit)
{
    const char *fault;
    if (!form_read(request->arena, request->query, strlen(request->query), form,
                   &fault))
        return problem(
            request, reply, 400,
            arena_printf(request->arena, "The query has %s.", fault));
    *limit = QUERY_LIMIT_DEFAULT;
    const char *text = query_value(form, "limit");
    if (text == NULL)
        return 0;
    char *end;
    *limit = strtol(text, &end, 10);
    if (text[0] < '0' || text[0] > '9' || *end != '\0' || *limit < 1 ||
        *limit > QUERY_LIMIT_MAX)
        return problem(request, reply, 400,
                       "limit: Must be a whole number from 1 to 100.");
    return 0;
}

bool query_number(const struct form *form, const char *name, int64_t *out)
{
    const char *text = query_value(form, name);
    char *end = NULL;
    *out = 0;
    if (text == NULL)
        return true;
    if (text[0] < '0' || text[0] > '9')
        return false;
    *out = strtoll(text, &end, 10);
    return *end == '\0';
}
