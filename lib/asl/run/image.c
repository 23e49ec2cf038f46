/* A run as one JSON text: see asl.h. Members that would say nothing are left
 * out. load.c reads it.
 *
 *     {"v":1,"n":serial,"c":since_ms,"b":begun,"s":status,
 *      "o":output,"e":error,"u":cause,"x":current,
 *      "r":root,"p":[prelude],                 while it runs
 *      "k":{"s":state,"r":root,"p":[prelude]}} what a redrive goes back to
 *
 * A thread:
 *
 *     {"s":state,"p":phase,"i":input (without one: its parent's),"n":index,
 *      "a":attempt,"y":[retries],"e":entry,"w":entered_wall_ms,"d":due,
 *      "t":task_id,"f":effective,"m":timeout_due,"h":[heartbeat_due,
 *      heartbeat_ms],"l":[total,started,most],"z":[index,result ...],
 *      "c":[children]} */
#include "lib/asl/run/run.h"
#include "lib/base/text/json_writer.h"

static void put_value(struct json_writer *w, const char *name,
                      const struct json *value)
{
    if (value == NULL)
        return;
    json_key(w, name);
    json_print_to(w, value);
}

static void put_number(struct json_writer *w, const char *name, int64_t number,
                       int64_t silent)
{
    if (number != silent)
        json_int_member(w, name, number);
}

static void put_text(struct json_writer *w, const char *name, const char *text)
{
    if (text != NULL)
        json_string_member(w, name, text);
}

static void put_task(struct json_writer *w, const struct thread *thread)
{
    put_number(w, "t", thread->task_id, 0);
    if (thread->state->type == ASL_TASK && thread->effective != thread->input)
        put_value(w, "f", thread->effective);
    put_number(w, "m", thread->timeout_due, INT64_MAX);
    if (thread->heartbeat_due != INT64_MAX) {
        json_key(w, "h");
        json_open(w, '[');
        json_put_int(w, thread->heartbeat_due);
        json_put_int(w, thread->heartbeat_ms);
        json_close(w, ']');
    }
}

static void put_retries(struct json_writer *w, const struct thread *thread)
{
    if (thread->retries == NULL)
        return;
    json_key(w, "y");
    json_open(w, '[');
    for (size_t i = 0; i < thread->state->retrier_count; i++)
        json_put_int(w, thread->retries[i]);
    json_close(w, ']');
}

static void put_threads(struct json_writer *w, const char *name,
                        const struct thread *first);

static void put_fork(struct json_writer *w, const struct thread *thread)
{
    if (thread->phase != PHASE_FORK)
        return;
    json_key(w, "l");
    json_open(w, '[');
    json_put_int(w, (int64_t)thread->total);
    json_put_int(w, (int64_t)thread->started);
    json_put_int(w, (int64_t)thread->most);
    json_close(w, ']');
    json_key(w, "z");
    json_open(w, '[');
    for (const struct result *r = thread->results; r != NULL; r = r->next) {
        json_put_int(w, (int64_t)r->index);
        json_print_to(w, r->value);
    }
    json_close(w, ']');
    put_threads(w, "c", thread->first);
}

static void put_thread(struct json_writer *w, const struct thread *thread)
{
    json_open(w, '{');
    put_text(w, "s", thread->state->name);
    put_number(w, "p", thread->phase, PHASE_ENTER);
    if (thread->parent == NULL || thread->input != thread->parent->input)
        put_value(w, "i", thread->input);
    put_number(w, "n", (int64_t)thread->index, 0);
    put_number(w, "a", thread->attempt, 1);
    put_retries(w, thread);
    put_number(w, "e", thread->entry, 0);
    put_number(w, "w", thread->entered_wall_ms, 0);
    put_number(w, "d", thread->due, 0);
    put_task(w, thread);
    put_fork(w, thread);
    json_close(w, '}');
}

static void put_threads(struct json_writer *w, const char *name,
                        const struct thread *first)
{
    if (first == NULL)
        return;
    json_key(w, name);
    json_open(w, '[');
    for (const struct thread *t = first; t != NULL; t = t->next)
        put_thread(w, t);
    json_close(w, ']');
}

static void put_tree(struct json_writer *w, const struct tree *tree)
{
    json_key(w, "r");
    put_thread(w, tree->root);
    put_threads(w, "p", tree->prelude);
}

char *asl_image(struct asl_run *run)
{
    struct text out = text_create(run->arena, 1024);
    struct json_writer w = json_writer(&out);
    json_open(&w, '{');
    json_int_member(&w, "v", 1);
    put_number(&w, "n", run->serial, 0);
    put_number(&w, "c", run->since_ms, 0);
    put_number(&w, "b", run->begun, 0);
    put_number(&w, "s", run->status, ASL_RUNNING);
    put_value(&w, "o", run->output);
    put_text(&w, "e", run->error);
    put_text(&w, "u", run->cause);
    put_text(&w, "x", run->current);
    if (run->live.root != NULL)
        put_tree(&w, &run->live);
    if (run->kept.tree.root != NULL) {
        json_key(&w, "k");
        json_open(&w, '{');
        put_text(&w, "s", run->kept.state);
        put_tree(&w, &run->kept.tree);
        json_close(&w, '}');
    }
    json_close(&w, '}');
    return out.bytes;
}
