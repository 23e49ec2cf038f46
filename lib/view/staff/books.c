/* The staff page of the books: see books.h. */
#include "lib/view/staff/books.h"

#include <string.h>

#include "lib/adapter/page.h"
#include "lib/base/text/money.h"
#include "lib/base/time/clock.h"
#include "lib/shop/books/reconciliation.h"
#include "lib/view/order_page.h"
#include "lib/view/staff/action.h"
#include "lib/view/staff/page.h"
#include "lib/web/query.h"

enum {
    BOOKS_PAGE_RUNS = 25,
    BOOKS_PAGE_FINDINGS = 200,
    BOOKS_PAGE_SINCE_MS = 3 * 24 * 3600 * 1000 /* at least so far back */
};

/* A run's status for people, and the order's that has its colour. */
static const struct {
    const char *title;
    const char *pill;
} statuses[] = {[RECONCILIATION_DUE] = {"Waiting", "PENDING"},
                [RECONCILIATION_RUNNING] = {"Running", "PENDING"},
                [RECONCILIATION_DONE] = {"Done", "COMPLETED"},
                [RECONCILIATION_FAILED] = {"Failed", "FAILED"}};

static const char *const kinds[] = {
    [FINDING_GATEWAY_ONLY] = "Only at the gateway",
    [FINDING_NOT_AT_GATEWAY] = "Not at the gateway",
    [FINDING_AMOUNT] = "Other amount",
    [FINDING_REFUNDS] = "Refunds differ",
    [FINDING_UNKNOWN] = "Outcome unknown"};

static void fill_finding(struct page *row, const struct settings *settings,
                         const struct finding *finding, struct arena *arena)
{
    page_set(row, "FINDING_TITLE", kinds[finding->kind]);
    page_set(row, "FINDING_TEXT", finding->detail);
    page_set(row, "FINDING_REFERENCE", finding->reference);
    order_page_time(row, "FOUND_AT", finding->created_at_ms, arena);
    if (finding->amount_minor != 0)
        page_set(
            row, "FINDING_AMOUNT",
            money_format(arena, finding->amount_minor, settings->currency));
    if (finding->order_id == NULL)
        return;
    struct page *link = page_section(row, "FINDING_ORDER");
    page_set(link, "ORDER_URL",
             arena_printf(arena, "/admin/orders/%s", finding->order_id));
    page_set(link, "NUMBER",
             arena_printf(arena, "%lld", (long long)finding->number));
}

static void fill_findings(struct page *page, struct web *web,
                          struct arena *arena)
{
    struct finding *list =
        arena_alloc(arena, BOOKS_PAGE_FINDINGS * sizeof *list);
    size_t count = finding_list(web->reader, BOOKS_PAGE_FINDINGS, list, arena);
    int64_t all = finding_count(web->reader);
    for (size_t i = 0; i < count; i++)
        fill_finding(page_section(page, "FINDING"), web->settings, &list[i],
                     arena);
    if (count == 0)
        page_section(page, "NO_FINDINGS");
    if (all > BOOKS_PAGE_FINDINGS)
        page_set(page_section(page, "MORE"), "MORE_COUNT",
                 arena_printf(arena, "%lld", (long long)all));
}

static void fill_run(struct page *row, const struct reconciliation *run,
                     struct arena *arena)
{
    page_set(row, "RUN", arena_printf(arena, "%lld", (long long)run->run));
    page_set(row, "ASKED_BY",
             strcmp(run->asked_by, "clock") == 0      ? "by the clock"
             : strcmp(run->asked_by, "operator") == 0 ? "by the operator"
                                                      : run->asked_by);
    page_set(row, "RUN_MESSAGE", run->message == NULL ? "" : run->message);
    order_page_time(row, "ASKED_AT", run->created_at_ms, arena);
    order_page_time(row, "SINCE", run->since_ms, arena);
    page_set(row, "SEEN", arena_printf(arena, "%lld", (long long)run->seen));
    page_set(row, "SETTLED",
             arena_printf(arena, "%lld", (long long)run->settled));
    page_set(row, "RUN_STATUS", statuses[run->status].title);
    page_set(row, "PILL", statuses[run->status].pill);
}

int books_page_show(struct web *web, struct request *request,
                    struct reply *reply)
{
    struct form query;
    int status = admin_query_read(web, request, reply, &query);
    if (status != 0)
        return status;
    struct arena *arena = request->arena;
    struct reconciliation runs[BOOKS_PAGE_RUNS];
    size_t count =
        reconciliation_list(web->reader, BOOKS_PAGE_RUNS, runs, arena);
    struct page *page = staff_page_create(web, request, "/admin/books");
    if (query_value(&query, "done") != NULL)
        page_section(page, "ASKED");
    fill_findings(page, web, arena);
    for (size_t i = 0; i < count; i++)
        fill_run(page_section(page, "RUNS"), &runs[i], arena);
    if (count == 0)
        page_section(page, "NO_RUNS");
    return reply_page(reply, 200, page, "admin-books.html");
}

int books_page_reconcile(struct web *web, struct request *request,
                         struct reply *reply)
{
    const struct admin_form *form = request->state;
    int64_t now_ms = clock_wall_ms();
    int64_t since_ms = reconciliation_since(web->writer, now_ms);
    if (since_ms > now_ms - BOOKS_PAGE_SINCE_MS)
        since_ms = now_ms - BOOKS_PAGE_SINCE_MS;
    reconciliation_ask(web->writer, since_ms, form->session->name, now_ms);
    web->wake = true;
    return reply_redirect(reply, "/admin/books?done=asked");
}
