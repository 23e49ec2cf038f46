/* Commands and their idempotency keys: see command.h. */
#include "cgi-bin/gateway/base/command.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "cgi-bin/gateway/base/api.h"
#include "cgi-bin/gateway/base/journal.h"
#include "lib/base/time/clock.h"

/* What a key's first request was, and what it was answered. */
struct saved_answer {
    const char *path;
    const char *fingerprint; /* SHA-256 of the parameters, hexadecimal */
    int status;              /* 0: not yet answered, only seen */
    const char *body;        /* NULL while status is 0 */
};

static bool find_answer(struct db *db, struct arena *arena, const char *key,
                        int64_t since_ms, struct saved_answer *out)
{
    struct db_statement *s =
        db_sql(db, "SELECT path, fingerprint, coalesce(status, 0), body "
                   "FROM idempotency_keys "
                   "WHERE idempotency_key = $1 AND created_ms > $2");
    db_put_text(s, key);
    db_put_int(s, since_ms);
    bool found = db_row(s);
    if (found)
        *out = (struct saved_answer){.path = db_text(s, 0, arena),
                                     .fingerprint = db_text(s, 1, arena),
                                     .status = (int)db_int(s, 2),
                                     .body = db_text(s, 3, arena)};
    db_done(s);
    return found;
}

static void save_answer(struct db *db, const char *key,
                        const struct saved_answer *answer, int64_t now_ms)
{
    struct db_statement *s =
        db_sql(db, "INSERT INTO idempotency_keys (idempotency_key, path, "
                   "fingerprint, status, body, created_ms) "
                   "VALUES ($1, $2, $3, $4, $5, $6) "
                   "ON CONFLICT (idempotency_key) DO UPDATE SET "
                   "path = excluded.path, fingerprint = excluded.fingerprint, "
                   "status = excluded.status, body = excluded.body, "
                   "created_ms = excluded.created_ms");
    db_put_text(s, key);
    db_put_text(s, answer->path);
    db_put_text(s, answer->fingerprint);
    if (answer->status == 0)
        db_put_null(s);
    else
        db_put_int(s, answer->status);
    db_put_text(s, answer->body);
    db_put_int(s, now_ms);
    db_run(s);
}

enum { KEY_LENGTH = 255 };

static int compare_fields(const void *a, const void *b)
{
    const struct form_field *left = a;
    const struct form_field *right = b;
    int order = strcmp(left->name, right->name);
    return order != 0 ? order : strcmp(left->value, right->value);
}

/* Of the parameters in any order, since some clients shuffle them. */
static void take_fingerprint(struct arena *arena, const struct form *form,
                             char out[CRYPTO_SHA256_HEX])
{
    size_t size = form->count * sizeof *form->fields;
    struct form_field *fields = arena_alloc(arena, size + 1);
    memcpy(fields, form->fields, size);
    qsort(fields, form->count, sizeof *fields, compare_fields);
    struct text text = text_create(arena, 512);
    for (size_t i = 0; i < form->count; i++) {
        text_add(&text, fields[i].name, strlen(fields[i].name) + 1);
        text_add(&text, fields[i].value, strlen(fields[i].value) + 1);
    }
    crypto_sha256_hex(text.bytes, text.length, out);
}

static const struct stripe_error *read_key(const struct request *request,
                                           struct command *out)
{
    const char *key = request_variable(request, "HTTP_IDEMPOTENCY_KEY");
    out->key = key;
    if (key == NULL)
        return NULL;
    if (strlen(key) > KEY_LENGTH || !text_is_utf8(key, strlen(key))) {
        struct stripe_error *error = stripe_error_create(
            request->arena, NULL, NULL,
            "Idempotency keys may be at most 255 characters of UTF-8 long.");
        error->type = "idempotency_error";
        return error;
    }
    take_fingerprint(request->arena, &out->form, out->fingerprint);
    return NULL;
}

int command_read(const struct web *web, const struct request *request,
                 struct reply *reply, const char *const *known,
                 const struct parameter_expand *expandable, struct command *out)
{
    int status = api_read(web, request, reply, known, &out->form);
    if (status != WEB_GO_ON)
        return status;
    const struct stripe_error *error =
        parameter_expand(request->arena, &out->form, expandable, &out->expand);
    if (error == NULL)
        error = read_key(request, out);
    return error == NULL ? WEB_GO_ON : api_refuse(request, reply, error);
}

int command_go_on(struct request *request, struct reply *reply,
                  const struct stripe_error *error, void *state)
{
    request->state = state;
    return error == NULL ? WEB_GO_ON : api_refuse(request, reply, error);
}

static int refuse_other(const struct request *request, struct reply *reply,
                        const char *key, const char *other_path)
{
    struct arena *arena = request->arena;
    const char *rule =
        other_path == NULL
            ? "with the same parameters they were first used with"
            : arena_printf(arena,
                           "for the same endpoint they were first used for "
                           "('%s' vs '%s')",
                           request->path, other_path);
    struct stripe_error *error = stripe_error_create(
        arena, NULL, NULL,
        arena_printf(arena,
                     "Keys for idempotent requests can only be used %s. Try "
                     "using a key other than '%s' if you meant to execute a "
                     "different request.",
                     rule, key));
    error->type = "idempotency_error";
    return api_refuse(request, reply, error);
}

static int recall(struct web *web, const struct request *request,
                  struct reply *reply, struct command *command)
{
    struct saved_answer saved;
    if (command->key == NULL ||
        !find_answer(web->writer, request->arena, command->key,
                     clock_wall_ms() - JOURNAL_KEY_LIFETIME_MS, &saved))
        return WEB_GO_ON;
    if (strcmp(saved.path, request->path) != 0)
        return refuse_other(request, reply, command->key, saved.path);
    if (strcmp(saved.fingerprint, command->fingerprint) != 0)
        return refuse_other(request, reply, command->key, NULL);
    command->seen = true;
    if (saved.status == 0)
        return WEB_GO_ON;
    reply_header(reply, "Idempotent-Replayed", "true");
    text_puts(&reply->body, saved.body);
    return saved.status;
}

static void save(struct web *web, const struct request *request,
                 const struct command *command, int status, const char *body)
{
    const struct saved_answer answer = {.path = request->path,
                                        .fingerprint = command->fingerprint,
                                        .status = status,
                                        .body = body};
    save_answer(web->writer, command->key, &answer, clock_wall_ms());
}

int command_once(struct web *web, struct request *request, struct reply *reply,
                 struct command *command, WEB_HANDLER(execute))
{
    int status = recall(web, request, reply, command);
    if (status != WEB_GO_ON)
        return status;
    reply->keep_writes = true;
    status = execute(web, request, reply);
    assert(status != WEB_GO_ON);
    if (command->key != NULL && command->unanswered)
        save(web, request, command, 0, NULL);
    else if (command->key != NULL)
        save(web, request, command, status, reply->body.bytes);
    return status;
}
