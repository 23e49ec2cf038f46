/* What the gateway's pages have in common: see frame.h. */
#include "cgi-bin/gateway/page/frame.h"

#include <string.h>

#include "cgi-bin/gateway/base/object.h"
#include "lib/base/text/money.h"
#include "lib/web/form.h"

struct page *frame_create(const struct web *web, const struct request *request,
                          int64_t amount_minor, const char *currency)
{
    struct arena *arena = request->arena;
    struct page *page = page_create();
    page_set(page, "SHOP_NAME", web->settings->shop_name);
    page_set(page, "AMOUNT",
             money_format(arena, amount_minor,
                          stripe_iso_currency(arena, currency)));
    return page;
}

/* Adds the URL's origin, unless it holds anything that could end a source of
 * the policy (RFC 6454 section 7; W3C CSP 3, section 2.3.1). The policy has no
 * word for an IPv6 address: then its scheme alone. */
static void add_origin(struct text *policy, const char *url)
{
    const char *host = url == NULL ? NULL : strstr(url, "://");
    if (host == NULL)
        return;
    size_t length = (size_t)(host - url) + 3;
    length += strcspn(url + length, "/?#");
    if (strspn(url, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
                    "0123456789+-.:/[]") < length)
        return;
    if (memchr(url, '[', length) != NULL)
        length = (size_t)(host - url) + 1;
    text_putc(policy, ' ');
    text_add(policy, url, length);
}

int frame_send(const struct request *request, struct reply *reply,
               struct page *page, const char *template, const char *url,
               const char *other_url)
{
    struct text policy = text_create(request->arena, 256);
    text_puts(&policy, "default-src 'none'; style-src 'self'; img-src 'self'; "
                       "base-uri 'none'; frame-ancestors 'none'; "
                       "form-action 'self'");
    add_origin(&policy, url);
    add_origin(&policy, other_url);
    reply_header(reply, "Content-Security-Policy", policy.bytes);
    return reply_page(reply, 200, page, template);
}

int frame_missing(const struct web *web, const struct request *request,
                  struct reply *reply)
{
    struct page *page = page_create();
    page_set(page, "SHOP_NAME", web->settings->shop_name);
    frame_send(request, reply, page, "gateway-missing.html", NULL, NULL);
    return 404;
}

const char *frame_answer(const struct request *request, const char *field)
{
    struct form form;
    const char *fault;
    return form_read(request->arena, request->body, request->body_length, &form,
                     &fault)
               ? form_value(&form, field)
               : NULL;
}
