/* PaymentIntents: see intent.h. */
#include "cgi-bin/gateway/intent/intent.h"

#include <assert.h>

#include "cgi-bin/gateway/dispute/dispute.h"
#include "lib/base/time/clock.h"

enum { OBJECT_SIZE = 1536 };

static const char *const status_list[] = {
    "requires_payment_method", "requires_confirmation", "requires_action",
    "succeeded", "canceled"};
const struct names intent_status_names = NAMES("intent's status", status_list);

/* In the order read_intent reads them. */
#define INTENT_COLUMNS                                                         \
    "intent_id, client_secret, amount_minor, refunded_minor, currency, "       \
    "status, payment_method, failed_method, charge_id, order_id, metadata, "   \
    "description, receipt_email, statement_descriptor_suffix, "                \
    "allow_redirects, capture_method, created_ms, "                            \
    "coalesce(charged_ms, created_ms), return_url, action_url, "               \
    "coalesce(canceled_ms, 0), cancellation_reason, charge_metadata, "         \
    "charge_description, "                                                     \
    "(SELECT dispute_id FROM disputes "                                        \
    "WHERE disputes.intent_id = intents.intent_id)"

static void read_intent(struct db_statement *s, struct arena *arena,
                        struct intent *out)
{
    *out = (struct intent){
        .id = db_text(s, 0, arena),
        .client_secret = db_text(s, 1, arena),
        .amount_minor = db_int(s, 2),
        .refunded_minor = db_int(s, 3),
        .currency = db_text(s, 4, arena),
        .status = (enum intent_status)db_value(s, 5, &intent_status_names),
        .payment_method = db_text(s, 6, arena),
        .failed_method = db_text(s, 7, arena),
        .charge_id = db_text(s, 8, arena),
        .order_id = db_text(s, 9, arena),
        .metadata = db_text(s, 10, arena),
        .description = db_text(s, 11, arena),
        .receipt_email = db_text(s, 12, arena),
        .statement_descriptor_suffix = db_text(s, 13, arena),
        .allow_redirects = db_text(s, 14, arena),
        .capture_method = db_text(s, 15, arena),
        .created_ms = db_int(s, 16),
        .charged_ms = db_int(s, 17),
        .return_url = db_text(s, 18, arena),
        .action_url = db_text(s, 19, arena),
        .canceled_ms = db_int(s, 20),
        .cancellation_reason = db_text(s, 21, arena),
        .charge_metadata = db_text(s, 22, arena),
        .charge_description = db_text(s, 23, arena),
        .dispute_id = db_text(s, 24, arena)};
}

static void add(struct db *db, const struct intent *intent)
{
    struct db_statement *s = db_sql(
        db, "INSERT INTO intents (sequence, intent_id, client_secret, "
            "amount_minor, currency, status, payment_method, order_id, "
            "metadata, description, receipt_email, "
            "statement_descriptor_suffix, allow_redirects, capture_method, "
            "created_ms, return_url) "
            "VALUES ((SELECT coalesce(max(sequence), 0) + 1 FROM intents), "
            "$1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, "
            "$15)");
    db_put_text(s, intent->id);
    db_put_text(s, intent->client_secret);
    db_put_int(s, intent->amount_minor);
    db_put_text(s, intent->currency);
    db_put_name(s, &intent_status_names, intent->status);
    db_put_text(s, intent->payment_method);
    db_put_text(s, intent->order_id);
    db_put_text(s, intent->metadata);
    db_put_text(s, intent->description);
    db_put_text(s, intent->receipt_email);
    db_put_text(s, intent->statement_descriptor_suffix);
    db_put_text(s, intent->allow_redirects);
    db_put_text(s, intent->capture_method);
    db_put_int(s, intent->created_ms);
    db_put_text(s, intent->return_url);
    db_run(s);
}

void intent_store(struct db *db, const struct intent *intent)
{
    struct db_statement *s =
        db_sql(db, "UPDATE intents SET status = $1, payment_method = $2, "
                   "failed_method = $3, order_id = $4, metadata = $5, "
                   "description = $6, charge_id = $7, charged_ms = $8, "
                   "charge_metadata = $9, charge_description = $10, "
                   "return_url = $11, action_url = $12, canceled_ms = $13, "
                   "cancellation_reason = $14 WHERE intent_id = $15");
    db_put_name(s, &intent_status_names, intent->status);
    db_put_text(s, intent->payment_method);
    db_put_text(s, intent->failed_method);
    db_put_text(s, intent->order_id);
    db_put_text(s, intent->metadata);
    db_put_text(s, intent->description);
    db_put_text(s, intent->charge_id);
    db_put_int(s, intent->charged_ms);
    db_put_text(s, intent->charge_metadata);
    db_put_text(s, intent->charge_description);
    db_put_text(s, intent->return_url);
    db_put_text(s, intent->action_url);
    if (intent->canceled_ms == 0)
        db_put_null(s);
    else
        db_put_int(s, intent->canceled_ms);
    db_put_text(s, intent->cancellation_reason);
    db_put_text(s, intent->id);
    db_run(s);
}

static bool one_intent(struct db_statement *s, struct arena *arena,
                       struct intent *out)
{
    bool found = db_row(s);
    if (found)
        read_intent(s, arena, out);
    db_done(s);
    return found;
}

bool intent_find(struct db *db, struct arena *arena, const char *id,
                 struct intent *out)
{
    struct db_statement *s = db_sql(db, "SELECT " INTENT_COLUMNS
                                        " FROM intents WHERE intent_id = $1");
    db_put_text(s, id);
    return one_intent(s, arena, out);
}

bool intent_find_by_charge(struct db *db, struct arena *arena,
                           const char *charge_id, struct intent *out)
{
    struct db_statement *s = db_sql(db, "SELECT " INTENT_COLUMNS
                                        " FROM intents WHERE charge_id = $1");
    db_put_text(s, charge_id);
    return one_intent(s, arena, out);
}

int intent_find_page(struct db *db, struct arena *arena,
                     const struct listing_page *page, struct intent *out)
{
    struct db_statement *s =
        db_sql(db, "SELECT " INTENT_COLUMNS " FROM intents "
                   "WHERE created_ms >= $1 AND created_ms <= $2 "
                   "AND (created_ms, sequence) < ($3, $4) "
                   "ORDER BY created_ms DESC, sequence DESC LIMIT $5");
    listing_put_page(s, page);
    int count = 0;
    while (db_row(s))
        read_intent(s, arena, &out[count++]);
    return count;
}

static void put_payment_method(struct json_writer *w, const char *id)
{
    json_open(w, '{');
    json_string_member(w, "id", id);
    json_string_member(w, "object", "payment_method");
    stripe_raw_member(w, "livemode", "false");
    json_string_member(w, "type", "card");
    json_close(w, '}');
}

static void put_last_error(struct json_writer *w, const struct intent *intent)
{
    json_key(w, "last_payment_error");
    if (intent->failed_method == NULL) {
        json_put_null(w);
        return;
    }
    const struct test_card *card = test_card_of(intent->failed_method);
    json_open(w, '{');
    stripe_some_member(w, "charge", intent->charge_id);
    json_string_member(w, "code", card->code);
    stripe_some_member(w, "decline_code", card->decline_code);
    json_string_member(w, "message", card->message);
    json_key(w, "payment_method");
    put_payment_method(w, card->id);
    json_string_member(w, "type",
                       card->outcome == TEST_CARD_ACTION
                           ? "invalid_request_error"
                           : "card_error");
    json_close(w, '}');
}

static void put_automatic_methods(struct json_writer *w,
                                  const struct intent *intent)
{
    json_key(w, "automatic_payment_methods");
    if (intent->allow_redirects == NULL) {
        json_put_null(w);
        return;
    }
    json_open(w, '{');
    json_string_member(w, "allow_redirects", intent->allow_redirects);
    stripe_raw_member(w, "enabled", "true");
    json_close(w, '}');
}

static void put_next_action(struct json_writer *w, const struct intent *intent)
{
    json_key(w, "next_action");
    if (intent->status != INTENT_REQUIRES_ACTION) {
        json_put_null(w);
        return;
    }
    json_open(w, '{');
    if (intent->action_url == NULL) {
        json_string_member(w, "type", "use_stripe_sdk");
        stripe_raw_member(w, "use_stripe_sdk",
                          "{\"type\":\"three_d_secure_redirect\"}");
    } else {
        json_key(w, "redirect_to_url");
        json_open(w, '{');
        json_string_member(w, "return_url", intent->return_url);
        json_string_member(w, "url", intent->action_url);
        json_close(w, '}');
        json_string_member(w, "type", "redirect_to_url");
    }
    json_close(w, '}');
}

static void put_canceled(struct json_writer *w, const struct intent *intent)
{
    if (intent->canceled_ms == 0)
        stripe_null_member(w, "canceled_at");
    else
        json_int_member(w, "canceled_at", intent->canceled_ms / 1000);
    json_string_member(w, "cancellation_reason", intent->cancellation_reason);
}

static void put_latest_charge(struct json_writer *w,
                              const struct intent *intent, unsigned expand)
{
    json_key(w, "latest_charge");
    if ((expand & STRIPE_EXPAND_CHARGE) != 0 && intent->charge_id != NULL)
        intent_put_charge(w, intent, 0);
    else
        json_put_string(w, intent->charge_id);
}

void intent_put(struct json_writer *w, const struct intent *intent,
                unsigned expand)
{
    bool paid = intent->status == INTENT_SUCCEEDED;
    json_open(w, '{');
    json_string_member(w, "id", intent->id);
    json_string_member(w, "object", "payment_intent");
    json_int_member(w, "amount", intent->amount_minor);
    json_int_member(w, "amount_capturable", 0);
    json_int_member(w, "amount_received", paid ? intent->amount_minor : 0);
    put_automatic_methods(w, intent);
    put_canceled(w, intent);
    json_string_member(w, "capture_method", intent->capture_method);
    json_string_member(w, "client_secret", intent->client_secret);
    json_string_member(w, "confirmation_method", "automatic");
    json_int_member(w, "created", intent->created_ms / 1000);
    json_string_member(w, "currency", intent->currency);
    stripe_null_member(w, "customer");
    json_string_member(w, "description", intent->description);
    put_last_error(w, intent);
    put_latest_charge(w, intent, expand);
    stripe_raw_member(w, "livemode", "false");
    stripe_raw_member(w, "metadata", intent->metadata);
    put_next_action(w, intent);
    json_string_member(w, "payment_method", intent->payment_method);
    stripe_raw_member(w, "payment_method_types", "[\"card\"]");
    json_string_member(w, "receipt_email", intent->receipt_email);
    json_string_member(w, "statement_descriptor_suffix",
                       intent->statement_descriptor_suffix);
    json_string_member(w, "status",
                       names_of(&intent_status_names, intent->status));
    json_close(w, '}');
}

/* What the try came to: one that did not pay was declined. */
static void put_outcome(struct json_writer *w, const struct intent *intent)
{
    bool paid = intent->status == INTENT_SUCCEEDED;
    const char *method = paid ? intent->payment_method : intent->failed_method;
    const struct test_card *card = method == NULL ? NULL : test_card_of(method);
    bool failed = !paid && card != NULL;
    json_string_member(w, "failure_code", failed ? card->code : NULL);
    json_string_member(w, "failure_message", failed ? card->message : NULL);
    json_key(w, "paid");
    json_put_bool(w, paid);
    json_string_member(w, "status", paid ? "succeeded" : "failed");
    json_string_member(w, "payment_method", method);
    bool named = card != NULL && card->brand != NULL;
    json_key(w, "payment_method_details");
    json_open(w, '{');
    json_key(w, "card");
    json_open(w, '{');
    json_string_member(w, "brand", named ? card->brand : "visa");
    json_string_member(w, "last4", named ? card->last4 : "4242");
    json_close(w, '}');
    json_string_member(w, "type", "card");
    json_close(w, '}');
}

/* The intent as a member of what belongs to it. */
static void put_own(struct json_writer *w, const struct intent *intent,
                    unsigned expand)
{
    json_key(w, "payment_intent");
    if ((expand & STRIPE_EXPAND_INTENT) != 0)
        intent_put(w, intent, 0);
    else
        json_put_string(w, intent->id);
}

void intent_put_charge(struct json_writer *w, const struct intent *intent,
                       unsigned expand)
{
    assert(intent->charge_id != NULL && intent->charge_metadata != NULL);
    bool paid = intent->status == INTENT_SUCCEEDED;
    json_open(w, '{');
    json_string_member(w, "id", intent->charge_id);
    json_string_member(w, "object", "charge");
    json_int_member(w, "amount", intent->amount_minor);
    json_int_member(w, "amount_captured", paid ? intent->amount_minor : 0);
    json_int_member(w, "amount_refunded", intent->refunded_minor);
    stripe_null_member(w, "balance_transaction");
    json_key(w, "captured");
    json_put_bool(w, paid);
    json_int_member(w, "created", intent->charged_ms / 1000);
    json_string_member(w, "currency", intent->currency);
    stripe_null_member(w, "customer");
    json_string_member(w, "description", intent->charge_description);
    json_string_member(w, "dispute", intent->dispute_id);
    json_key(w, "disputed");
    json_put_bool(w, intent->dispute_id != NULL);
    stripe_raw_member(w, "livemode", "false");
    stripe_raw_member(w, "metadata", intent->charge_metadata);
    put_outcome(w, intent);
    put_own(w, intent, expand);
    json_string_member(w, "receipt_email", intent->receipt_email);
    stripe_null_member(w, "receipt_url");
    json_key(w, "refunded");
    json_put_bool(w, intent->refunded_minor == intent->amount_minor);
    json_close(w, '}');
}

const struct parameter_expand intent_ids_expandable[] = {
    {"charge", STRIPE_EXPAND_CHARGE},
    {"payment_intent", STRIPE_EXPAND_INTENT},
    {NULL, 0}};
const struct parameter_expand intent_ids_expandable_in_list[] = {
    {"data.charge", STRIPE_EXPAND_CHARGE},
    {"data.payment_intent", STRIPE_EXPAND_INTENT},
    {NULL, 0}};

void intent_put_ids(struct json_writer *w, const struct intent *intent,
                    unsigned expand)
{
    json_key(w, "charge");
    if ((expand & STRIPE_EXPAND_CHARGE) != 0)
        intent_put_charge(w, intent, 0);
    else
        json_put_string(w, intent->charge_id);
    put_own(w, intent, expand);
}

void intent_blame(struct arena *arena, const struct intent *intent,
                  struct stripe_error *error)
{
    struct text text = text_create(arena, OBJECT_SIZE);
    struct json_writer w = json_writer(&text);
    intent_put(&w, intent, 0);
    error->intent = text.bytes;
}

const struct stripe_error *intent_decline(struct arena *arena,
                                          const struct intent *intent)
{
    const struct test_card *card = test_card_of(intent->failed_method);
    struct text text = text_create(arena, 128);
    struct json_writer w = json_writer(&text);
    put_payment_method(&w, card->id);
    struct stripe_error *error =
        stripe_error_create(arena, card->code, NULL, card->message);
    error->status = 402;
    error->type = "card_error";
    error->decline_code = card->decline_code;
    error->charge_id = intent->charge_id;
    error->payment_method = text.bytes;
    intent_blame(arena, intent, error);
    return error;
}

static void tell_intent(const struct cause *cause, const struct intent *intent,
                        const char *type)
{
    struct text text = text_create(cause->request->arena, OBJECT_SIZE);
    struct json_writer w = json_writer(&text);
    intent_put(&w, intent, 0);
    event_emit(cause, type, text.bytes);
}

void intent_tell_charge(const struct cause *cause, const struct intent *intent,
                        const char *type)
{
    struct text text = text_create(cause->request->arena, OBJECT_SIZE);
    struct json_writer w = json_writer(&text);
    intent_put_charge(&w, intent, 0);
    event_emit(cause, type, text.bytes);
}

static void begin_charge(const struct cause *cause, struct intent *intent)
{
    intent->charge_id = stripe_id(cause->request->arena, "ch_");
    intent->charged_ms = clock_wall_ms();
    intent->charge_metadata = intent->metadata;
    intent->charge_description = intent->description;
}

static void pay(const struct cause *cause, struct intent *intent)
{
    intent->status = INTENT_SUCCEEDED;
    intent->failed_method = NULL;
    intent->action_url = NULL;
    begin_charge(cause, intent);
    intent_store(cause->web->writer, intent);
    intent_tell_charge(cause, intent, "charge.succeeded");
    tell_intent(cause, intent, "payment_intent.succeeded");
}

/* Back to where another method is asked for. */
static void drop_method(struct intent *intent)
{
    intent->status = INTENT_REQUIRES_PAYMENT_METHOD;
    intent->failed_method = intent->payment_method;
    intent->payment_method = NULL;
    intent->action_url = NULL;
}

static void decline(const struct cause *cause, struct intent *intent)
{
    drop_method(intent);
    begin_charge(cause, intent);
    intent_store(cause->web->writer, intent);
    intent_tell_charge(cause, intent, "charge.failed");
    tell_intent(cause, intent, "payment_intent.payment_failed");
}

static void ask_bank(const struct cause *cause, struct intent *intent)
{
    intent->status = INTENT_REQUIRES_ACTION;
    intent->failed_method = NULL;
    intent->action_url =
        intent->return_url == NULL
            ? NULL
            : arena_printf(cause->request->arena, "http://%s/c/bank/%s",
                           cause->web->settings->gateway_listen, intent->id);
    intent_store(cause->web->writer, intent);
    tell_intent(cause, intent, "payment_intent.requires_action");
}

void intent_begin(const struct cause *cause, struct intent *intent)
{
    struct arena *arena = cause->request->arena;
    assert(intent->id == NULL && intent->charge_id == NULL);
    intent->id = stripe_id(arena, "pi_");
    intent->client_secret =
        stripe_id(arena, arena_printf(arena, "%s_secret_", intent->id));
    intent->status = intent->payment_method == NULL
                         ? INTENT_REQUIRES_PAYMENT_METHOD
                         : INTENT_REQUIRES_CONFIRMATION;
    intent->created_ms = clock_wall_ms();
    add(cause->web->writer, intent);
    tell_intent(cause, intent, "payment_intent.created");
}

bool intent_is_over(const struct intent *intent)
{
    return intent->status == INTENT_SUCCEEDED ||
           intent->status == INTENT_CANCELED;
}

void intent_try(const struct cause *cause, struct intent *intent,
                const struct test_card *card)
{
    assert(intent->id != NULL && !intent_is_over(intent));
    intent->payment_method = card->id;
    switch (card->outcome) {
    case TEST_CARD_DECLINED:
        decline(cause, intent);
        break;
    case TEST_CARD_ACTION:
        ask_bank(cause, intent);
        break;
    case TEST_CARD_PAYS_DISPUTED:
        pay(cause, intent);
        dispute_begin(cause, intent);
        break;
    case TEST_CARD_PAYS:
    case TEST_CARD_TIMEOUT_AFTER_CHARGE:
    case TEST_CARD_TIMEOUT_BEFORE_CHARGE:
    case TEST_CARD_ERROR_500:
        pay(cause, intent);
        break;
    }
}

void intent_authenticate(const struct cause *cause, struct intent *intent,
                         enum bank_answer answer)
{
    assert(intent->status == INTENT_REQUIRES_ACTION);
    switch (answer) {
    case BANK_APPROVES:
        pay(cause, intent);
        break;
    case BANK_REFUSES:
        drop_method(intent);
        intent_store(cause->web->writer, intent);
        tell_intent(cause, intent, "payment_intent.payment_failed");
        break;
    }
}

void intent_cancel(const struct cause *cause, struct intent *intent,
                   const char *reason)
{
    assert(!intent_is_over(intent));
    intent->status = INTENT_CANCELED;
    intent->action_url = NULL;
    intent->canceled_ms = clock_wall_ms();
    intent->cancellation_reason = reason;
    intent_store(cause->web->writer, intent);
    tell_intent(cause, intent, "payment_intent.canceled");
}
