/* Task tokens: see task_token.h. */
#define _GNU_SOURCE
#include "lib/shop/execution/task_token.h"

#include <assert.h>
#include <string.h>

#include "lib/shop/execution/execution.h"

static const char *const statuses[] = {"waiting", "answered", "taken",
                                       "expired"};
const struct names task_token_status_names =
    NAMES("task token status", statuses);

enum { TOKEN_SIZE = 44 }; /* of crypto_hmac, with its NUL */

char *task_token_make(struct arena *arena, const unsigned char *signing_key,
                      const char *order_id, int64_t task_id)
{
    return crypto_hmac(
        arena, signing_key,
        arena_printf(arena, "task:%s:%lld", order_id, (long long)task_id));
}

void task_token_issue(struct db *db, const char *token, const char *order_id,
                      int64_t task_id, int64_t now_ms)
{
    assert(task_id != 0);
    struct db_statement *s =
        db_sql(db, "INSERT INTO task_tokens (token, order_id, task_id, status,"
                   " created_at_ms) VALUES ($1, $2, $3, 'waiting', $4)"
                   " ON CONFLICT DO NOTHING");
    db_put_text(s, token);
    db_put_text(s, order_id);
    db_put_int(s, task_id);
    db_put_int(s, now_ms);
    db_run(s);
}

/* One statement decides, so of two answers to one token one is taken. */
static bool wakes(struct db *db, struct db_statement *s)
{
    char order_id[CRYPTO_UUID_SIZE] = "";
    bool hit = db_found_copy(s, order_id, sizeof order_id);
    if (hit)
        execution_wake(db, order_id);
    return hit;
}

static bool store_answer(struct db *db, const char *token, const char *answer)
{
    struct db_statement *s = db_sql(
        db, "UPDATE task_tokens SET status = 'answered', answer = $1"
            " WHERE token = $2 AND status = 'waiting' RETURNING order_id");
    db_put_text(s, answer);
    db_put_text(s, token);
    return wakes(db, s);
}

static bool store_heartbeat(struct db *db, const char *token)
{
    struct db_statement *s = db_sql(
        db, "UPDATE task_tokens SET heartbeat = 1"
            " WHERE token = $1 AND status = 'waiting' RETURNING order_id");
    db_put_text(s, token);
    return wakes(db, s);
}

enum task_token_outcome task_token_look(struct db *db, const char *token)
{
    enum task_token_outcome outcome = TASK_TOKEN_UNKNOWN;
    struct db_statement *s =
        db_sql(db, "SELECT status FROM task_tokens WHERE token = $1");
    db_put_text(s, token);
    if (db_row(s))
        switch (
            (enum task_token_status)db_value(s, 0, &task_token_status_names)) {
        case TOKEN_WAITING:
            outcome = TASK_TOKEN_TAKEN;
            break;
        case TOKEN_ANSWERED:
        case TOKEN_TAKEN:
            outcome = TASK_TOKEN_USED;
            break;
        case TOKEN_EXPIRED:
            break;
        }
    db_done(s);
    return outcome;
}

enum task_token_outcome task_token_answer(struct db *db, const char *token,
                                          const char *answer)
{
    bool taken = answer != NULL ? store_answer(db, token, answer)
                                : store_heartbeat(db, token);
    return taken ? TASK_TOKEN_TAKEN : task_token_look(db, token);
}

/* The history keeps what the answer was. */
static void mark_taken(struct db *db, const char *order_id, int64_t task_id)
{
    struct db_statement *s =
        db_sql(db, "UPDATE task_tokens SET status = CASE status"
                   "  WHEN 'answered' THEN 'taken' ELSE status END,"
                   " answer = NULL, heartbeat = 0"
                   " WHERE order_id = $1 AND task_id = $2");
    db_put_text(s, order_id);
    db_put_int(s, task_id);
    db_run(s);
}

size_t task_token_take(struct db *db, const char *order_id,
                       struct task_token_news *list, size_t max,
                       struct arena *arena)
{
    struct db_statement *s =
        db_sql(db, "SELECT task_id, answer FROM task_tokens"
                   " WHERE order_id = $1 AND (status = 'answered'"
                   "  OR (status = 'waiting' AND heartbeat = 1))"
                   " ORDER BY task_id LIMIT $2");
    db_put_text(s, order_id);
    db_put_int(s, (int64_t)max);
    size_t count = 0;
    while (db_row(s))
        list[count++] = (struct task_token_news){
            .task_id = db_int(s, 0), .answer = db_text(s, 1, arena)};
    for (size_t i = 0; i < count; i++)
        mark_taken(db, order_id, list[i].task_id);
    return count;
}

size_t task_token_waiting(struct db *db, const char *order_id,
                          int64_t *task_ids, size_t max)
{
    struct db_statement *s =
        db_sql(db, "SELECT task_id FROM task_tokens WHERE order_id = $1"
                   " AND status = 'waiting' ORDER BY task_id LIMIT $2");
    db_put_text(s, order_id);
    db_put_int(s, (int64_t)max);
    size_t count = 0;
    while (db_row(s))
        task_ids[count++] = db_int(s, 0);
    return count;
}

void task_token_expire(struct db *db, const char *order_id, int64_t task_id)
{
    struct db_statement *s =
        db_sql(db, "UPDATE task_tokens SET status = 'expired'"
                   " WHERE order_id = $1 AND status = 'waiting'"
                   " AND (task_id = $2 OR CAST($2 AS BIGINT) = 0)");
    db_put_text(s, order_id);
    db_put_int(s, task_id);
    db_run(s);
}

void task_token_blank(struct db *db, const char *order_id, char *text,
                      size_t length)
{
    char token[TOKEN_SIZE];
    struct db_statement *s =
        db_sql(db, "SELECT token FROM task_tokens WHERE order_id = $1");
    db_put_text(s, order_id);
    while (db_row(s)) {
        db_copy(s, 0, token, sizeof token);
        size_t size = strlen(token);
        assert(size > 0);
        char *at = text;
        while ((at = memmem(at, (size_t)(text + length - at), token, size)) !=
               NULL)
            memset(at, '*', size);
    }
}

void task_token_forget(struct db *db, const char *order_id)
{
    struct db_statement *s =
        db_sql(db, "DELETE FROM task_tokens WHERE order_id = $1");
    db_put_text(s, order_id);
    db_run(s);
}
