/* The head of the staff's pages: see page.h. */
#include "lib/view/staff/page.h"

#include <assert.h>
#include <string.h>

struct page *staff_page_create(struct web *web, struct request *request,
                               const char *current)
{
    const struct web_session *session = auth_session(web, request);
    static const char *const tabs[][2] = {{"/admin/orders", "Orders"},
                                          {"/admin/webhooks", "Webhooks"},
                                          {"/admin/books", "Books"},
                                          {"/admin/alarms", "Alarms"},
                                          {"/admin/password", "Password"}};
    assert(session != NULL);
    struct page *page = page_create();
    page_set(page, "SHOP_NAME", web->settings->shop_name);
    page_set(page, "CSRF", session->csrf_token);
    struct page *header = page_include(page, "HEADER", "admin-header.html");
    page_set(header, "SHOP_NAME", web->settings->shop_name);
    page_set(header, "CSRF", session->csrf_token);
    for (size_t i = 0; i < sizeof tabs / sizeof tabs[0]; i++) {
        struct page *tab = page_section(header, "TAB");
        page_set(tab, "TAB_URL", tabs[i][0]);
        page_set(tab, "TAB_NAME", tabs[i][1]);
        if (current != NULL && strcmp(current, tabs[i][0]) == 0)
            page_section(tab, "TAB_CURRENT");
    }
    return page;
}
