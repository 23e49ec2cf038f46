/* Refunds and disputes as JSON: see base/object.h. */
#include <string.h>

#include "cgi-bin/gateway/base/object.h"

static void put_charge_and_intent(struct json_writer *w,
                                  const struct intent *intent, unsigned expand)
{
    json_key(w, "charge");
    if ((expand & STRIPE_EXPAND_CHARGE) != 0)
        stripe_put_charge(w, intent, 0);
    else
        json_put_string(w, intent->charge_id);
    json_key(w, "payment_intent");
    if ((expand & STRIPE_EXPAND_INTENT) != 0)
        stripe_put_intent(w, intent, 0);
    else
        json_put_string(w, intent->id);
}

void stripe_put_refund(struct json_writer *w, const struct refund *refund,
                       const struct intent *intent, unsigned expand)
{
    json_open(w, '{');
    json_string_member(w, "id", refund->id);
    json_string_member(w, "object", "refund");
    json_int_member(w, "amount", refund->amount_minor);
    stripe_null_member(w, "balance_transaction");
    put_charge_and_intent(w, intent, expand);
    json_int_member(w, "created", refund->created_ms / 1000);
    json_string_member(w, "currency", refund->currency);
    if (strcmp(refund->status, "failed") == 0)
        json_string_member(w, "failure_reason", "expired_or_canceled_card");
    stripe_raw_member(w, "metadata", refund->metadata);
    json_string_member(w, "reason", refund->reason);
    stripe_null_member(w, "receipt_number");
    json_string_member(w, "status", refund->status);
    json_close(w, '}');
}

void stripe_put_dispute(struct json_writer *w, const struct dispute *dispute,
                        const struct intent *intent, unsigned expand)
{
    json_open(w, '{');
    json_string_member(w, "id", dispute->id);
    json_string_member(w, "object", "dispute");
    json_int_member(w, "amount", dispute->amount_minor);
    stripe_raw_member(w, "balance_transactions", "[]");
    put_charge_and_intent(w, intent, expand);
    json_int_member(w, "created", dispute->created_ms / 1000);
    json_string_member(w, "currency", dispute->currency);
    json_key(w, "evidence");
    json_open(w, '{');
    json_string_member(w, "uncategorized_text", dispute->evidence);
    json_close(w, '}');
    stripe_raw_member(w, "is_charge_refundable", "false");
    stripe_raw_member(w, "livemode", "false");
    stripe_raw_member(w, "metadata", dispute->metadata);
    json_string_member(w, "reason", "fraudulent");
    json_string_member(w, "status", dispute->status);
    json_close(w, '}');
}
