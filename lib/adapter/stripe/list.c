/* Judges the gateway's lists: see stripe.h. Half a list could hide the very
 * payment it was asked for, so one that cannot be read whole is unknown. */
#include <string.h>

#include "lib/adapter/stripe/private.h"

/* The array of a whole list; NULL: it is none. */
static const struct json *read_list(const struct json *object)
{
    const struct json *data = json_member(object, "data");
    const struct json *more = json_member(object, "has_more");
    if (data == NULL || json_kind(data) != JSON_ARRAY || more == NULL ||
        json_kind(more) != JSON_BOOL)
        return NULL;
    size_t count = json_count(data);
    /* One that goes on behind nothing would be asked for again and again. */
    bool endless = count == 0 && json_is_true(more);
    return count > STRIPE_LIST || endless ? NULL : data;
}

static void take_list(const struct json *object, struct stripe_answer *answer)
{
    answer->outcome = STRIPE_SUCCEEDED;
    answer->message = NULL;
    answer->count = json_count(json_member(object, "data"));
    answer->more = json_is_true(json_member(object, "has_more"));
}

STRIPE_JUDGE(stripe_judge_refunds)
{
    const struct json *data = read_list(object);
    answer->message = "the gateway's answer is no whole list of refunds";
    if (data == NULL)
        return;
    for (data = json_first(data); data != NULL; data = json_next(data)) {
        const struct json *metadata = json_member(data, "metadata");
        const char *refund = json_string(json_member(metadata, "refund"));
        if (refund != NULL && strcmp(refund, call->refund) == 0) {
            answer->message = NULL;
            stripe_judge_refund(call, data, answer);
            return;
        }
    }
    if (!json_is_true(json_member(object, "has_more")))
        take_list(object, answer);
}

STRIPE_JUDGE(stripe_judge_intents)
{
    const struct json *data = read_list(object);
    answer->message = "the gateway's answer is no whole list of intents";
    if (data == NULL)
        return;
    struct stripe_intent *intents =
        arena_alloc(&call->arena, STRIPE_LIST * sizeof *intents);
    struct stripe_intent *intent = intents;
    for (data = json_first(data); data != NULL; data = json_next(data))
        if (!stripe_read_intent(data, intent++, &call->arena))
            return;
    take_list(object, answer);
    answer->intents = intents;
}

STRIPE_JUDGE(stripe_judge_events)
{
    const struct json *data = read_list(object);
    answer->message = "the gateway's answer is no whole list of events";
    if (data == NULL)
        return;
    struct stripe_event *events =
        arena_alloc(&call->arena, STRIPE_LIST * sizeof *events);
    struct stripe_event *event = events;
    for (data = json_first(data); data != NULL; data = json_next(data)) {
        if (!stripe_take_event(data, event))
            return;
        event->body = json_print(&call->arena, data);
        event++;
    }
    take_list(object, answer);
    answer->events = events;
}
