/* States to be run again: see run_again.h. Found in the history, which
 * names the task of each state whatever the definition has become since. */
#include "lib/workflow/execution/run_again.h"

#include <string.h>

#include "lib/shop/execution/task_name.h"
#include "lib/shop/payment/payment.h"
#include "lib/shop/product/stock.h"
#include "lib/workflow/execution/load.h"

struct candidate {
    enum task_builtin builtin;
    const char *scheduled; /* the state whose task this last was; or NULL */
    const char *state;     /* that last succeeded; or NULL */
    int64_t succeeded;     /* the event */
    int64_t entered;       /* likewise, before that one */
};

struct search {
    struct db *db;
    const char *order_id;
    const char *failed;
    int64_t failed_event; /* the last of the failed state's */
    struct candidate list[EXECUTION_AGAIN_MAX];
    struct arena *arena;
};

static void read_all(struct search *search,
                     void (*look)(void *search,
                                  const struct history_event *event))
{
    struct arena work = arena_create(EXECUTION_ARENA);
    execution_events_each(search->db, search->order_id, EXECUTION_EVENTS_ALL,
                          &work, look, search);
    arena_destroy(&work);
}

static bool same(const char *a, const char *b)
{
    return a != NULL && strcmp(a, b) == 0;
}

/* "TaskScheduled" tells the resource as the definition has it, and the
 * parameters where there are any. */
static bool task_is(const struct search *search,
                    const struct history_event *event,
                    enum task_builtin builtin)
{
    static const char suffix[] = ".waitForTaskToken";
    const char *resource = json_string(json_member(event->detail, "resource"));
    const struct json *parameters = json_member(event->detail, "parameters");
    struct task_name name;
    if (resource == NULL)
        return false;
    if (text_ends_in(resource, suffix))
        resource = arena_copy(search->arena, resource,
                              strlen(resource) - strlen(suffix));
    return task_name_read(resource,
                          json_string(json_member(parameters, "FunctionName")),
                          &name) &&
           name.kind == TASK_BUILTIN && name.builtin == builtin;
}

static void find_success(void *context, const struct history_event *event)
{
    struct search *search = context;
    if (event->state == NULL)
        return;
    if (strcmp(event->state, search->failed) == 0)
        search->failed_event = event->id;
    for (size_t i = 0; i < EXECUTION_AGAIN_MAX; i++) {
        struct candidate *c = &search->list[i];
        if (strcmp(event->type, "TaskScheduled") == 0 &&
            !same(c->scheduled, event->state) &&
            task_is(search, event, c->builtin))
            c->scheduled = arena_string(search->arena, event->state);
        if (strcmp(event->type, "TaskSucceeded") == 0 &&
            same(c->scheduled, event->state)) {
            c->state = c->scheduled;
            c->succeeded = event->id;
        }
    }
}

static void find_entry(void *context, const struct history_event *event)
{
    struct search *search = context;
    if (event->state == NULL)
        return;
    for (size_t i = 0; i < EXECUTION_AGAIN_MAX; i++) {
        struct candidate *c = &search->list[i];
        if (strcmp(event->type, "TaskStateEntered") == 0 &&
            same(c->state, event->state) && event->id < c->succeeded)
            c->entered = event->id;
    }
}

static bool counts(const struct search *search, const struct candidate *c)
{
    return c->state != NULL && strcmp(c->state, search->failed) != 0 &&
           c->succeeded < search->failed_event;
}

/* The input that the event shows; NULL: it shows none. */
static const struct json *read_input(const struct search *search, int64_t id)
{
    struct arena page = arena_create(EXECUTION_ARENA);
    struct history_event *events;
    bool more;
    const struct json *input = NULL;
    size_t count = history_read(search->db, search->order_id, id - 1, 1,
                                &events, &more, &page);
    if (count > 0 && events[0].id == id)
        input = json_member(events[0].detail, "input");
    if (input != NULL) {
        struct json_fault fault;
        const char *text = json_print(&page, input);
        input = json_read(search->arena, text, strlen(text), ASL_DATA_DEPTH,
                          &fault);
    }
    arena_destroy(&page);
    return input;
}

static size_t add(const struct search *search, const struct candidate *c,
                  struct asl_again *list, size_t count)
{
    const struct json *input =
        c->entered == 0 ? NULL : read_input(search, c->entered);
    if (input == NULL)
        return count;
    list[count] = (struct asl_again){.state = c->state, .input = input};
    return count + 1;
}

size_t execution_again(struct db *db, const struct order *order,
                       const char *failed,
                       struct asl_again list[EXECUTION_AGAIN_MAX],
                       struct arena *arena)
{
    /* What was refunded in part is not to be charged in full again. */
    bool paid =
        order->total_minor == 0 || payment_left_minor(db, order->order_id) > 0;
    bool sold = stock_is_sold(db, order->order_id);
    struct search search = {.db = db,
                            .order_id = order->order_id,
                            .failed = failed,
                            .list = {{.builtin = TASK_PROCESS_PAYMENT},
                                     {.builtin = TASK_UPDATE_INVENTORY}},
                            .arena = arena};
    struct candidate *charge = &search.list[0], *sale = &search.list[1];
    if (paid && sold)
        return 0;
    read_all(&search, find_success);
    bool charges = !paid && counts(&search, charge);
    /* Nothing is sold that is not paid: where the charge is still to come, the
     * sale that follows it is as well. */
    bool sells = !sold && (paid || charges) && counts(&search, sale);
    if (!charges && !sells)
        return 0;
    read_all(&search, find_entry);
    size_t count = 0;
    bool sale_first = sale->entered < charge->entered;
    if (sells && sale_first)
        count = add(&search, sale, list, count);
    if (charges)
        count = add(&search, charge, list, count);
    if (sells && !sale_first)
        count = add(&search, sale, list, count);
    return count;
}
