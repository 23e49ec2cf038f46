/* Events of PaymentIntents and Checkout Sessions: what they say of a payment
 * attempt. See gateway_event_private.h. */
#include <string.h>

#include "lib/workflow/payment/gateway_event_private.h"
#include "lib/workflow/payment/outcome.h"

enum { LOOK_MS = 60000 /* at what the customer does at the bank */ };

static const char unreadable[] = "Its object is not what its type says.";
static const char known[] = "Known already.";

/* What an event says of the attempt it is about. */
struct about {
    const char *order_id; /* metadata, as the next */
    int64_t attempt_no;
    const char *session_id; /* NULL: not told, as the next */
    const char *intent_id;
};

/* By the ids that are ours first: metadata may name any order. True: found.
 * False: *verdict says what becomes of the event. */
static bool find_attempt(const struct arrival *arrival,
                         const struct about *about,
                         struct payment_attempt *attempt,
                         struct verdict *verdict)
{
    struct db *db = arrival->db;
    struct arena *arena = arrival->arena;
    if (about->session_id != NULL &&
        payment_find_session(db, about->session_id, attempt, arena))
        return true;
    if (about->intent_id != NULL &&
        payment_find_intent(db, about->intent_id, attempt, arena))
        return true;
    if (about->order_id != NULL &&
        payment_find_numbered(db, about->order_id, about->attempt_no, attempt,
                              arena))
        return true;
    *verdict =
        about->order_id == NULL
            ? verdict_ignored("Not of an order here: it names none.")
            : verdict_early("The payment attempt it names is not here (yet).");
    return false;
}

static struct verdict paid(const struct arrival *arrival,
                           const struct about *about, int64_t amount_minor,
                           const char *currency)
{
    static const char *const messages[] = {
        [OUTCOME_TAKEN] = "Paid: the order goes on.",
        [OUTCOME_KNOWN] = known,
        [OUTCOME_REOPENED] = "Paid late: the order was taken up again.",
        [OUTCOME_EXTRA] = "Paid too late or once too often: given back.",
        [OUTCOME_ODD] = "Not this order's amount or currency: not booked.",
        [OUTCOME_FOREIGN] =
            "The shop did not ask for this payment: not booked."};
    struct payment_attempt attempt;
    struct verdict verdict;
    if (!find_attempt(arrival, about, &attempt, &verdict))
        return verdict;
    enum outcome outcome = outcome_paid(
        arrival->db, arrival->settings, &attempt,
        &(struct money_taken){about->intent_id, amount_minor, currency},
        arrival->now_ms, arrival->arena);
    return verdict_applied(attempt.order_id, messages[outcome]);
}

struct verdict apply_intent_paid(const struct arrival *arrival)
{
    struct stripe_intent intent;
    if (!stripe_read_intent(arrival->object, &intent, arrival->arena))
        return verdict_ignored(unreadable);
    return paid(arrival,
                &(struct about){.order_id = intent.order_id,
                                .attempt_no = intent.attempt_no,
                                .intent_id = intent.id},
                intent.received_minor, intent.currency);
}

struct verdict apply_session_paid(const struct arrival *arrival)
{
    struct stripe_session session;
    if (!stripe_read_session(arrival->object, &session, arrival->arena))
        return verdict_ignored(unreadable);
    if (session.payment_status == NULL ||
        strcmp(session.payment_status, "paid") != 0 ||
        session.intent_id == NULL)
        return verdict_ignored("Not paid (yet).");
    return paid(arrival,
                &(struct about){.order_id = session.order_id,
                                .attempt_no = session.attempt_no,
                                .session_id = session.id,
                                .intent_id = session.intent_id},
                session.amount_minor, session.currency);
}

/* Reads the intent and finds its attempt. */
static bool read_intent(const struct arrival *arrival,
                        struct stripe_intent *intent,
                        struct payment_attempt *attempt,
                        struct verdict *verdict)
{
    if (!stripe_read_intent(arrival->object, intent, arrival->arena)) {
        *verdict = verdict_ignored(unreadable);
        return false;
    }
    return find_attempt(arrival,
                        &(struct about){.order_id = intent->order_id,
                                        .attempt_no = intent->attempt_no,
                                        .intent_id = intent->id},
                        attempt, verdict);
}

/* Still open, charged by us, and no other intent is known to be its own. */
static bool is_open_token(const struct payment_attempt *attempt,
                          const char *intent_id)
{
    return attempt->kind == PAYMENT_TOKEN && payment_was_asked(attempt) &&
           attempt->status == ATTEMPT_OPEN &&
           (attempt->intent_id == NULL ||
            strcmp(attempt->intent_id, intent_id) == 0);
}

/* An intent may go on after a decline, but not one that was confirmed here:
 * its customer is not asked for another card. */
struct verdict apply_intent_failed(const struct arrival *arrival)
{
    struct stripe_intent intent;
    struct payment_attempt attempt;
    struct verdict verdict;
    if (!read_intent(arrival, &intent, &attempt, &verdict))
        return verdict;
    bool canceled =
        strcmp(arrival->event->type, "payment_intent.canceled") == 0;
    const char *message = intent.message != NULL ? intent.message
                          : canceled             ? "The payment was cancelled."
                                                 : "The payment was declined.";
    if (attempt.kind == PAYMENT_HOSTED)
        return verdict_applied(
            attempt.order_id,
            canceled ? "Cancelled at the gateway: noted."
                     : arena_printf(arrival->arena,
                                    "Declined (%s): the customer may try "
                                    "again.",
                                    message));
    if (!is_open_token(&attempt, intent.id))
        return verdict_applied(attempt.order_id, known);
    const char *code = intent.code != NULL ? intent.code
                       : canceled          ? "canceled"
                                           : "card_declined";
    outcome_failed(arrival->db, arrival->settings, &attempt,
                   &(struct refusal){code, message, intent.id}, arrival->now_ms,
                   arrival->arena);
    return verdict_applied(attempt.order_id, "Declined: the order is told.");
}

struct verdict apply_intent_action(const struct arrival *arrival)
{
    struct stripe_intent intent;
    struct payment_attempt attempt;
    struct verdict verdict;
    if (!read_intent(arrival, &intent, &attempt, &verdict))
        return verdict;
    if (!is_open_token(&attempt, intent.id) || attempt.payment_url != NULL ||
        intent.action_url == NULL)
        return verdict_applied(attempt.order_id, known);
    const struct payment_place place = {.intent_id = intent.id,
                                        .payment_url = intent.action_url};
    payment_look_after(arrival->db, attempt.attempt_id,
                       payment_wait(arrival->db, attempt.attempt_id, &place,
                                    LOOK_MS, arrival->now_ms));
    return verdict_applied(attempt.order_id,
                           "The customer is sent to the bank's page.");
}

struct verdict apply_session_expired(const struct arrival *arrival)
{
    struct stripe_session session;
    struct payment_attempt attempt;
    struct verdict verdict;
    if (!stripe_read_session(arrival->object, &session, arrival->arena))
        return verdict_ignored(unreadable);
    if (!find_attempt(arrival,
                      &(struct about){.order_id = session.order_id,
                                      .attempt_no = session.attempt_no,
                                      .session_id = session.id},
                      &attempt, &verdict))
        return verdict;
    if (attempt.kind != PAYMENT_HOSTED || attempt.status != ATTEMPT_OPEN ||
        attempt.session_id == NULL ||
        strcmp(attempt.session_id, session.id) != 0)
        return verdict_applied(attempt.order_id, known);
    payment_go_on(arrival->db, attempt.attempt_id, PAYMENT_CLOSE,
                  arrival->now_ms);
    payment_look_after(arrival->db, attempt.attempt_id, 0);
    return verdict_applied(attempt.order_id, "The payment page has closed.");
}
