/* Judges the gateway's lists: see stripe.h. Half a list could hide the very
 * payment it was asked for, so one that cannot be read whole is unknown. */
#include "lib/adapter/stripe_private.h"

static bool read_list(const struct json *object, const struct json **data,
                      struct stripe_answer *answer)
{
    const struct json *more = json_member(object, "has_more");
    *data = json_member(object, "data");
    answer->message = "the gateway's answer is no whole list";
    if (*data == NULL || json_kind(*data) != JSON_ARRAY || more == NULL ||
        json_kind(more) != JSON_BOOL)
        return false;
    answer->count = json_count(*data);
    answer->more = json_is_true(more);
    /* One that goes on behind nothing would be asked for again and again. */
    return answer->count <= STRIPE_LIST && (answer->count > 0 || !answer->more);
}

static void take_whole(struct stripe_answer *answer)
{
    answer->outcome = STRIPE_SUCCEEDED;
    answer->message = NULL;
}

STRIPE_JUDGE(stripe_judge_intents)
{
    const struct json *data;
    if (!read_list(object, &data, answer))
        return;
    struct stripe_intent *intents =
        arena_alloc(&call->arena, answer->count * sizeof *intents);
    answer->intents = intents;
    for (data = json_first(data); data != NULL; data = json_next(data))
        if (!stripe_read_intent(data, intents++, &call->arena))
            return;
    take_whole(answer);
}

STRIPE_JUDGE(stripe_judge_events)
{
    const struct json *data;
    if (!read_list(object, &data, answer))
        return;
    struct stripe_event *event =
        arena_alloc(&call->arena, answer->count * sizeof *event);
    answer->events = event;
    for (data = json_first(data); data != NULL;
         data = json_next(data), event++) {
        if (!stripe_take_event(data, event))
            return;
        event->body = json_print(&call->arena, data);
    }
    take_whole(answer);
}
