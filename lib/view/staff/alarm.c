/* Alarms on the staff pages: see alarm.h. */
#include "lib/view/staff/alarm.h"

#include <stdlib.h>
#include <string.h>

#include "lib/base/time/clock.h"
#include "lib/view/order_page.h"
#include "lib/view/staff/action.h"
#include "lib/view/staff/mail.h"
#include "lib/view/staff/page.h"
#include "lib/web/query.h"

enum { ALARM_PAGE_ALARMS = 500 };

void alarm_page_fill(struct page *row, const struct alarm *alarm,
                     const char *back, struct arena *arena)
{
    page_set(row, "ALARM_TEXT", alarm->detail);
    page_set(row, "ALARM_SUBJECT", alarm->subject);
    page_set(row, "ALARM_BACK", back);
    page_set(row, "ALARM_URL",
             arena_printf(arena, "/admin/alarms/%lld/close",
                          (long long)alarm->alarm_id));
    order_page_time(row, "ALARM_TIME", alarm->created_at_ms, arena);
    if (alarm->order_id == NULL)
        return;
    struct page *link = page_section(row, "ALARM_ORDER");
    page_set(link, "ALARM_ORDER_URL",
             arena_printf(arena, "/admin/orders/%s", alarm->order_id));
    page_set(link, "ALARM_ORDER_NUMBER",
             arena_printf(arena, "%lld", (long long)alarm->number));
}

int alarm_page_list(struct web *web, struct request *request,
                    struct reply *reply)
{
    struct form query;
    int status = admin_query_read(web, request, reply, &query);
    if (status != 0)
        return status;
    struct arena *arena = request->arena;
    struct alarm *list = arena_alloc(arena, ALARM_PAGE_ALARMS * sizeof *list);
    size_t count =
        alarm_list(web->reader, NULL, ALARM_PAGE_ALARMS, list, arena);
    int64_t all = alarm_count(web->reader);
    struct page *page = staff_page_create(web, request, "/admin/alarms");
    for (size_t i = 0; i < count; i++)
        alarm_page_fill(page_section(page, "ALARM"), &list[i], "/admin/alarms",
                        arena);
    if (count == 0)
        page_section(page, "NO_ALARMS");
    mail_page_fill_all(page, web, query_value(&query, "sent"), arena);
    if (all > ALARM_PAGE_ALARMS)
        page_set(page_section(page, "MORE"), "MORE_COUNT",
                 arena_printf(arena, "%lld", (long long)all));
    return reply_page(reply, 200, page, "admin-alarms.html");
}

/* A page of the staff's; nobody is sent anywhere else. */
static const char *way_back(const struct form *form)
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyz0123456789-/";
    const char *back = form_value(form, "back");
    return back != NULL && strncmp(back, "/admin/", 7) == 0 &&
                   back[strspn(back, letters)] == '\0'
               ? back
               : "/admin/alarms";
}

/* One that is closed already stays as it was. */
int alarm_page_close(struct web *web, struct request *request,
                     struct reply *reply)
{
    const struct admin_form *form = request->state;
    alarm_close(web->writer, strtoll(request->param, NULL, 10),
                form->session->name, clock_wall_ms());
    return reply_redirect(reply, way_back(&form->fields));
}
