/* Checkout Sessions, events and webhook endpoints as JSON: see
 * base/object.h. */
#include <string.h>

#include "cgi-bin/gateway/base/object.h"

static void put_payment_intent(struct json_writer *w,
                               const struct session *session,
                               const struct intent *intent, unsigned expand)
{
    json_key(w, "payment_intent");
    if ((expand & STRIPE_EXPAND_INTENT) != 0 && session->intent_id != NULL)
        stripe_put_intent(w, intent, expand);
    else
        json_put_string(w, session->intent_id);
}

static void put_customer(struct json_writer *w, const struct session *session)
{
    stripe_null_member(w, "customer");
    json_string_member(w, "customer_creation", "if_required");
    json_key(w, "customer_details");
    if (session->customer_email == NULL) {
        json_put_null(w);
    } else {
        json_open(w, '{');
        stripe_null_member(w, "address");
        json_string_member(w, "email", session->customer_email);
        stripe_null_member(w, "name");
        stripe_null_member(w, "phone");
        json_string_member(w, "tax_exempt", "none");
        stripe_null_member(w, "tax_ids");
        json_close(w, '}');
    }
    json_string_member(w, "customer_email", session->customer_email);
}

static void put_line_items(struct json_writer *w, struct arena *arena,
                           const struct session *session)
{
    json_key(w, "line_items");
    json_open(w, '{');
    json_string_member(w, "object", "list");
    stripe_raw_member(w, "data", session->line_items);
    stripe_raw_member(w, "has_more", "false");
    json_string_member(w, "url",
                       arena_printf(arena,
                                    "/v1/checkout/sessions/%s/line_items",
                                    session->id));
    json_close(w, '}');
}

void stripe_put_session(struct json_writer *w, const struct session *session,
                        const struct intent *intent, unsigned expand)
{
    bool open = strcmp(session->status, "open") == 0;
    bool paid = strcmp(session->status, "complete") == 0;
    json_open(w, '{');
    json_string_member(w, "id", session->id);
    json_string_member(w, "object", "checkout.session");
    json_int_member(w, "amount_subtotal", session->amount_minor);
    json_int_member(w, "amount_total", session->amount_minor);
    json_string_member(w, "cancel_url", session->cancel_url);
    json_string_member(w, "client_reference_id", session->client_reference_id);
    json_int_member(w, "created", session->created_ms / 1000);
    json_string_member(w, "currency", session->currency);
    put_customer(w, session);
    json_int_member(w, "expires_at", session->expires_ms / 1000);
    stripe_null_member(w, "invoice");
    if ((expand & STRIPE_EXPAND_ITEMS) != 0)
        put_line_items(w, w->out->arena, session);
    stripe_raw_member(w, "livemode", "false");
    stripe_null_member(w, "locale");
    stripe_raw_member(w, "metadata", session->metadata);
    json_string_member(w, "mode", "payment");
    put_payment_intent(w, session, intent, expand);
    stripe_null_member(w, "payment_link");
    json_string_member(w, "payment_method_collection", "if_required");
    stripe_raw_member(w, "payment_method_options", "{}");
    stripe_raw_member(w, "payment_method_types", "[\"card\"]");
    json_string_member(w, "payment_status", paid ? "paid" : "unpaid");
    stripe_null_member(w, "recovered_from");
    stripe_null_member(w, "setup_intent");
    json_string_member(w, "status", session->status);
    stripe_null_member(w, "submit_type");
    stripe_null_member(w, "subscription");
    json_string_member(w, "success_url", session->success_url);
    stripe_raw_member(w, "total_details",
                      "{\"amount_discount\":0,\"amount_shipping\":0,"
                      "\"amount_tax\":0}");
    json_string_member(w, "ui_mode", "hosted");
    json_string_member(w, "url", open ? session->url : NULL);
    json_close(w, '}');
}

void stripe_put_event(struct json_writer *w, const struct event *event)
{
    json_open(w, '{');
    json_string_member(w, "id", event->id);
    json_string_member(w, "object", "event");
    json_string_member(w, "api_version", STRIPE_OBJECT_VERSION);
    json_int_member(w, "created", event->created_ms / 1000);
    json_key(w, "data");
    json_open(w, '{');
    stripe_raw_member(w, "object", event->object);
    json_close(w, '}');
    stripe_raw_member(w, "livemode", "false");
    json_int_member(w, "pending_webhooks", event->pending);
    json_key(w, "request");
    json_open(w, '{');
    json_string_member(w, "id", event->request_id);
    json_string_member(w, "idempotency_key", event->idempotency_key);
    json_close(w, '}');
    json_string_member(w, "type", event->type);
    json_close(w, '}');
}

void stripe_put_endpoint(struct json_writer *w, const struct endpoint *endpoint,
                         bool with_secret)
{
    json_open(w, '{');
    json_string_member(w, "id", endpoint->id);
    json_string_member(w, "object", "webhook_endpoint");
    json_string_member(w, "api_version", STRIPE_OBJECT_VERSION);
    stripe_null_member(w, "application");
    json_int_member(w, "created", endpoint->created_ms / 1000);
    json_string_member(w, "description", endpoint->description);
    stripe_raw_member(w, "enabled_events", endpoint->enabled_events);
    stripe_raw_member(w, "livemode", "false");
    stripe_raw_member(w, "metadata", endpoint->metadata);
    if (with_secret)
        json_string_member(w, "secret", endpoint->secret);
    json_string_member(w, "status", endpoint->status);
    json_string_member(w, "url", endpoint->url);
    json_close(w, '}');
}
