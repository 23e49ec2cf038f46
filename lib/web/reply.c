/* Filling a reply: see web.h. */
#include "lib/adapter/page.h"
#include "lib/web/web.h"

void reply_header(struct reply *reply, const char *name, const char *value)
{
    text_printf(&reply->headers, "%s: ", name);
    for (; *value != '\0'; value++)
        if ((unsigned char)*value >= 0x20) /* no value ends its line */
            text_putc(&reply->headers, *value);
    text_puts(&reply->headers, "\r\n");
}

int reply_redirect(struct reply *reply, const char *url)
{
    reply_header(reply, "Location", url);
    return 303;
}

int reply_page(struct reply *reply, int status, struct page *page,
               const char *template)
{
    page_render(page, template, &reply->body);
    page_destroy(page);
    reply->content_type = "text/html; charset=utf-8";
    return status;
}
