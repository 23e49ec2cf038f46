/* The API around executions: GET and POST /orders/{id}/execution (orders.c)
 * and what /task-tokens/{token} takes (task-tokens.c). */
#ifndef API_EXECUTION_REQUEST_H
#define API_EXECUTION_REQUEST_H

#include "lib/web/web.h"

/* The handlers of /orders/{}/execution, see web.h. */
int execution_request_get(struct web *web, struct request *request,
                          struct reply *reply);
int execution_request_read(struct web *web, struct request *request,
                           struct reply *reply);
int execution_request_write(struct web *web, struct request *request,
                            struct reply *reply);

/* Reads what comes with a token: *answer is for task_token_answer, NULL for a
 * heartbeat. WEB_GO_ON, or a status with the reply filled in. */
int execution_request_answer(const struct request *request, struct reply *reply,
                             const char **answer);

#endif
