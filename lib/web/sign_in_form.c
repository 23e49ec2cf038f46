/* The sign-in form: see sign_in_form.h. */
#include "lib/web/sign_in_form.h"

#include <string.h>

#include "lib/adapter/page.h"

/* Before a session there is no token of its own: the form's one must equal a
 * cookie that only our page can have set. */
#define SIGN_IN_COOKIE "ordermill-sign-in="

const char *sign_in_next(const char *next)
{
    return next != NULL && strncmp(next, "/admin/", 7) == 0 &&
                   strpbrk(next, "\r\n\\") == NULL
               ? next
               : "/admin/orders";
}

int sign_in_form(const struct web *web, const struct request *request,
                 struct reply *reply, int status, const char *email,
                 const char *next, const char *message)
{
    char token[CRYPTO_TOKEN_SIZE];
    crypto_token(token);
    reply_header(reply, "Set-Cookie",
                 arena_printf(request->arena,
                              SIGN_IN_COOKIE "%s; Path=/admin; HttpOnly; "
                                             "SameSite=Strict",
                              token));
    struct page *page = page_create();
    page_set(page, "SHOP_NAME", web->settings->shop_name);
    page_set(page, "CSRF", token);
    page_set(page, "EMAIL", email == NULL ? "" : email);
    if (message != NULL)
        page_set(page_section(page, "FAILED"), "MESSAGE", message);
    page_set(page_section(page, "NEXT"), "NEXT_PATH", sign_in_next(next));
    page_render(page, "sign-in.html", &reply->body);
    page_destroy(page);
    reply->content_type = "text/html; charset=utf-8";
    return status;
}

bool sign_in_form_ok(const struct request *request, const struct form *form)
{
    const char *cookie = request_header(request, "HTTP_COOKIE");
    const char *token = form_value(form, "csrf");
    const char *at = cookie == NULL ? NULL : strstr(cookie, SIGN_IN_COOKIE);
    if (at == NULL || token == NULL)
        return false;
    at += strlen(SIGN_IN_COOKIE);
    return crypto_equal(token,
                        arena_copy(request->arena, at, strcspn(at, "; ")));
}
