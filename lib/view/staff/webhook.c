/* The staff pages of the inbox: see webhook.h. */
#include "lib/view/staff/webhook.h"

#include "lib/base/log/log.h"
#include "lib/base/time/clock.h"
#include "lib/shop/payment/webhook_event.h"
#include "lib/view/order_page.h"
#include "lib/view/staff/action.h"
#include "lib/view/staff/page.h"
#include "lib/web/auth.h"
#include "lib/web/problem.h"
#include "lib/web/query.h"

enum { WEBHOOK_PAGE_EVENTS = 25 };

/* The status for people, and the one of an order that has its colour. */
static const struct {
    const char *title;
    const char *pill;
} words[] = {[WEBHOOK_DUE] = {"To be applied", "PENDING"},
             [WEBHOOK_APPLIED] = {"Applied", "COMPLETED"},
             [WEBHOOK_EARLY] = {"Early", "PENDING"},
             [WEBHOOK_IGNORED] = {"Ignored", "CANCELLED"},
             [WEBHOOK_FAILED] = {"Failed", "FAILED"}};

static enum webhook_status read_status(const struct form *form)
{
    const char *value = query_value(form, "status");
    int status = value == NULL ? -1 : names_find(&webhook_status_names, value);
    return status < 0 ? WEBHOOK_ANY : (enum webhook_status)status;
}

static void fill_filter(struct page *page, enum webhook_status status)
{
    struct page *all = page_section(page, "STATUS_OPTION");
    page_set(all, "OPTION_VALUE", "");
    page_set(all, "OPTION_LABEL", "All");
    for (int i = 0; i < WEBHOOK_ANY; i++) {
        struct page *option = page_section(page, "STATUS_OPTION");
        page_set(option, "OPTION_VALUE", names_of(&webhook_status_names, i));
        page_set(option, "OPTION_LABEL", words[i].title);
        if ((int)status == i)
            page_section(option, "OPTION_SELECTED");
    }
    if (status != WEBHOOK_ANY)
        page_section(page, "FILTERED");
}

/* What the list and the event's own page share. */
static void fill_event(struct page *page, struct db *db,
                       const struct webhook_event *event, struct arena *arena)
{
    struct order order;
    page_set(page, "TYPE", event->type);
    order_page_time(page, "RECEIVED_AT", event->received_at_ms, arena);
    page_set(page, "PILL", words[event->status].pill);
    page_set(page, "EVENT_STATUS", words[event->status].title);
    if (event->order_id == NULL ||
        !order_find(db, event->order_id, &order, arena))
        return;
    struct page *link = page_section(page, "EVENT_ORDER");
    page_set(link, "ORDER_URL",
             arena_printf(arena, "/admin/orders/%s", order.order_id));
    page_set(link, "NUMBER",
             arena_printf(arena, "%lld", (long long)order.number));
}

/* The list's URL with its filter; before 0: its first page. */
static const char *list_url(struct arena *arena, enum webhook_status status,
                            int64_t before)
{
    const char *filter =
        status == WEBHOOK_ANY ? "" : names_of(&webhook_status_names, status);
    return before == 0
               ? arena_printf(arena, "/admin/webhooks?status=%s", filter)
               : arena_printf(arena, "/admin/webhooks?status=%s&before=%lld",
                              filter, (long long)before);
}

int webhook_page_list(struct web *web, struct request *request,
                      struct reply *reply)
{
    struct form query;
    int refused = admin_query_read(web, request, reply, &query);
    if (refused != 0)
        return refused;
    struct arena *arena = request->arena;
    struct webhook_event list[WEBHOOK_PAGE_EVENTS + 1];
    enum webhook_status status = read_status(&query);
    int64_t before;
    if (!query_number(&query, "before", &before))
        return problem(request, reply, 400, "before: Must be a whole number.");
    size_t count = webhook_event_list(web->reader, status,
                                      before == 0 ? INT64_MAX : before,
                                      WEBHOOK_PAGE_EVENTS + 1, list, arena);
    struct page *page = staff_page_create(web, request, "/admin/webhooks");
    fill_filter(page, status);
    for (size_t i = 0; i < count && i < WEBHOOK_PAGE_EVENTS; i++) {
        struct page *row = page_section(page, "EVENT");
        page_set(row, "EVENT_URL",
                 arena_printf(arena, "/admin/webhooks/%s", list[i].event_id));
        page_set(row, "EVENT_MESSAGE",
                 list[i].message == NULL ? "" : list[i].message);
        fill_event(row, web->reader, &list[i], arena);
    }
    if (count == 0)
        page_section(page, "NO_EVENTS");
    if (before != 0)
        page_set(page_section(page, "NEWER"), "NEWER_URL",
                 list_url(arena, status, 0));
    if (count > WEBHOOK_PAGE_EVENTS)
        page_set(
            page_section(page, "OLDER"), "OLDER_URL",
            list_url(arena, status, list[WEBHOOK_PAGE_EVENTS - 1].sequence));
    return reply_page(reply, 200, page, "admin-webhooks.html");
}

int webhook_page_event(struct web *web, struct request *request,
                       struct reply *reply)
{
    struct form query;
    int status = admin_query_read(web, request, reply, &query);
    if (status != 0)
        return status;
    struct arena *arena = request->arena;
    struct webhook_event event;
    if (!webhook_event_find(web->reader, request->param, &event, arena))
        return problem(request, reply, 404, NULL);
    struct page *page = staff_page_create(web, request, NULL);
    page_set(page, "EVENT_ID", event.event_id);
    fill_event(page, web->reader, &event, arena);
    order_page_time(page, "CREATED_AT", event.created_at_ms, arena);
    if (event.message != NULL)
        page_set(page_section(page, "EVENT_MESSAGED"), "EVENT_MESSAGE",
                 event.message);
    if (event.applied_at_ms != 0)
        order_page_time(page_section(page, "APPLIED"), "APPLIED_AT",
                        event.applied_at_ms, arena);
    if (query_value(&query, "done") != NULL)
        page_section(page, "DONE");
    page_set(page, "APPLY_URL",
             arena_printf(arena, "/admin/webhooks/%s/apply", event.event_id));
    page_set(page, "BODY", event.body);
    return reply_page(reply, 200, page, "admin-webhook.html");
}

int webhook_page_apply(struct web *web, struct request *request,
                       struct reply *reply)
{
    if (!webhook_event_again(web->writer, request->param, clock_wall_ms()))
        return problem(request, reply, 404, NULL);
    log_info("event %s is applied again for %s", request->param,
             auth_who(web, request)->name);
    web->wake = true;
    return reply_redirect(reply, arena_printf(request->arena,
                                              "/admin/webhooks/%s?done=again",
                                              request->param));
}
