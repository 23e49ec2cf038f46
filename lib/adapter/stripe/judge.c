/* What an answer of the gateway is taken for: see stripe.h. Called by stripe.c
 * with each. Only what is certain is a success or a failure: money that moved
 * unseen costs more than asking again. */
#include <string.h>

#include "lib/adapter/stripe/private.h"
#include "lib/base/log/log.h"

/* Whether an object is about what was asked for. */
static bool is_ours(const struct stripe_call *call, const char *order_id,
                    int64_t amount_minor, const char *currency)
{
    return order_id != NULL && strcmp(order_id, call->order_id) == 0 &&
           amount_minor == call->amount_minor &&
           (call->currency == NULL ||
            (currency != NULL && strcmp(currency, call->currency) == 0));
}

static void not_ours(const struct stripe_call *call,
                     struct stripe_answer *answer)
{
    answer->message = "the gateway's answer is not about what was asked";
    log_error("gateway: order %s: %s", call->order_id, answer->message);
}

static void fail(struct stripe_answer *answer, const char *code,
                 const char *message)
{
    answer->outcome = STRIPE_FAILED;
    answer->code = code;
    answer->message = message;
}

/* One that its status does not settle, or not for us. */
static void doubt(struct stripe_call *call, struct stripe_answer *answer,
                  const char *what, const char *status)
{
    answer->code = status;
    answer->message =
        arena_printf(&call->arena, "the %s has status %s", what, status);
}

static bool read_intent(struct stripe_call *call, const struct json *object,
                        struct stripe_answer *answer)
{
    if (!stripe_read_intent(object, &answer->intent, &call->arena)) {
        answer->message = "the gateway's answer is no payment intent";
        return false;
    }
    answer->id = answer->intent.id;
    return true;
}

STRIPE_JUDGE(stripe_judge_charge)
{
    const struct stripe_intent *intent = &answer->intent;
    if (!read_intent(call, object, answer))
        return;
    if (!is_ours(call, intent->order_id, intent->amount_minor,
                 intent->currency)) {
        not_ours(call, answer);
        return;
    }
    const char *status = intent->status;
    bool action = strcmp(status, "requires_action") == 0;
    if (strcmp(status, "succeeded") == 0) {
        answer->outcome = STRIPE_SUCCEEDED;
    } else if (action && intent->action_url != NULL) {
        answer->outcome = STRIPE_ACTION;
        answer->url = intent->action_url;
    } else {
        doubt(call, answer, "payment", status);
        /* Without a page to go to nobody can do what the bank wants. */
        if (action || strcmp(status, "canceled") == 0 ||
            strcmp(status, "requires_payment_method") == 0)
            fail(answer, intent->code != NULL ? intent->code : status,
                 intent->message != NULL ? intent->message : answer->message);
    }
}

STRIPE_JUDGE(stripe_judge_intent)
{
    if (!read_intent(call, object, answer))
        return;
    if (strcmp(answer->id, call->id) == 0)
        answer->outcome = STRIPE_SUCCEEDED;
    else
        answer->message = "the gateway answers another payment intent";
}

static bool read_session(struct stripe_call *call, const struct json *object,
                         struct stripe_answer *answer)
{
    if (!stripe_read_session(object, &answer->session, &call->arena)) {
        answer->message = "the gateway's answer is no session";
        return false;
    }
    if (call->id != NULL && strcmp(answer->session.id, call->id) != 0) {
        answer->message = "the gateway answers another session";
        return false;
    }
    answer->id = answer->session.id;
    answer->url = answer->session.url;
    return true;
}

STRIPE_JUDGE(stripe_judge_page)
{
    const struct stripe_session *session = &answer->session;
    if (!read_session(call, object, answer))
        return;
    bool open = strcmp(session->status, "open") == 0;
    if (!is_ours(call, session->order_id, session->amount_minor,
                 session->currency))
        not_ours(call, answer);
    else if ((open && session->url != NULL) ||
             strcmp(session->status, "complete") == 0)
        answer->outcome = STRIPE_SUCCEEDED;
    else
        doubt(call, answer, open ? "session without a page" : "session",
              session->status);
}

STRIPE_JUDGE(stripe_judge_session)
{
    if (read_session(call, object, answer))
        answer->outcome = STRIPE_SUCCEEDED;
}

STRIPE_JUDGE(stripe_judge_expiry)
{
    if (!read_session(call, object, answer))
        return;
    if (strcmp(answer->session.status, "expired") == 0)
        answer->outcome = STRIPE_SUCCEEDED;
    else
        doubt(call, answer, "session", answer->session.status);
}

STRIPE_JUDGE(stripe_judge_refund)
{
    const struct json *metadata = json_member(object, "metadata");
    const char *order_id = json_string(json_member(metadata, "order_id"));
    const char *reason = json_string(json_member(object, "failure_reason"));
    const char *status = json_string(json_member(object, "status"));
    const char *id = stripe_read_id(object, "id");
    int64_t amount_minor;
    if (id == NULL || status == NULL ||
        !stripe_read_number(object, "amount", &amount_minor)) {
        answer->message = "the gateway's answer is no refund";
        return;
    }
    if (!is_ours(call, order_id, amount_minor, NULL)) {
        not_ours(call, answer);
        return;
    }
    answer->id = id;
    answer->status = status;
    if (strcmp(status, "succeeded") == 0 || strcmp(status, "pending") == 0) {
        answer->outcome = STRIPE_SUCCEEDED;
        return;
    }
    doubt(call, answer, "refund", status);
    if (strcmp(status, "failed") == 0 || strcmp(status, "canceled") == 0)
        fail(answer, reason != NULL ? reason : status, answer->message);
}

/* Whether an error says that nothing became of the call. A key that was used
 * with other parameters or by a call still running says nothing of that call;
 * nor does an intent that went on. */
static bool is_refusal(const struct stripe_call *call, int status,
                       const char *type, const struct stripe_intent *intent)
{
    enum { CONFLICT = 409, DEPENDENCY_FAILED = 424 };
    if (status < 400 || status > 499 || status == CONFLICT ||
        status == DEPENDENCY_FAILED)
        return false;
    if (strcmp(type, "card_error") != 0 &&
        strcmp(type, "invalid_request_error") != 0)
        return false;
    return call->judge != stripe_judge_charge || intent->status == NULL ||
           (strcmp(intent->status, "succeeded") != 0 &&
            strcmp(intent->status, "processing") != 0);
}

/* docs.stripe.com/api/errors. Only an error object is a no: what stands
 * between us and the gateway answers 4xx too. */
static void judge_error(struct stripe_call *call, int status,
                        const struct json *error, struct stripe_answer *answer)
{
    const char *type = json_string(json_member(error, "type"));
    if (type == NULL) {
        answer->message = "the gateway's answer holds no error";
        return;
    }
    answer->code = json_string(json_member(error, "decline_code"));
    if (answer->code == NULL)
        answer->code = json_string(json_member(error, "code"));
    if (answer->code == NULL)
        answer->code = type;
    answer->message = json_string(json_member(error, "message"));
    if (answer->message == NULL)
        answer->message = answer->code;
    /* A refund's or a session's error may name an intent; its id is no id of
     * theirs. */
    const struct json *intent = json_member(error, "payment_intent");
    if (!stripe_read_intent(intent, &answer->intent, &call->arena))
        answer->intent = (struct stripe_intent){0};
    if (call->judge == stripe_judge_charge)
        answer->id = answer->intent.id;
    if (answer->outcome == STRIPE_UNKNOWN &&
        is_refusal(call, status, type, &answer->intent))
        answer->outcome = STRIPE_FAILED;
}

void stripe_judge_reply(struct stripe_call *call,
                        const struct transfer_answer *reply,
                        struct stripe_answer *answer)
{
    enum { UNAUTHORIZED = 401, FORBIDDEN = 403, TOO_MANY = 429 };
    if (reply->outcome != TRANSFER_ANSWERED) {
        if (reply->outcome == TRANSFER_NOT_SENT)
            answer->outcome = STRIPE_UNSENT;
        return;
    }
    answer->message = NULL;
    /* The operator's fault, not the customer's. The gateway's own words for
     * it hold part of the key. */
    if (reply->status == UNAUTHORIZED || reply->status == FORBIDDEN) {
        answer->outcome = STRIPE_UNSENT;
        answer->message = "the gateway refuses the secret key";
        log_error("gateway: %s (%d)", answer->message, reply->status);
        return;
    }
    if (reply->status == TOO_MANY)
        answer->outcome = STRIPE_UNSENT;
    struct json_fault fault;
    const struct json *object = json_read(&call->arena, reply->body,
                                          reply->length, STRIPE_DEPTH, &fault);
    if (object == NULL)
        answer->message = "the gateway's answer is not JSON";
    else if (reply->status == 200)
        call->judge(call, object, answer);
    else
        judge_error(call, reply->status, json_member(object, "error"), answer);
}
