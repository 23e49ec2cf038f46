/* Checkout Sessions over the API: see handlers.h
 * (docs.stripe.com/api/checkout/sessions). Of the parameters those that paying
 * once by card needs are known; every other is refused as unknown. The page
 * itself is page/checkout.c's. */
#include "cgi-bin/gateway/session/handlers.h"

#include <string.h>

#include "cgi-bin/gateway/base/api.h"
#include "cgi-bin/gateway/base/command.h"
#include "cgi-bin/gateway/session/session.h"
#include "lib/base/text/money.h"
#include "lib/base/time/clock.h"

enum {
    ITEM_LENGTH = 250,
    REFERENCE_LENGTH = 200,
    DESCRIPTION_LENGTH = 1000,
    QUANTITY_MOST = 999999,
    LEAST_LIFE_S = 30 * 60,
    MOST_LIFE_S = 24 * 60 * 60,
    CLOCK_SLACK_S = 5 /* what a request may take to arrive */
};

static const char *const create_known[] = {
    "cancel_url",
    "client_reference_id",
    "customer_email",
    "expand[*]",
    "expires_at",
    "line_items[*][price_data][currency]",
    "line_items[*][price_data][product_data][description]",
    "line_items[*][price_data][product_data][name]",
    "line_items[*][price_data][unit_amount]",
    "line_items[*][quantity]",
    "metadata[*]=",
    "mode",
    "payment_intent_data[description]",
    "payment_intent_data[metadata][*]=",
    "payment_method_types[*]",
    "submit_type",
    "success_url",
    "ui_mode",
    NULL};

static void put_item(struct json_writer *w, struct arena *arena,
                     const char *name, const char *currency, int64_t unit_minor,
                     int64_t quantity)
{
    json_open(w, '{');
    json_string_member(w, "id", stripe_id(arena, "li_"));
    json_string_member(w, "object", "item");
    json_int_member(w, "amount_discount", 0);
    json_int_member(w, "amount_subtotal", unit_minor * quantity);
    json_int_member(w, "amount_tax", 0);
    json_int_member(w, "amount_total", unit_minor * quantity);
    json_string_member(w, "currency", currency);
    json_string_member(w, "description", name);
    json_key(w, "price");
    json_open(w, '{');
    json_string_member(w, "id", stripe_id(arena, "price_"));
    json_string_member(w, "object", "price");
    stripe_raw_member(w, "active", "false");
    json_string_member(w, "currency", currency);
    stripe_raw_member(w, "livemode", "false");
    json_string_member(w, "product", stripe_id(arena, "prod_"));
    json_string_member(w, "type", "one_time");
    json_int_member(w, "unit_amount", unit_minor);
    json_close(w, '}');
    json_int_member(w, "quantity", quantity);
    json_close(w, '}');
}

/* One line: at is "line_items[0]". Adds its amount to the session's. */
static const struct stripe_error *
read_item(struct arena *arena, const struct form *form, const char *at,
          struct json_writer *w, struct session *out)
{
    const char *unit = arena_printf(arena, "%s[price_data][unit_amount]", at);
    const char *count = arena_printf(arena, "%s[quantity]", at);
    const char *money = arena_printf(arena, "%s[price_data][currency]", at);
    const char *title =
        arena_printf(arena, "%s[price_data][product_data][name]", at);
    const char *const required[] = {money, unit, title, count};
    for (size_t i = 0; i < sizeof required / sizeof required[0]; i++)
        if (form_value(form, required[i]) == NULL)
            return parameter_missing(arena, required[i]);
    int64_t unit_minor = 0;
    int64_t quantity = 0;
    int64_t total_minor = 0;
    const char *currency;
    const char *name;
    const struct stripe_error *error =
        parameter_currency(arena, form, money, &currency);
    if (error == NULL)
        error = parameter_integer(arena, form, unit, 0, INT64_MAX, &unit_minor);
    if (error == NULL)
        error = parameter_amount_most(arena, unit, unit_minor, currency);
    if (error == NULL)
        error =
            parameter_integer(arena, form, count, 1, QUANTITY_MOST, &quantity);
    if (error == NULL)
        error = parameter_text(arena, form, title, ITEM_LENGTH, &name);
    if (error != NULL)
        return error;
    if (out->currency != NULL && strcmp(out->currency, currency) != 0)
        return stripe_error_create(arena, NULL, NULL,
                                   "All line items must have the same "
                                   "currency.");
    out->currency = currency;
    if (!money_add(out->amount_minor, unit_minor * quantity, &total_minor))
        total_minor = INT64_MAX;
    out->amount_minor = total_minor;
    put_item(w, arena, name, currency, unit_minor, quantity);
    return parameter_amount_most(arena, "line_items", total_minor, currency);
}

/* Finds the first field from *next on that begins a new line; returns the
 * line, such as "line_items[0]", or NULL when no new line follows. */
static const char *next_item(struct arena *arena, const struct form *form,
                             size_t *next)
{
    static const char head[] = "line_items[";
    for (; *next < form->count; ++*next) {
        const char *name = form->fields[*next].name;
        if (strncmp(name, head, sizeof head - 1) != 0)
            continue;
        size_t length = strcspn(name, "]") + 1;
        bool seen = false;
        for (size_t i = 0; i < *next && !seen; i++)
            seen = strncmp(form->fields[i].name, name, length) == 0;
        if (!seen) {
            ++*next;
            return arena_copy(arena, name, length);
        }
    }
    return NULL;
}

static const struct stripe_error *
read_items(struct arena *arena, const struct form *form, struct session *out)
{
    struct text text = text_create(arena, 512);
    struct json_writer w = json_writer(&text);
    size_t next = 0;
    json_open(&w, '[');
    for (const char *at; (at = next_item(arena, form, &next)) != NULL;) {
        const struct stripe_error *error = read_item(arena, form, at, &w, out);
        if (error != NULL)
            return error;
    }
    json_close(&w, ']');
    out->line_items = text.bytes;
    if (out->currency == NULL)
        return parameter_missing(arena, "line_items");
    if (out->amount_minor == 0)
        return stripe_error_create(arena, "amount_too_small", "line_items",
                                   "The Checkout Session's total amount must "
                                   "be more than zero.");
    return parameter_amount_least(arena, "line_items", out->amount_minor,
                                  out->currency);
}

static const struct stripe_error *read_life(struct arena *arena,
                                            const struct form *form,
                                            int64_t now_ms, struct session *out)
{
    int64_t now_s = now_ms / 1000;
    int64_t until_s = now_s + MOST_LIFE_S;
    const struct stripe_error *error =
        parameter_time(arena, form, "expires_at", &until_s);
    out->created_ms = now_ms;
    out->expires_ms = until_s * 1000;
    if (error != NULL)
        return error;
    if (until_s < now_s + LEAST_LIFE_S - CLOCK_SLACK_S)
        return stripe_error_create(arena, NULL, "expires_at",
                                   "The `expires_at` timestamp must be at "
                                   "least 30 minutes from Checkout Session "
                                   "creation.");
    if (until_s > now_s + MOST_LIFE_S + CLOCK_SLACK_S)
        return stripe_error_create(arena, NULL, "expires_at",
                                   "The `expires_at` timestamp must be less "
                                   "than 24 hours from Checkout Session "
                                   "creation.");
    return NULL;
}

static const struct stripe_error *read_kind(struct arena *arena,
                                            const struct form *form)
{
    static const char *const modes[] = {"payment", NULL};
    static const char *const pages[] = {"hosted", NULL};
    static const char *const words[] = {"auto", "book", "donate", "pay", NULL};
    const char *unused;
    bool given;
    if (form_value(form, "mode") == NULL)
        return parameter_missing(arena, "mode");
    const struct stripe_error *error = parameter_choice(
        arena, form, "mode", modes,
        "payment. This local gateway has no other mode", &unused);
    if (error == NULL)
        error = parameter_choice(arena, form, "ui_mode", pages,
                                 "hosted. This local gateway has no other page",
                                 &unused);
    if (error == NULL)
        error = parameter_choice(arena, form, "submit_type", words,
                                 "auto, book, donate, or pay", &unused);
    if (error == NULL)
        error = parameter_card_only(arena, form, &given);
    return error;
}

static const struct stripe_error *
read_texts(struct arena *arena, const struct form *form, struct session *out)
{
    const struct stripe_error *error =
        parameter_url(arena, form, "success_url", &out->success_url);
    if (error == NULL && out->success_url == NULL)
        error = parameter_missing(arena, "success_url");
    if (error == NULL)
        error = parameter_url(arena, form, "cancel_url", &out->cancel_url);
    if (error == NULL)
        error = parameter_email(arena, form, "customer_email",
                                &out->customer_email);
    if (error == NULL)
        error = parameter_text(arena, form, "client_reference_id",
                               REFERENCE_LENGTH, &out->client_reference_id);
    if (error == NULL)
        error =
            parameter_metadata(arena, form, "metadata", NULL, &out->metadata);
    if (error == NULL)
        error = parameter_metadata(arena, form, "payment_intent_data[metadata]",
                                   NULL, &out->intent_metadata);
    if (error == NULL)
        error = parameter_text(arena, form, "payment_intent_data[description]",
                               DESCRIPTION_LENGTH, &out->intent_description);
    return error;
}

static const struct stripe_error *read_creation(struct arena *arena,
                                                const struct form *form,
                                                int64_t now_ms,
                                                struct session *out)
{
    *out = (struct session){.status = SESSION_OPEN};
    const struct stripe_error *error = read_kind(arena, form);
    if (error == NULL)
        error = read_items(arena, form, out);
    if (error == NULL)
        error = read_texts(arena, form, out);
    if (error == NULL)
        error = read_life(arena, form, now_ms, out);
    const char *order_id =
        form_value(form, "payment_intent_data[metadata][order_id]");
    out->intent_order_id =
        order_id != NULL && order_id[0] != '\0' ? order_id : NULL;
    return error;
}

struct session_change {
    struct session session;
    struct command command;
};

static const struct parameter_expand expandable[] = {
    {"line_items", STRIPE_EXPAND_ITEMS},
    {"payment_intent", STRIPE_EXPAND_INTENT},
    {"payment_intent.latest_charge",
     STRIPE_EXPAND_INTENT | STRIPE_EXPAND_CHARGE},
    {NULL, 0}};

static void put(struct json_writer *w, struct db *db, struct arena *arena,
                const struct session *session, unsigned expand)
{
    struct intent intent = {0};
    if (session->intent_id != NULL && (expand & STRIPE_EXPAND_INTENT) != 0 &&
        !intent_find(db, arena, session->intent_id, &intent))
        expand = 0;
    session_put(w, session, &intent, expand);
}

int session_create_read(struct web *web, struct request *request,
                        struct reply *reply)
{
    struct session_change *change = arena_alloc(request->arena, sizeof *change);
    struct session *session = &change->session;
    int status = command_read(web, request, reply, create_known, expandable,
                              &change->command);
    if (status != WEB_GO_ON)
        return status;
    const struct stripe_error *error = read_creation(
        request->arena, &change->command.form, clock_wall_ms(), session);
    session->id = stripe_id(request->arena, "cs_test_");
    session->url = arena_printf(request->arena, "http://%s/c/pay/%s",
                                web->settings->gateway_listen, session->id);
    return command_go_on(request, reply, error, change);
}

static int create(struct web *web, struct request *request, struct reply *reply)
{
    const struct session_change *change = request->state;
    session_add(web->writer, &change->session);
    web->wake = true; /* the deliverer sees to its end */
    struct json_writer w = api_json(request, reply);
    put(&w, web->writer, request->arena, &change->session,
        change->command.expand);
    return 200;
}

int session_create_write(struct web *web, struct request *request,
                         struct reply *reply)
{
    struct session_change *change = request->state;
    return command_once(web, request, reply, &change->command, create);
}

int session_show(struct web *web, struct request *request, struct reply *reply)
{
    unsigned expand;
    struct session session;
    int status = api_read_plain(web, request, reply, expandable, &expand);
    if (status != WEB_GO_ON)
        return status;
    if (!session_find(web->reader, request->arena, request->param,
                      clock_wall_ms(), &session))
        return api_no_such(request, reply, "checkout.session", "session",
                           request->param);
    struct json_writer w = api_json(request, reply);
    put(&w, web->reader, request->arena, &session, expand);
    return 200;
}

int session_list(struct web *web, struct request *request, struct reply *reply)
{
    static const char *const known[] = {LISTING_KNOWN, "payment_intent",
                                        "status", NULL};
    static const char *const statuses[] = {"open", "complete", "expired", NULL};
    static const struct parameter_expand list_expandable[] = {
        {"data.line_items", STRIPE_EXPAND_ITEMS},
        {"data.payment_intent", STRIPE_EXPAND_INTENT},
        {NULL, 0}};
    static const struct listing_kind kind = {
        .url = "/v1/checkout/sessions",
        .noun = "checkout.session",
        .known = known,
        .expandable = list_expandable,
        .place = "SELECT created_ms, sequence FROM sessions "
                 "WHERE session_id = $1"};
    struct arena *arena = request->arena;
    struct listing listing;
    const char *of_status = NULL;
    int status = listing_read(web, request, reply, &kind, &listing);
    if (status != WEB_GO_ON)
        return status;
    const struct form *form = &listing.form;
    const struct stripe_error *error =
        parameter_choice(arena, form, "status", statuses,
                         "open, complete, or expired", &of_status);
    if (error != NULL)
        return api_refuse(request, reply, error);
    struct session sessions[LISTING_MOST + 1];
    int count = session_find_page(web->reader, arena,
                                  form_value(form, "payment_intent"), of_status,
                                  &listing.page, clock_wall_ms(), sessions);
    struct json_writer w = listing_open(request, reply);
    for (int i = 0; i < count && i < listing.limit; i++)
        put(&w, web->reader, arena, &sessions[i], listing.expand);
    return listing_close(&w, &kind, &listing, count);
}

int session_expire_read(struct web *web, struct request *request,
                        struct reply *reply)
{
    static const char *const known[] = {"expand[*]", NULL};
    struct session_change *change = arena_alloc(request->arena, sizeof *change);
    int status =
        command_read(web, request, reply, known, expandable, &change->command);
    return status == WEB_GO_ON ? command_go_on(request, reply, NULL, change)
                               : status;
}

static int expire(struct web *web, struct request *request, struct reply *reply)
{
    struct session_change *change = request->state;
    struct arena *arena = request->arena;
    struct session *session = &change->session;
    if (!session_find(web->writer, arena, request->param, clock_wall_ms(),
                      session))
        return api_no_such(request, reply, "checkout.session", "session",
                           request->param);
    if (session->status != SESSION_OPEN)
        return api_refuse(
            request, reply,
            stripe_error_create(
                arena, NULL, NULL,
                arena_printf(
                    arena,
                    "Only Checkout Sessions with a status in "
                    "[\"open\"] can be expired. This Checkout Session "
                    "has a status of `%s`.",
                    names_of(&session_status_names, session->status))));
    session_expire(&(struct cause){web, request, 0, 1}, session);
    struct json_writer w = api_json(request, reply);
    put(&w, web->writer, arena, session, change->command.expand);
    return 200;
}

int session_expire_write(struct web *web, struct request *request,
                         struct reply *reply)
{
    struct session_change *change = request->state;
    return command_once(web, request, reply, &change->command, expire);
}
