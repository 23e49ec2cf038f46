/* A Checkout Session's life: see flow.h. */
#include "cgi-bin/gateway/session/flow.h"

#include <string.h>

#include "cgi-bin/gateway/base/object.h"
#include "cgi-bin/gateway/event/event.h"
#include "lib/base/clock.h"

enum { OBJECT_SIZE = 2048, EXPIRE_MOST = 100 };

static void tell(struct web *web, struct request *request,
                 const struct session *session, const char *type,
                 int64_t delay_ms, int copies)
{
    struct text text = text_create(request->arena, OBJECT_SIZE);
    struct json_writer w = json_writer(&text);
    stripe_put_session(&w, session, NULL, 0);
    event_emit(web, request, type, text.bytes, delay_ms, copies);
}

static void begin_intent(struct web *web, struct request *request,
                         const struct session *session, int64_t delay_ms,
                         int copies, struct intent *out)
{
    *out = (struct intent){.amount_minor = session->amount_minor,
                           .currency = session->currency,
                           .order_id = session->intent_order_id,
                           .metadata = session->intent_metadata,
                           .description = session->intent_description,
                           .capture_method = "automatic_async"};
    intent_flow_begin(web, request, out, delay_ms, copies);
}

void session_flow_pay(struct web *web, struct request *request,
                      struct session *session, const struct test_card *card,
                      int64_t delay_ms, int copies, struct intent *out)
{
    if (session->intent_id == NULL ||
        !journal_intent(web->writer, request->arena, session->intent_id, out))
        begin_intent(web, request, session, delay_ms, copies, out);
    intent_flow_try(web, request, out, card, delay_ms, copies);
    bool paid = strcmp(out->status, "succeeded") == 0;
    session->intent_id = out->id;
    session->status = paid ? "complete" : "open";
    journal_move_session(web->writer, session);
    if (paid)
        tell(web, request, session, "checkout.session.completed", delay_ms,
             copies);
}

void session_flow_pay_again(struct web *web, struct request *request,
                            const struct session *session,
                            const struct test_card *card, int64_t delay_ms,
                            int copies, struct intent *out)
{
    begin_intent(web, request, session, delay_ms, copies, out);
    intent_flow_try(web, request, out, card, delay_ms, copies);
}

void session_flow_expire(struct web *web, struct request *request,
                         struct session *session)
{
    struct intent intent;
    session->status = "expired";
    journal_move_session(web->writer, session);
    if (session->intent_id != NULL &&
        journal_intent(web->writer, request->arena, session->intent_id,
                       &intent))
        intent_flow_cancel(web, request, &intent, "automatic", 0, 1);
    tell(web, request, session, "checkout.session.expired", 0, 1);
}

int session_flow_expire_due(struct web *web, struct request *request)
{
    struct session sessions[EXPIRE_MOST];
    int count = journal_expired_sessions(
        web->writer, request->arena, clock_wall_ms(), EXPIRE_MOST, sessions);
    for (int i = 0; i < count; i++)
        session_flow_expire(web, request, &sessions[i]);
    return count;
}
