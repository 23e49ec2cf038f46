/* Task tokens: what a task that waits for someone outside hands out, and what
 * comes back through POST /task-tokens/{token}. */
#ifndef SHOP_EXECUTION_TASK_TOKEN_H
#define SHOP_EXECUTION_TASK_TOKEN_H

#include <stddef.h>
#include <stdint.h>

#include "lib/adapter/db/db.h"

enum { TASK_TOKEN_MAX = 1000 }; /* rows a caller takes at once */

/* The token of a task: a MAC of order and task id under the shop's signing key.
 * So it is unguessable, and the same at every call. It is URL-safe. */
char *task_token_make(struct arena *arena, const unsigned char *signing_key,
                      const char *order_id, int64_t task_id);

/* Makes the token known, once; the task waits for it from now on. */
void task_token_issue(struct db *db, const char *token, const char *order_id,
                      int64_t task_id, int64_t now_ms);

/* What became of a token. ANSWERED: its answer came; TAKEN: the task has the
 * answer; EXPIRED: no answer is wanted any more. */
enum task_token_status {
    TOKEN_WAITING,
    TOKEN_ANSWERED,
    TOKEN_TAKEN,
    TOKEN_EXPIRED
};
extern const struct names task_token_status_names;

enum task_token_outcome {
    TASK_TOKEN_TAKEN,
    TASK_TOKEN_USED,   /* an answer came before */
    TASK_TOKEN_UNKNOWN /* forged, or its task waits no longer */
};

/* What would become of an answer to the token; another answer that comes first
 * may change that. */
enum task_token_outcome task_token_look(struct db *db, const char *token);

/* Takes what came with a token: answer is {"output":...} or {"error","cause"}
 * as JSON text, or NULL for a heartbeat (which a used token refuses as well).
 * The execution becomes due. */
enum task_token_outcome task_token_answer(struct db *db, const char *token,
                                          const char *answer);

struct task_token_news {
    int64_t task_id;
    const char *answer; /* NULL: a heartbeat only */
};

/* What came in for this order since the last call. The answers are taken with
 * it. */
size_t task_token_take(struct db *db, const char *order_id,
                       struct task_token_news *list, size_t max,
                       struct arena *arena);

/* The ids of the tasks whose tokens wait for an answer, the oldest first. */
size_t task_token_waiting(struct db *db, const char *order_id,
                          int64_t *task_ids, size_t max);

/* The task waits no longer; with task_id 0 no task of the order does. Tokens
 * that were answered stay so. */
void task_token_expire(struct db *db, const char *order_id, int64_t task_id);

/* Writes asterisks over each of the order's tokens in the text, for those who
 * may not answer them. */
void task_token_blank(struct db *db, const char *order_id, char *text,
                      size_t length);

/* Deletes all of the order's, for history_thin. */
void task_token_forget(struct db *db, const char *order_id);

#endif
