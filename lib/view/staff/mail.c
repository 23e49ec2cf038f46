/* Mails that could not be sent: see mail.h. */
#include "lib/view/staff/mail.h"

#include <stdlib.h>
#include <string.h>

#include "lib/base/time/clock.h"
#include "lib/shop/mail/again.h"
#include "lib/shop/order/request.h"
#include "lib/view/order_page.h"
#include "lib/view/staff/action.h"
#include "lib/view/staff/order.h"
#include "lib/web/problem.h"

enum {
    MAIL_PAGE_MAILS = 20,
    MAIL_PAGE_AT_ONCE = 500 /* sent again by one press of the button */
};

static const char *const titles[] = {
    [MAIL_CONFIRMATION] = "Confirmation",
    [MAIL_FAILURE] = "That the order could not be carried out",
    [MAIL_CANCELLATION] = "Cancellation",
    [MAIL_REFUND] = "Refund"};

void mail_page_fill(struct page *page, struct web *web,
                    const struct order *order, const struct payment_form *tried,
                    struct arena *arena)
{
    struct outbox_failure list[MAIL_PAGE_MAILS];
    size_t count = outbox_failures(web->reader, order->order_id, 0, INT64_MAX,
                                   MAIL_PAGE_MAILS, list, arena);
    if (count == 0)
        return;
    const char *again =
        tried == NULL ? NULL : form_value(&tried->fields, "mail");
    struct page *section = page_section(page, "MAILS_FAILED");
    for (size_t i = 0; i < count; i++) {
        struct page *row = page_section(section, "MAIL_FAILED");
        bool refused = again != NULL && strcmp(again, list[i].outbox_id) == 0;
        const char *email =
            refused ? form_value(&tried->fields, "email") : NULL;
        page_set(row, "MAIL_ID", list[i].outbox_id);
        page_set(row, "MAIL_TITLE", titles[list[i].kind]);
        page_set(row, "MAIL_WHY", list[i].message);
        page_set(row, "MAIL_TO", email == NULL ? list[i].recipient : email);
        order_page_time(row, "MAIL_TIME", list[i].failed_at_ms, arena);
        if (refused && strcmp(tried->field, "email") == 0)
            page_set(page_section(row, "MAIL_FAULT"), "FAULT", tried->detail);
    }
}

void mail_page_fill_all(struct page *page, struct web *web, const char *sent,
                        struct arena *arena)
{
    int64_t first_ms;
    char day[CLOCK_DAY_SIZE];
    int64_t count = outbox_failure_count(web->reader, &first_ms);
    long said = sent == NULL ? -1 : strtol(sent, NULL, 10);
    if (said >= 0 && said <= MAIL_PAGE_AT_ONCE)
        page_set(page_section(page, "SENT_AGAIN"), "MESSAGE",
                 said == 0 ? "No mail has failed since then."
                 : said == 1
                     ? "One mail is sent again."
                     : arena_printf(arena, "%ld mails are sent again.", said));
    if (count == 0)
        return;
    clock_day(first_ms, day);
    struct page *section = page_section(page, "MAILS_FAILED");
    page_set(section, "MAILS_TITLE",
             count == 1 ? "One mail could not be sent"
                        : arena_printf(arena, "%lld mails could not be sent",
                                       (long long)count));
    page_set(section, "MAILS_SINCE", arena_string(arena, day));
}

static const char *value_of(const struct request *request, const char *name)
{
    const struct admin_form *own = request->state;
    const char *value = form_value(&own->fields, name);
    return value == NULL ? "" : text_trim(request->arena, value);
}

int mail_page_send(struct web *web, struct request *request,
                   struct reply *reply)
{
    const struct admin_form *own = request->state;
    const char *email = value_of(request, "email");
    const char *outbox_id = value_of(request, "mail");
    struct arena *arena = request->arena;
    struct outbox_mail mail;
    const char *wrong = order_request_email_fault(email);
    if (!outbox_find(web->writer, outbox_id, &mail, arena) ||
        strcmp(mail.order_id, request->param) != 0)
        return problem(request, reply, 404, NULL);
    if (wrong != NULL)
        return admin_form_refuse(web, request, reply, 422, "email", wrong);
    /* A form that came twice has done its work the first time. */
    if (!outbox_send_again(web->writer, outbox_id, email, own->session->name,
                           clock_wall_ms(), arena) &&
        strcmp(mail.recipient, email) != 0)
        return admin_form_refuse(
            web, request, reply, 409, "",
            "This mail is no longer one that failed: look at the "
            "order once more.");
    web->wake = true;
    return reply_redirect(
        reply,
        arena_printf(arena, "/admin/orders/%s?done=mailed", request->param));
}

int mail_page_send_all(struct web *web, struct request *request,
                       struct reply *reply)
{
    const struct admin_form *own = request->state;
    struct arena *arena = request->arena;
    int64_t now_ms = clock_wall_ms(), since_ms;
    if (!clock_read_day(value_of(request, "since"), &since_ms))
        return problem_field(request, reply, 422, "/since",
                             "Write a day, as in 2026-11-29.");
    struct outbox_failure *list =
        arena_alloc(arena, MAIL_PAGE_AT_ONCE * sizeof *list);
    size_t count = outbox_failures(web->writer, NULL, since_ms, INT64_MAX,
                                   MAIL_PAGE_AT_ONCE, list, arena);
    for (size_t i = 0; i < count; i++)
        outbox_send_again(web->writer, list[i].outbox_id, NULL,
                          own->session->name, now_ms, arena);
    web->wake = true;
    return reply_redirect(reply,
                          arena_printf(arena, "/admin/alarms?sent=%zu", count));
}
