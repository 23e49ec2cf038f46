/* JSON bodies: see json_body.h. */
#include "lib/web/json_body.h"

#include "lib/web/problem.h"

int json_body_read_within(const struct request *request, struct reply *reply,
                          struct json_limits limits, const struct json **body)
{
    struct json_fault fault;
    if (!request_is_json(request))
        return problem(request, reply, 415,
                       "The body must be application/json.");
    *body = json_read_within(request->arena, request->body,
                             request->body_length, limits, &fault);
    if (*body != NULL)
        return WEB_GO_ON;
    if (fault.too_many)
        return problem(request, reply, 413,
                       arena_printf(request->arena,
                                    "The body holds more than %zu values.",
                                    limits.values));
    return problem(request, reply, 400,
                   arena_printf(request->arena,
                                "The body is not JSON: %s at byte %zu.",
                                fault.detail, fault.offset));
}

int json_body_read(const struct request *request, struct reply *reply,
                   int max_depth, const struct json **body)
{
    return json_body_read_within(
        request, reply, (struct json_limits){max_depth, JSON_BODY_VALUES},
        body);
}

const struct json *json_body_given(const struct json *body, const char *name)
{
    const struct json *value = json_member(body, name);
    return value == NULL || json_kind(value) == JSON_NULL ? NULL : value;
}
