/* What the gateway's two pages, the hosted one and the bank's, have in common:
 * their head, how they are sent, and what their forms bring. */
#ifndef CGI_BIN_GATEWAY_PAGE_FRAME_H
#define CGI_BIN_GATEWAY_PAGE_FRAME_H

#include "lib/adapter/page.h"
#include "lib/web/web.h"

/* A page about so much money, asked for by the shop. */
struct page *frame_create(const struct web *web, const struct request *request,
                          int64_t amount_minor, const char *currency);

/* Fills the template and destroys the page. The page's form may lead to the
 * origins of url and other_url, addresses of the shop's (NULL: none); a browser
 * refuses all others, since CSP's form-action counts redirects. */
int frame_send(const struct request *request, struct reply *reply,
               struct page *page, const char *template, const char *url,
               const char *other_url);

/* 404: a page that says there is nothing here. */
int frame_missing(const struct web *web, const struct request *request,
                  struct reply *reply);

/* The one field of a page's form; NULL when the body is not well-formed. */
const char *frame_answer(const struct request *request, const char *field);

#endif
