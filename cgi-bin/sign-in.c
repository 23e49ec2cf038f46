/* /admin/sign-in, /admin/sign-out and /admin/password. A program of its own,
 * run as several processes on one socket, because a password check burns 70 ms
 * of CPU. */
#include <string.h>

#include "lib/base/log/log.h"
#include "lib/base/time/clock.h"
#include "lib/shop/staff/staff.h"
#include "lib/site/site.h"
#include "lib/view/staff/device.h"
#include "lib/view/staff/password.h"
#include "lib/view/staff/password_check.h"
#include "lib/view/staff/sign_in.h"
#include "lib/web/auth.h"
#include "lib/web/problem.h"

struct sign_in {
    int64_t staff_id;
    const char *next;
    struct password_try given;
};

static int get(struct web *web, struct request *request, struct reply *reply)
{
    struct form query;
    const char *fault;
    if (!form_read(request->arena, request->query, strlen(request->query),
                   &query, &fault))
        return problem(request, reply, 400, fault);
    if (auth_session(web, request) != NULL)
        return reply_redirect(reply, "/admin/orders");
    return sign_in_form(web, request, reply, 200, NULL,
                        form_value(&query, "next"), NULL);
}

static int refuse_wrong(const struct web *web, const struct request *request,
                        struct reply *reply, const struct sign_in *state)
{
    log_warning("sign-in refused from %s", request->address);
    return sign_in_form(web, request, reply, 422, state->given.email,
                        state->next, "E-mail or password is wrong.");
}

static int check_password(struct web *web, struct request *request,
                          struct reply *reply, struct sign_in *state)
{
    struct password_try *given = &state->given;
    given->hash = staff_password_hash(web->reader, given->email,
                                      &state->staff_id, request->arena);
    given->device =
        given->hash == NULL
            ? ""
            : device_of(web, request, state->staff_id, clock_wall_ms());
    request->state = state;
    switch (password_check(web, request, reply, given)) {
    case PASSWORD_RIGHT:
        return WEB_GO_ON;
    case PASSWORD_WRONG:
        return refuse_wrong(web, request, reply, state);
    case PASSWORD_WAIT:
        return sign_in_form(
            web, request, reply, 429, given->email, state->next,
            "Too many attempts. Please wait a quarter of an hour.");
    case PASSWORD_BUSY:
        break;
    }
    return web_busy(web, request, reply);
}

static int check(struct web *web, struct request *request, struct reply *reply)
{
    struct form form;
    const char *fault;
    if (!form_read(request->arena, request->body, request->body_length, &form,
                   &fault))
        return problem(request, reply, 400, fault);
    struct sign_in *state = arena_alloc(request->arena, sizeof *state);
    const char *email = form_value(&form, "email");
    const char *password = form_value(&form, "password");
    *state = (struct sign_in){.next = form_value(&form, "next"),
                              .given = {.email = email, .password = password}};
    if (email == NULL || password == NULL || strlen(email) > 254 ||
        strlen(password) > STAFF_MAX_PASSWORD)
        return sign_in_form(web, request, reply, 422, NULL, state->next,
                            "Enter your e-mail and your password.");
    if (!sign_in_form_ok(web, request, &form))
        return sign_in_form(web, request, reply, 403, email, state->next,
                            "This form was too old. Please try again.");
    return check_password(web, request, reply, state);
}

static int sign_in(struct web *web, struct request *request,
                   struct reply *reply)
{
    const struct sign_in *state = request->state;
    int64_t now_ms = clock_wall_ms();
    char secret[CRYPTO_TOKEN_SIZE];
    if (!staff_session_open(web->writer, state->staff_id, state->given.hash,
                            secret, now_ms))
        return refuse_wrong(web, request, reply, state);
    sign_in_was_right(web->writer, state->given.failure_id);
    site_set_session(web, request, reply, secret);
    device_remember(web, request, reply, state->staff_id, now_ms);
    return reply_redirect(reply, sign_in_next(state->next));
}

static int check_sign_out(struct web *web, struct request *request,
                          struct reply *reply)
{
    struct form form;
    const struct web_session *session = auth_session(web, request);
    if (session == NULL)
        return reply_redirect(reply, "/admin/sign-in");
    return auth_form_read(request, reply, session, &form);
}

static int sign_out(struct web *web, struct request *request,
                    struct reply *reply)
{
    staff_session_close(web->writer, auth_session(web, request)->secret);
    site_set_session(web, request, reply, NULL);
    return reply_redirect(reply, "/admin/sign-in");
}

int main(void)
{
    static const char *const templates[] = {"sign-in.html", "admin-header.html",
                                            "admin-password.html", NULL};
    static const struct route routes[] = {
        {"GET", "/admin/sign-in", get, NULL},
        {"POST", "/admin/sign-in", check, sign_in},
        {"POST", "/admin/sign-out", check_sign_out, sign_out},
        {"GET", "/admin/password", password_form_get, NULL},
        {"POST", "/admin/password", password_form_check, password_form_change},
        {0}};
    return site_main(&(struct web_program){.name = "sign-in",
                                           .slow = true,
                                           .routes = routes,
                                           .templates = templates});
}
