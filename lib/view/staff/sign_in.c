/* The sign-in form: see sign_in.h. */
#include "lib/view/staff/sign_in.h"

#include <string.h>

#include "lib/adapter/page.h"
#include "lib/web/cookie.h"

/* Before a session there is no token of its own: the form's one must equal a
 * cookie that only our page can have set. */
static const char *own_token(const struct web *web,
                             const struct request *request)
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyz"
                                  "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_";
    const char *token = cookie_value(web, request, "sign-in");
    return token != NULL && strlen(token) == CRYPTO_TOKEN_SIZE - 1 &&
                   token[strspn(token, letters)] == '\0'
               ? token
               : NULL;
}

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
    char fresh[CRYPTO_TOKEN_SIZE];
    const char *token = own_token(web, request);
    if (token == NULL) {
        crypto_token(fresh);
        token = fresh;
        cookie_set(web, request, reply,
                   &(struct cookie){.what = "sign-in", .value = token});
    }
    struct page *page = page_create();
    page_set(page, "SHOP_NAME", web->settings->shop_name);
    page_set(page, "CSRF", token);
    page_set(page, "EMAIL", email == NULL ? "" : email);
    if (message != NULL)
        page_set(page_section(page, "FAILED"), "MESSAGE", message);
    page_set(page_section(page, "NEXT"), "NEXT_PATH", sign_in_next(next));
    return reply_page(reply, status, page, "sign-in.html");
}

bool sign_in_form_ok(const struct web *web, const struct request *request,
                     const struct form *form)
{
    const char *token = own_token(web, request);
    const char *given = form_value(form, "csrf");
    return token != NULL && given != NULL && crypto_equal(token, given);
}
