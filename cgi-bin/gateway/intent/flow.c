/* An intent's life: see flow.h. */
#include "cgi-bin/gateway/intent/flow.h"

#include "cgi-bin/gateway/base/object.h"
#include "cgi-bin/gateway/event/event.h"
#include "lib/base/clock.h"

enum { OBJECT_SIZE = 1536 };

/* A change and how its events are delivered. */
struct change {
    struct web *web;
    struct request *request;
    struct intent *intent;
    int64_t delay_ms;
    int copies;
};

static void tell_intent(const struct change *change, const char *type)
{
    struct text text = text_create(change->request->arena, OBJECT_SIZE);
    struct json_writer w = json_writer(&text);
    stripe_put_intent(&w, change->intent, 0);
    event_emit(change->web, change->request, type, text.bytes, change->delay_ms,
               change->copies);
}

static void tell_charge(const struct change *change, const char *type)
{
    struct text text = text_create(change->request->arena, OBJECT_SIZE);
    struct json_writer w = json_writer(&text);
    stripe_put_charge(&w, change->intent, 0);
    event_emit(change->web, change->request, type, text.bytes, change->delay_ms,
               change->copies);
}

static void tell_dispute(const struct change *change,
                         const struct dispute *dispute, const char *type)
{
    struct text text = text_create(change->request->arena, OBJECT_SIZE);
    struct json_writer w = json_writer(&text);
    stripe_put_dispute(&w, dispute, change->intent, 0);
    event_emit(change->web, change->request, type, text.bytes, change->delay_ms,
               change->copies);
}

static void pay(const struct change *change)
{
    struct intent *intent = change->intent;
    intent->status = "succeeded";
    intent->failed_method = NULL;
    intent->action_url = NULL;
    intent->charge_id = stripe_id(change->request->arena, "ch_");
    intent->charged_ms = clock_wall_ms();
    journal_move_intent(change->web->writer, intent);
    tell_charge(change, "charge.succeeded");
    tell_intent(change, "payment_intent.succeeded");
}

static void decline(const struct change *change, const struct test_card *card)
{
    struct intent *intent = change->intent;
    intent->status = "requires_payment_method";
    intent->payment_method = NULL;
    intent->failed_method = card->id;
    intent->action_url = NULL;
    intent->charge_id = stripe_id(change->request->arena, "ch_");
    intent->charged_ms = clock_wall_ms();
    journal_move_intent(change->web->writer, intent);
    tell_charge(change, "charge.failed");
    tell_intent(change, "payment_intent.payment_failed");
}

static void ask_bank(const struct change *change)
{
    struct intent *intent = change->intent;
    intent->status = "requires_action";
    intent->failed_method = NULL;
    intent->action_url =
        intent->return_url == NULL
            ? NULL
            : arena_printf(change->request->arena, "http://%s/c/bank/%s",
                           change->web->settings->gateway_listen, intent->id);
    journal_move_intent(change->web->writer, intent);
    tell_intent(change, "payment_intent.requires_action");
}

static void dispute(const struct change *change)
{
    struct intent *intent = change->intent;
    struct dispute opened = {.id = stripe_id(change->request->arena, "du_"),
                             .intent_id = intent->id,
                             .charge_id = intent->charge_id,
                             .amount_minor = intent->amount_minor,
                             .currency = intent->currency,
                             .status = "needs_response",
                             .metadata = "{}",
                             .created_ms = clock_wall_ms()};
    journal_add_dispute(change->web->writer, &opened);
    intent->dispute_id = opened.id;
    tell_dispute(change, &opened, "charge.dispute.created");
    tell_dispute(change, &opened, "charge.dispute.funds_withdrawn");
}

void intent_flow_begin(struct web *web, struct request *request,
                       struct intent *intent, int64_t delay_ms, int copies)
{
    struct arena *arena = request->arena;
    const struct change change = {web, request, intent, delay_ms, copies};
    intent->id = stripe_id(arena, "pi_");
    intent->client_secret =
        stripe_id(arena, arena_printf(arena, "%s_secret_", intent->id));
    intent->status = intent->payment_method == NULL ? "requires_payment_method"
                                                    : "requires_confirmation";
    intent->created_ms = clock_wall_ms();
    journal_add_intent(web->writer, intent);
    tell_intent(&change, "payment_intent.created");
}

void intent_flow_try(struct web *web, struct request *request,
                     struct intent *intent, const struct test_card *card,
                     int64_t delay_ms, int copies)
{
    const struct change change = {web, request, intent, delay_ms, copies};
    intent->payment_method = card->id;
    switch (card->outcome) {
    case TEST_CARD_DECLINED:
        decline(&change, card);
        break;
    case TEST_CARD_ACTION:
        ask_bank(&change);
        break;
    case TEST_CARD_PAYS_DISPUTED:
        pay(&change);
        dispute(&change);
        break;
    case TEST_CARD_PAYS:
    case TEST_CARD_TIMEOUT_AFTER_CHARGE:
    case TEST_CARD_TIMEOUT_BEFORE_CHARGE:
    case TEST_CARD_ERROR_500:
        pay(&change);
        break;
    }
}

void intent_flow_authenticate(struct web *web, struct request *request,
                              struct intent *intent, bool approved,
                              int64_t delay_ms, int copies)
{
    const struct change change = {web, request, intent, delay_ms, copies};
    if (approved) {
        pay(&change);
        return;
    }
    intent->status = "requires_payment_method";
    intent->failed_method = intent->payment_method;
    intent->payment_method = NULL;
    intent->action_url = NULL;
    journal_move_intent(web->writer, intent);
    tell_intent(&change, "payment_intent.payment_failed");
}

void intent_flow_cancel(struct web *web, struct request *request,
                        struct intent *intent, const char *reason,
                        int64_t delay_ms, int copies)
{
    const struct change change = {web, request, intent, delay_ms, copies};
    intent->status = "canceled";
    intent->action_url = NULL;
    intent->canceled_ms = clock_wall_ms();
    intent->cancellation_reason = reason;
    journal_move_intent(web->writer, intent);
    tell_intent(&change, "payment_intent.canceled");
}
