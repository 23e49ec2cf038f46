/* Requests about executions: see execution_request.h. */
#include "lib/api/execution_request.h"

#include <string.h>

#include "lib/api/auth.h"
#include "lib/api/execution_json.h"
#include "lib/asl/asl.h"
#include "lib/base/text/json_writer.h"
#include "lib/base/time/clock.h"
#include "lib/shop/execution/task_token.h"
#include "lib/web/json_body.h"
#include "lib/web/problem.h"
#include "lib/web/query.h"
#include "lib/workflow/execution/steer.h"

enum {
    STEER_DEPTH = 4,
    ERROR_MAX = 256,
    ANSWER_VALUES = 131072 /* an array of digits as large as an output may be */
};

static bool find_order(struct db *db, const struct request *request,
                       struct order *order)
{
    return order_find(db, request->param, order, request->arena) &&
           !order->hidden;
}

int execution_request_get(struct web *web, struct request *request,
                          struct reply *reply)
{
    struct form form;
    struct order order;
    int64_t limit, after;
    if (!auth_is_staff(web, request))
        return auth_refuse(request, reply);
    int status = query_read(request, reply, &form, &limit);
    if (status != 0)
        return status;
    if (!query_number(&form, "after", &after))
        return problem(request, reply, 400,
                       "after: Must be the `next` of an earlier answer.");
    if (!find_order(web->reader, request, &order))
        return problem(request, reply, 404, NULL);
    db_read_begin(web->reader);
    bool found =
        execution_json(web->reader, order.order_id, after, &reply->body);
    /* Who only reads answers no task. */
    if (!auth_who(web, request)->may_change)
        task_token_blank(web->reader, order.order_id, reply->body.bytes,
                         reply->body.length);
    db_read_end(web->reader);
    return found ? 200 : problem(request, reply, 404, NULL);
}

/* A member that may lack or be null; else it must be a string. */
static const char *optional(const struct json *body, const char *name)
{
    const struct json *value = json_member(body, name);
    if (value == NULL || json_kind(value) == JSON_NULL)
        return NULL;
    const char *text = json_string(value);
    return text == NULL ? "" : text;
}

int execution_request_read(struct web *web, struct request *request,
                           struct reply *reply)
{
    if (!auth_is_staff(web, request))
        return auth_refuse(request, reply);
    const struct json *body;
    int status = json_body_read(request, reply, STEER_DEPTH, &body);
    if (status != WEB_GO_ON)
        return status;
    struct execution_steer *change =
        arena_alloc(request->arena, sizeof *change);
    const char *fault;
    if (!execution_action_of(json_string(json_member(body, "action")),
                             &change->action))
        return problem_field(request, reply, 422, "/action",
                             "Must be stop, redrive or retry.");
    if (!execution_definition_of(optional(body, "definition"),
                                 &change->current))
        return problem_field(request, reply, 422, "/definition",
                             "Must be own or current.");
    change->reason = execution_steer_reason(
        request->arena, json_string(json_member(body, "reason")), &fault);
    if (change->reason == NULL)
        return problem_field(request, reply, 422, "/reason", fault);
    change->by = auth_who(web, request)->name;
    request->state = change;
    return WEB_GO_ON;
}

int execution_request_write(struct web *web, struct request *request,
                            struct reply *reply)
{
    struct order order;
    if (!find_order(web->writer, request, &order))
        return problem(request, reply, 404, NULL);
    const char *why = execution_steer(web->writer, &order, request->state,
                                      clock_wall_ms(), request->arena);
    if (why != NULL)
        return problem(request, reply, 409, why);
    web->wake = true;
    execution_json(web->writer, order.order_id, 0, &reply->body);
    return 200;
}

/* {"error","cause"}; *field is set when one of them is wrong. */
static const char *read_failure(const struct json *body, const char **field)
{
    const char *error = json_string(json_member(body, "error"));
    const struct json *cause = json_member(body, "cause");
    *field = "/error";
    if (error == NULL || error[0] == '\0' || text_count(error) > ERROR_MAX)
        return "Must be a string of 1 to 256 characters.";
    *field = "/cause";
    if (cause != NULL && json_kind(cause) != JSON_NULL &&
        json_string(cause) == NULL)
        return "Must be a string.";
    *field = NULL;
    return NULL;
}

static char *print_answer(struct arena *arena, const struct json *body)
{
    struct json *answer = json_make_object(arena);
    const char *cause = json_string(json_member(body, "cause"));
    if (json_member(body, "output") != NULL) {
        json_add(arena, answer, "output", json_member(body, "output"));
    } else {
        json_add(arena, answer, "error", json_member(body, "error"));
        if (cause != NULL)
            json_add(arena, answer, "cause", json_member(body, "cause"));
    }
    return json_print(arena, answer);
}

int execution_request_answer(const struct request *request, struct reply *reply,
                             const char **answer)
{
    static const char *const names[] = {"/output", "/error", "/heartbeat"};
    const struct json *body;
    int status = json_body_read_within(
        request, reply, (struct json_limits){ASL_DATA_DEPTH + 1, ANSWER_VALUES},
        &body);
    if (status != WEB_GO_ON)
        return status;
    size_t count = 0, last = 0;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        const struct json *given = json_member(body, names[i] + 1);
        /* An output may be null. */
        if (given != NULL && (i == 0 || json_kind(given) != JSON_NULL)) {
            count++;
            last = i;
        }
    }
    if (count != 1)
        return problem_field(request, reply, 422, names[last],
                             "One of output, error and heartbeat must be "
                             "given, and only one.");
    *answer = NULL;
    if (strcmp(names[last], "/heartbeat") == 0)
        return json_is_true(json_member(body, "heartbeat"))
                   ? WEB_GO_ON
                   : problem_field(request, reply, 422, "/heartbeat",
                                   "Must be true.");
    const char *field = NULL;
    const char *fault =
        strcmp(names[last], "/error") == 0 ? read_failure(body, &field) : NULL;
    if (fault != NULL)
        return problem_field(request, reply, 422, field, fault);
    *answer = print_answer(request->arena, body);
    return WEB_GO_ON;
}
