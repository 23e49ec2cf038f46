/* The API around executions: GET and POST /orders/{id}/execution (orders.c),
 * the staff page's form (admin.c), and what /task-tokens/{token} takes
 * (task-tokens.c). */
#ifndef API_EXECUTION_REQUEST_H
#define API_EXECUTION_REQUEST_H

#include "lib/web/form.h"
#include "lib/web/web.h"
#include "lib/workflow/execution/steer.h"

/* The handlers of /orders/{}/execution, see web.h. */
int execution_request_get(struct web *web, struct request *request,
                          struct reply *reply);
int execution_request_read(struct web *web, struct request *request,
                           struct reply *reply);
int execution_request_write(struct web *web, struct request *request,
                            struct reply *reply);

/* The form's fields action, definition and reason; by is not set. NULL, or the
 * sentence that says what is wrong with them. */
const char *execution_request_form(const struct form *form, struct arena *arena,
                                   struct execution_steer *out);

/* Does it on web->writer and wakes the reaper; as execution_steer. */
const char *execution_request_act(struct web *web,
                                  const struct request *request,
                                  const struct order *order,
                                  const struct execution_steer *change);

/* Reads what a token brings: *answer is for task_token_answer, NULL for a
 * heartbeat. WEB_GO_ON, or a status with the reply filled in. */
int execution_request_answer(const struct request *request, struct reply *reply,
                             const char **answer);

/* The query's number `name`, 0 when it is not there; false: it is none. */
bool execution_request_after(const struct form *form, const char *name,
                             int64_t *out);

#endif
