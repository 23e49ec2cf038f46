/* Changing one's own password: see password.h. */
#include "lib/view/staff/password.h"

#include <string.h>

#include "lib/shop/staff/staff.h"
#include "lib/view/staff/page.h"
#include "lib/view/staff/password_check.h"
#include "lib/web/auth.h"
#include "lib/web/problem.h"

struct change {
    const struct web_session *session;
    const char *old_hash;
    char new_hash[CRYPTO_PASSWORD_HASH_SIZE];
    struct password_try old;
};

static int to_sign_in(struct reply *reply)
{
    return reply_redirect(reply, "/admin/sign-in?next=/admin/password");
}

/* The form again, with the sentence that says why not. */
static int refuse(struct web *web, struct request *request, struct reply *reply,
                  int status, const char *message)
{
    struct page *page = staff_page_create(web, request, "/admin/password");
    page_set(page_section(page, "FAILED"), "MESSAGE", message);
    return reply_page(reply, status, page, "admin-password.html");
}

int password_form_get(struct web *web, struct request *request,
                      struct reply *reply)
{
    if (auth_session(web, request) == NULL)
        return to_sign_in(reply);
    struct page *page = staff_page_create(web, request, "/admin/password");
    if (strcmp(request->query, "done=1") == 0)
        page_section(page, "DONE");
    return reply_page(reply, 200, page, "admin-password.html");
}

/* What is wrong with the new password, or NULL. */
static const char *new_fault(const char *new, const char *old)
{
    size_t length = strlen(new);
    if (length < STAFF_MIN_PASSWORD || length > STAFF_MAX_PASSWORD)
        return "The new password must have 10 to 200 characters.";
    return strcmp(new, old) == 0 ? "The new password is the old one." : NULL;
}

int password_form_check(struct web *web, struct request *request,
                        struct reply *reply)
{
    struct change *change = arena_alloc(request->arena, sizeof *change);
    const struct web_session *session = auth_session(web, request);
    struct form form;
    change->session = session;
    if (session == NULL)
        return to_sign_in(reply);
    int status = auth_form_read(request, reply, session, &form);
    if (status != WEB_GO_ON)
        return status;
    const char *old = form_value(&form, "old");
    const char *new = form_value(&form, "new");
    if (old == NULL || new == NULL || strlen(old) > STAFF_MAX_PASSWORD)
        return refuse(web, request, reply, 422,
                      "Enter your password and a new one.");
    const char *fault = new_fault(new, old);
    if (fault != NULL)
        return refuse(web, request, reply, 422, fault);
    int64_t staff_id;
    change->old_hash = staff_password_hash(web->reader, session->name,
                                           &staff_id, request->arena);
    if (change->old_hash == NULL)
        return to_sign_in(reply); /* removed a moment ago */
    /* Whoever is signed in has guesses of his own. */
    change->old = (struct password_try){.email = session->name,
                                        .device = "session",
                                        .hash = change->old_hash,
                                        .password = old};
    switch (password_check(web, request, reply, &change->old)) {
    case PASSWORD_RIGHT:
        break;
    case PASSWORD_WRONG:
        return refuse(web, request, reply, 422,
                      "That is not your password now.");
    case PASSWORD_WAIT:
        return refuse(web, request, reply, 429,
                      "Too many attempts. Please wait a quarter of an hour.");
    case PASSWORD_BUSY:
        return web_busy(web, request, reply);
    }
    crypto_password_hash(new, change->new_hash);
    request->state = change;
    return WEB_GO_ON;
}

int password_form_change(struct web *web, struct request *request,
                         struct reply *reply)
{
    const struct change *change = request->state;
    if (!staff_change_password(web->writer, change->session->account_id,
                               change->old_hash, change->new_hash,
                               change->session->secret))
        return to_sign_in(reply); /* it was changed elsewhere meanwhile */
    sign_in_was_right(web->writer, change->old.failure_id);
    return reply_redirect(reply, "/admin/password?done=1");
}
