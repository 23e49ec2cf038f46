/* The bank's page: see bank.h. */
#include "cgi-bin/gateway/page/bank.h"

#include <string.h>

#include "cgi-bin/gateway/base/api.h"
#include "cgi-bin/gateway/intent/intent.h"
#include "cgi-bin/gateway/page/frame.h"

/* The shop's address with what Stripe adds to it (docs.stripe.com/payments/
 * payment-intents/verifying-status), before a fragment. */
static const char *return_url(struct arena *arena, const struct intent *intent)
{
    size_t head = strcspn(intent->return_url, "#");
    bool paid = intent->status == INTENT_SUCCEEDED;
    return arena_printf(arena,
                        "%.*s%cpayment_intent=%s&"
                        "payment_intent_client_secret=%s&redirect_status=%s%s",
                        (int)head, intent->return_url,
                        memchr(intent->return_url, '?', head) ? '&' : '?',
                        intent->id, intent->client_secret,
                        paid ? "succeeded" : "failed",
                        intent->return_url + head);
}

static const char *outcome(const struct intent *intent)
{
    switch (intent->status) {
    case INTENT_SUCCEEDED:
        return "This payment was approved, and the shop has its money.";
    case INTENT_CANCELED:
        return "The shop has withdrawn this payment. Nothing was charged.";
    case INTENT_REQUIRES_PAYMENT_METHOD:
    case INTENT_REQUIRES_CONFIRMATION:
    case INTENT_REQUIRES_ACTION:
        break;
    }
    return "This payment was refused. Nothing was charged.";
}

static bool is_waiting(const struct intent *intent)
{
    return intent->status == INTENT_REQUIRES_ACTION;
}

/* False when there is no such intent, or none that was ever sent here. */
static bool find(struct db *db, const struct request *request,
                 struct intent *intent)
{
    return intent_find(db, request->arena, request->param, intent) &&
           intent->return_url != NULL;
}

int bank_page_show(struct web *web, struct request *request,
                   struct reply *reply)
{
    struct intent intent;
    if (!find(web->reader, request, &intent))
        return frame_missing(web, request, reply);
    struct page *page =
        frame_create(web, request, intent.amount_minor, intent.currency);
    if (is_waiting(&intent)) {
        page_section(page, "WAITING");
    } else {
        struct page *settled = page_section(page, "SETTLED");
        page_set(settled, "OUTCOME", outcome(&intent));
        page_set(settled, "RETURN_URL", return_url(request->arena, &intent));
    }
    return frame_send(request, reply, page, "gateway-bank.html",
                      intent.return_url, NULL);
}

/* -1: there is none, or another word. */
static int read_answer(const struct request *request)
{
    static const char *const words[] = {
        [BANK_REFUSES] = "refuse", [BANK_APPROVES] = "approve"};
    static const struct names names = NAMES("bank's answer", words);
    const char *answer = frame_answer(request, "answer");
    return answer == NULL ? -1 : names_find(&names, answer);
}

int bank_page_read(struct web *web, struct request *request,
                   struct reply *reply)
{
    struct intent intent;
    if (!find(web->reader, request, &intent))
        return frame_missing(web, request, reply);
    if (read_answer(request) < 0)
        return api_refuse(request, reply,
                          stripe_error_create(request->arena, NULL, "answer",
                                              "It is approve or refuse."));
    return WEB_GO_ON;
}

/* A second press finds the answer given, and leads where the first did. */
int bank_page_write(struct web *web, struct request *request,
                    struct reply *reply)
{
    const struct cause cause = {web, request, 0, 1};
    struct intent intent;
    if (!find(web->writer, request, &intent))
        return frame_missing(web, request, reply);
    if (is_waiting(&intent))
        intent_authenticate(&cause, &intent,
                            (enum bank_answer)read_answer(request));
    return reply_redirect(reply, return_url(request->arena, &intent));
}
