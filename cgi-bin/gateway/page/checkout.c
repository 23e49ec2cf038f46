/* The hosted page: see checkout.h. */
#include "cgi-bin/gateway/page/checkout.h"

#include <string.h>

#include "cgi-bin/gateway/base/api.h"
#include "cgi-bin/gateway/page/frame.h"
#include "cgi-bin/gateway/session/session.h"
#include "lib/adapter/json/json.h"
#include "lib/base/text/money.h"
#include "lib/base/time/clock.h"

enum { LATE_MS = 10 * 1000, EARLY_MS = 2000, LINES_DEPTH = 8 };

enum ending {
    ENDS_AT_SHOP,
    ENDS_LOST,  /* nothing leads back */
    ENDS_HERE,  /* declined: the page again */
    ENDS_UNPAID /* the customer leaves */
};

struct scenario {
    const char *name;
    enum ending ending;
    int charges;
    int copies;       /* of each webhook, */
    int64_t delay_ms; /* and its delay */
    int64_t hold_ms;  /* of the way back */
};

static const struct scenario *find_scenario(const char *name)
{
    static const struct scenario scenarios[] = {
        {"pay", ENDS_AT_SHOP, 1, 1, 0, 0},
        {"decline", ENDS_HERE, 0, 1, 0, 0},
        {"leave", ENDS_UNPAID, 0, 0, 0, 0},
        {"twice", ENDS_AT_SHOP, 2, 1, 0, 0},
        {"lost", ENDS_LOST, 1, 1, 0, 0},
        {"late", ENDS_AT_SHOP, 1, 1, LATE_MS, 0},
        {"thrice", ENDS_AT_SHOP, 1, 3, 0, 0},
        {"early", ENDS_AT_SHOP, 1, 1, 0, EARLY_MS},
    };
    for (size_t i = 0; i < sizeof scenarios / sizeof scenarios[0]; i++)
        if (name != NULL && strcmp(scenarios[i].name, name) == 0)
            return &scenarios[i];
    return NULL;
}

/* The shop's address, with the session's id where it asked for it
 * (docs.stripe.com/payments/checkout/custom-success-page). */
static const char *success_url(struct arena *arena,
                               const struct session *session)
{
    static const char hole[] = "{CHECKOUT_SESSION_ID}";
    const char *rest = session->success_url;
    struct text url = text_create(arena, strlen(rest) + 128);
    const char *at;
    while ((at = strstr(rest, hole)) != NULL) {
        text_add(&url, rest, (size_t)(at - rest));
        text_puts(&url, session->id);
        rest = at + sizeof hole - 1;
    }
    text_puts(&url, rest);
    return url.bytes;
}

static void fill_lines(struct page *page, struct arena *arena,
                       const struct session *session)
{
    struct json_fault fault;
    const struct json *lines =
        json_read(arena, session->line_items, strlen(session->line_items),
                  LINES_DEPTH, &fault);
    for (const struct json *line = json_first(lines); line != NULL;
         line = json_next(line)) {
        struct page *row = page_section(page, "LINE");
        int64_t total_minor = 0;
        json_integer(json_member(line, "amount_total"), &total_minor);
        page_set(row, "TITLE", json_string(json_member(line, "description")));
        page_set(row, "QUANTITY",
                 json_number_text(json_member(line, "quantity")));
        page_set(row, "LINE_TOTAL",
                 money_format(arena, total_minor,
                              stripe_iso_currency(arena, session->currency)));
    }
}

/* Why the last try was declined; NULL when none was. */
static const char *decline_of(struct db *db, struct arena *arena,
                              const struct session *session)
{
    struct intent intent;
    if (session->intent_id == NULL ||
        !intent_find(db, arena, session->intent_id, &intent) ||
        intent.failed_method == NULL)
        return NULL;
    return test_card_of(intent.failed_method)->message;
}

static void fill_open(struct page *page, const char *decline)
{
    struct page *open = page_section(page, "OPEN");
    page_set(page, "STATE_TITLE", "Payment");
    if (decline != NULL)
        page_set(page_section(open, "DECLINED"), "MESSAGE", decline);
}

static void fill_expired(struct page *page, const struct session *session)
{
    struct page *expired = page_section(page, "EXPIRED");
    page_set(page, "STATE_TITLE", "No longer open");
    if (session->cancel_url != NULL)
        page_set(page_section(expired, "BACK"), "CANCEL_URL",
                 session->cancel_url);
}

/* done_url NULL: nothing leads back. */
static void fill_complete(struct page *page, const char *done_url)
{
    page_set(page, "STATE_TITLE", done_url == NULL ? "Charged" : "Paid");
    if (done_url == NULL)
        page_section(page, "LOST");
    else
        page_set(page_section(page, "COMPLETE"), "DONE_URL", done_url);
}

static int show(const struct web *web, const struct request *request,
                struct reply *reply, struct db *db,
                const struct session *session, enum ending ending)
{
    struct arena *arena = request->arena;
    struct page *page =
        frame_create(web, request, session->amount_minor, session->currency);
    fill_lines(page, arena, session);
    if (session->customer_email != NULL)
        page_set(page_section(page, "MAILED"), "EMAIL",
                 session->customer_email);
    switch (session->status) {
    case SESSION_OPEN:
        fill_open(page, decline_of(db, arena, session));
        break;
    case SESSION_EXPIRED:
        fill_expired(page, session);
        break;
    case SESSION_COMPLETE:
        fill_complete(page,
                      ending == ENDS_LOST ? NULL : success_url(arena, session));
        break;
    }
    return frame_send(request, reply, page, "gateway-checkout.html",
                      session->success_url, session->cancel_url);
}

int checkout_page_show(struct web *web, struct request *request,
                       struct reply *reply)
{
    struct session session;
    if (!session_find(web->reader, request->arena, request->param,
                      clock_wall_ms(), &session))
        return frame_missing(web, request, reply);
    return show(web, request, reply, web->reader, &session, ENDS_HERE);
}

int checkout_page_read(struct web *web, struct request *request,
                       struct reply *reply)
{
    const struct scenario *scenario =
        find_scenario(frame_answer(request, "scenario"));
    struct session session;
    if (!session_find(web->reader, request->arena, request->param,
                      clock_wall_ms(), &session))
        return frame_missing(web, request, reply);
    if (scenario == NULL)
        return api_refuse(request, reply,
                          stripe_error_create(request->arena, NULL, "scenario",
                                              "No such scenario."));
    if (scenario->ending == ENDS_UNPAID)
        return reply_redirect(reply, session.cancel_url == NULL
                                         ? request->path
                                         : session.cancel_url);
    return WEB_GO_ON;
}

static void play(struct web *web, struct request *request,
                 const struct scenario *scenario, struct session *session)
{
    const struct test_card *card = test_card_find(
        scenario->charges == 0 ? "pm_card_chargeDeclined" : "pm_card_visa");
    const struct cause cause = {web, request, scenario->delay_ms,
                                scenario->copies};
    struct intent intent;
    session_pay(&cause, session, card, &intent);
    if (scenario->charges == 2)
        session_pay_again(&cause, session, card, &intent);
}

/* Whoever presses twice finds the session no longer open the second time, and
 * is led where the first time leads. */
int checkout_page_write(struct web *web, struct request *request,
                        struct reply *reply)
{
    struct arena *arena = request->arena;
    const struct scenario *scenario =
        find_scenario(frame_answer(request, "scenario"));
    struct session session;
    if (!session_find(web->writer, arena, request->param, clock_wall_ms(),
                      &session))
        return frame_missing(web, request, reply);
    if (session.status == SESSION_OPEN)
        play(web, request, scenario, &session);
    if (session.status != SESSION_COMPLETE || scenario->ending == ENDS_HERE)
        return reply_redirect(reply, request->path);
    if (scenario->ending == ENDS_LOST)
        return show(web, request, reply, web->writer, &session, ENDS_LOST);
    reply->hold_ms = scenario->hold_ms;
    return reply_redirect(reply, success_url(arena, &session));
}
