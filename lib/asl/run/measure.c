/* How long data is as text, without writing it: see run.h. */
#include <string.h>

#include "lib/asl/run/run.h"

/* By json_writer's rules. */
static size_t string_length(const char *string)
{
    size_t length = 2;
    for (const char *s = string; *s != '\0'; s++) {
        unsigned char c = (unsigned char)*s;
        if (c == '"' || c == '\\' || c == '\n')
            length += 2;
        else if (c < 0x20)
            length += 6;
        else
            length++;
    }
    return length;
}

static size_t measure(const struct json *value, size_t limit, int depth)
{
    size_t length = 2, count = 0; /* its brackets */
    switch (json_kind(value)) {
    case JSON_NULL:
        return 4;
    case JSON_BOOL:
        return json_is_true(value) ? 4 : 5;
    case JSON_NUMBER:
        return strlen(json_number_text(value));
    case JSON_STRING:
        return string_length(json_string(value));
    case JSON_ARRAY:
    case JSON_OBJECT:
        break;
    }
    if (depth == 0)
        return limit + 1;
    /* Shared parts make a value longer than what it takes in memory: it is
     * left at once when the limit is passed. */
    bool object = json_kind(value) == JSON_OBJECT;
    for (const struct json *e = json_first(value); e != NULL && length <= limit;
         e = json_next(e)) {
        if (object)
            length += string_length(json_name(e)) + 1;
        if (count++ > 0)
            length++;
        if (length <= limit)
            length += measure(e, limit - length, depth - 1);
    }
    return length;
}

size_t run_measure(const struct json *value, size_t limit)
{
    return measure(value, limit, ASL_DATA_DEPTH);
}

static size_t measure_thread(const struct thread *thread, size_t limit)
{
    size_t length = 100 + strlen(thread->state->name);
    if (thread->parent == NULL || thread->input != thread->parent->input)
        length += run_measure(thread->input, limit);
    if (thread->state->type == ASL_TASK && thread->effective != NULL &&
        thread->effective != thread->input)
        length += run_measure(thread->effective, limit);
    for (const struct result *r = thread->results; r != NULL && length <= limit;
         r = r->next)
        length += 8 + run_measure(r->value, limit);
    for (const struct thread *t = thread->first; t != NULL && length <= limit;
         t = t->next)
        length += measure_thread(t, limit);
    return length;
}

size_t run_measure_tree(const struct tree *tree, size_t limit)
{
    size_t length = tree->root == NULL ? 0 : measure_thread(tree->root, limit);
    for (const struct thread *t = tree->prelude; t != NULL && length <= limit;
         t = t->next)
        length += measure_thread(t, limit);
    return length;
}
