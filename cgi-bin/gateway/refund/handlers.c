/* Refunding a charge, whole or in part, and showing a refund: see handlers.h
 * (docs.stripe.com/api/refunds). */
#include "cgi-bin/gateway/refund/handlers.h"

#include "cgi-bin/gateway/base/api.h"
#include "cgi-bin/gateway/base/command.h"
#include "cgi-bin/gateway/dispute/dispute.h"
#include "cgi-bin/gateway/refund/refund.h"
#include "lib/base/text/money.h"
#include "lib/base/time/clock.h"

enum { FAIL_DELAY_MS = 2000 };

struct refund_creation {
    const char *intent_id; /* this or the charge's is given */
    const char *charge_id;
    int64_t amount_minor; /* 0: what is left */
    const char *reason;
    const char *metadata;
    struct command command;
};

static const struct stripe_error *read_form(struct arena *arena,
                                            struct refund_creation *out)
{
    const struct form *form = &out->command.form;
    static const char *const reasons[] = {"duplicate", "fraudulent",
                                          "requested_by_customer", NULL};
    out->intent_id = form_value(form, "payment_intent");
    out->charge_id = form_value(form, "charge");
    if (out->intent_id == NULL && out->charge_id == NULL)
        return stripe_error_create(
            arena, NULL, NULL,
            "One of the following params should be provided for this "
            "request: payment_intent or charge.");
    if (out->intent_id != NULL && out->charge_id != NULL)
        return stripe_error_create(arena, NULL, NULL,
                                   "You may only specify one of these "
                                   "parameters: charge, payment_intent.");
    const struct stripe_error *error = parameter_integer(
        arena, form, "amount", 1, INT64_MAX, &out->amount_minor);
    if (error == NULL)
        error = parameter_choice(
            arena, form, "reason", reasons,
            "duplicate, fraudulent, or requested_by_customer", &out->reason);
    if (error == NULL)
        error =
            parameter_metadata(arena, form, "metadata", NULL, &out->metadata);
    return error;
}

int refund_create_read(struct web *web, struct request *request,
                       struct reply *reply)
{
    static const char *const known[] = {
        "amount",         "charge", "expand[*]", "metadata[*]=",
        "payment_intent", "reason", NULL};
    struct refund_creation *creation =
        arena_alloc(request->arena, sizeof *creation);
    int status = command_read(web, request, reply, known, intent_ids_expandable,
                              &creation->command);
    if (status != WEB_GO_ON)
        return status;
    return command_go_on(request, reply, read_form(request->arena, creation),
                         creation);
}

/* NULL, or why the intent cannot give back so much. */
static const struct stripe_error *check_left(struct arena *arena,
                                             const struct intent *intent,
                                             int64_t amount_minor)
{
    int64_t left_minor = intent->amount_minor - intent->refunded_minor;
    if (intent->status != INTENT_SUCCEEDED)
        return stripe_error_create(
            arena, NULL, NULL,
            arena_printf(arena,
                         "This PaymentIntent (%s) does not have a successful "
                         "charge to refund.",
                         intent->id));
    if (left_minor == 0)
        return stripe_error_create(
            arena, "charge_already_refunded", NULL,
            arena_printf(arena, "Charge %s has already been refunded.",
                         intent->charge_id));
    if (amount_minor <= left_minor)
        return NULL;
    const char *currency = stripe_iso_currency(arena, intent->currency);
    return stripe_error_create(
        arena, NULL, "amount",
        arena_printf(arena,
                     "Refund amount (%s) is greater than unrefunded amount on "
                     "charge (%s)",
                     money_format(arena, amount_minor, currency),
                     money_format(arena, left_minor, currency)));
}

/* NULL, or that the bank has taken the money back already. */
static const struct stripe_error *
check_dispute(struct web *web, struct arena *arena, const struct intent *intent)
{
    struct dispute dispute;
    if (intent->dispute_id == NULL ||
        !dispute_find(web->writer, arena, intent->dispute_id, &dispute) ||
        dispute.status == DISPUTE_WON)
        return NULL;
    return stripe_error_create(
        arena, "charge_disputed", NULL,
        arena_printf(arena,
                     "Charge %s has been charged back; cannot issue a refund.",
                     intent->charge_id));
}

static void tell(const struct cause *cause, const struct refund *refund,
                 const struct intent *intent, const char *type)
{
    struct text text = text_create(cause->request->arena, 1024);
    struct json_writer w = json_writer(&text);
    refund_put(&w, refund, intent, 0);
    event_emit(cause, type, text.bytes);
}

/* A refund that fails is stored as failed at once, but answered and told as one
 * that stands; that it failed is told a moment later. */
static void book(const struct cause *cause, struct refund *refund,
                 struct intent *intent)
{
    static const enum refund_status statuses[] = {
        [TEST_CARD_REFUNDED] = REFUND_SUCCEEDED,
        [TEST_CARD_REFUND_FAILS] = REFUND_FAILED,
        [TEST_CARD_REFUND_PENDING] = REFUND_PENDING};
    struct refund stored = *refund;
    stored.status = statuses[test_card_of(intent->payment_method)->refund];
    bool fails = stored.status == REFUND_FAILED;
    refund_add(cause->web->writer, &stored);
    refund->status = fails ? REFUND_SUCCEEDED : stored.status;
    intent->refunded_minor += refund->amount_minor;
    tell(cause, refund, intent, "refund.created");
    intent_tell_charge(cause, intent, "charge.refunded");
    if (!fails)
        return;
    struct cause later = *cause;
    later.delay_ms = FAIL_DELAY_MS;
    tell(&later, &stored, intent, "charge.refund.updated");
    tell(&later, &stored, intent, "refund.failed");
}

static int give_back(struct web *web, struct request *request,
                     struct reply *reply)
{
    const struct refund_creation *creation = request->state;
    const struct cause cause = {web, request, 0, 1};
    struct arena *arena = request->arena;
    struct intent intent;
    if (creation->charge_id != NULL) {
        if (!intent_find_by_charge(web->writer, arena, creation->charge_id,
                                   &intent))
            return api_no_such(request, reply, "charge", "id",
                               creation->charge_id);
    } else if (!intent_find(web->writer, arena, creation->intent_id, &intent)) {
        return api_no_such(request, reply, "payment_intent", "payment_intent",
                           creation->intent_id);
    }
    const struct stripe_error *error =
        check_left(arena, &intent, creation->amount_minor);
    if (error == NULL)
        error = check_dispute(web, arena, &intent);
    if (error != NULL)
        return api_refuse(request, reply, error);
    struct refund refund = {.id = stripe_id(arena, "re_"),
                            .intent_id = intent.id,
                            .currency = intent.currency,
                            .amount_minor = creation->amount_minor > 0
                                                ? creation->amount_minor
                                                : intent.amount_minor -
                                                      intent.refunded_minor,
                            .reason = creation->reason,
                            .metadata = creation->metadata,
                            .created_ms = clock_wall_ms()};
    book(&cause, &refund, &intent);
    struct json_writer w = api_json(request, reply);
    refund_put(&w, &refund, &intent, creation->command.expand);
    return 200;
}

int refund_create_write(struct web *web, struct request *request,
                        struct reply *reply)
{
    struct refund_creation *creation = request->state;
    return command_once(web, request, reply, &creation->command, give_back);
}

static bool put(struct web *web, struct arena *arena, struct json_writer *w,
                const struct refund *refund, unsigned expand)
{
    struct intent intent;
    if (!intent_find(web->reader, arena, refund->intent_id, &intent))
        return false;
    refund_put(w, refund, &intent, expand);
    return true;
}

int refund_show(struct web *web, struct request *request, struct reply *reply)
{
    unsigned expand;
    struct refund refund;
    int status =
        api_read_plain(web, request, reply, intent_ids_expandable, &expand);
    if (status != WEB_GO_ON)
        return status;
    struct json_writer w = api_json(request, reply);
    if (!refund_find(web->reader, request->arena, request->param, &refund) ||
        !put(web, request->arena, &w, &refund, expand))
        return api_no_such(request, reply, "refund", "refund", request->param);
    return 200;
}

int refund_list(struct web *web, struct request *request, struct reply *reply)
{
    static const char *const known[] = {LISTING_KNOWN, "charge",
                                        "payment_intent", NULL};
    static const struct listing_kind kind = {
        .url = "/v1/refunds",
        .noun = "refund",
        .known = known,
        .expandable = intent_ids_expandable_in_list,
        .place = "SELECT created_ms, sequence FROM refunds "
                 "WHERE refund_id = $1"};
    struct arena *arena = request->arena;
    struct listing listing;
    struct intent intent;
    int status = listing_read(web, request, reply, &kind, &listing);
    if (status != WEB_GO_ON)
        return status;
    const char *intent_id = form_value(&listing.form, "payment_intent");
    const char *charge = form_value(&listing.form, "charge");
    if (charge != NULL) {
        if (!intent_find_by_charge(web->reader, arena, charge, &intent))
            return api_no_such(request, reply, "charge", "charge", charge);
        intent_id = intent.id;
    }
    struct refund refunds[LISTING_MOST + 1];
    int count =
        refund_find_page(web->reader, arena, intent_id, &listing.page, refunds);
    struct json_writer w = listing_open(request, reply);
    for (int i = 0; i < count && i < listing.limit; i++)
        put(web, arena, &w, &refunds[i], listing.expand);
    return listing_close(&w, &kind, &listing, count);
}
