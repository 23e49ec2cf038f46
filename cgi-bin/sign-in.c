/* /admin/sign-in and /admin/sign-out. A program of its own, run as several
 * processes on one socket, because a password check burns 70 ms of CPU. */
#include <string.h>

#include "lib/base/clock.h"
#include "lib/base/log.h"
#include "lib/web/auth.h"
#include "lib/web/problem.h"
#include "lib/web/sign_in_form.h"

struct sign_in {
    bool right;
    int64_t staff_id;
    const char *email;
    const char *next;
};

static int redirect(struct reply *reply, const char *path)
{
    reply_header(reply, "Location", path);
    return 303;
}

static int get(struct web *web, struct request *request, struct reply *reply)
{
    struct form query;
    struct staff_session session;
    const char *fault;
    if (!form_read(request->arena, request->query, strlen(request->query),
                   &query, &fault))
        return problem(request, reply, 400, fault);
    if (auth_session(web, request, &session))
        return redirect(reply, "/admin/orders");
    return sign_in_form(web, request, reply, 200, NULL,
                        form_value(&query, "next"), NULL);
}

/* Checks the password outside the transaction: it takes 70 ms. */
static int check(struct web *web, struct request *request, struct reply *reply)
{
    struct form form;
    const char *fault;
    if (!form_read(request->arena, request->body, request->body_length, &form,
                   &fault))
        return problem(request, reply, 400, fault);
    const char *email = form_value(&form, "email");
    const char *password = form_value(&form, "password");
    const char *next = form_value(&form, "next");
    if (email == NULL || password == NULL || strlen(email) > 254 ||
        strlen(password) > STAFF_MAX_PASSWORD)
        return sign_in_form(web, request, reply, 422, NULL, next,
                            "Enter your e-mail and your password.");
    if (!sign_in_form_ok(request, &form))
        return sign_in_form(web, request, reply, 403, email, next,
                            "This form was too old. Please try again.");
    int64_t wait_ms = staff_throttled_ms(web->reader, email, request->address,
                                         clock_wall_ms(), request->arena);
    if (wait_ms > 0) {
        reply_header(reply, "Retry-After",
                     arena_printf(request->arena, "%lld",
                                  (long long)(wait_ms + 999) / 1000));
        return sign_in_form(
            web, request, reply, 429, email, next,
            "Too many attempts. Please wait a quarter of an hour.");
    }
    struct sign_in *state = arena_alloc(request->arena, sizeof *state);
    char *hash = staff_password_hash(web->reader, email, &state->staff_id,
                                     request->arena);
    /* An unknown e-mail takes as long as a wrong password. */
    state->right =
        crypto_password_ok(hash != NULL ? hash : (const char *)web->own,
                           password) &&
        hash != NULL;
    state->email = email;
    state->next = next;
    request->state = state;
    return WEB_GO_ON;
}

static int sign_in(struct web *web, struct request *request,
                   struct reply *reply)
{
    const struct sign_in *state = request->state;
    if (!state->right) {
        staff_count_failure(web->writer, state->email, request->address,
                            clock_wall_ms(), request->arena);
        reply->keep_writes = true;
        log_warning("sign-in refused from %s", request->address);
        return sign_in_form(web, request, reply, 422, state->email, state->next,
                            "E-mail or password is wrong.");
    }
    char secret[CRYPTO_TOKEN_SIZE];
    staff_session_open(web->writer, state->staff_id, secret, clock_wall_ms());
    auth_set_cookie(web, request, reply, secret);
    return redirect(reply, sign_in_next(state->next));
}

static int check_sign_out(struct web *web, struct request *request,
                          struct reply *reply)
{
    struct form form;
    struct staff_session session;
    const char *fault;
    if (!auth_session(web, request, &session))
        return redirect(reply, "/admin/sign-in");
    if (!form_read(request->arena, request->body, request->body_length, &form,
                   &fault) ||
        !auth_csrf_ok(&session, &form))
        return problem(request, reply, 403, NULL);
    return WEB_GO_ON;
}

static int sign_out(struct web *web, struct request *request,
                    struct reply *reply)
{
    staff_session_close(web->writer, auth_cookie(web, request));
    auth_set_cookie(web, request, reply, NULL);
    return redirect(reply, "/admin/sign-in");
}

static void make_decoy(struct web *web)
{
    static char decoy[CRYPTO_PASSWORD_HASH_SIZE];
    crypto_password_hash("nobody's password", decoy);
    web->own = decoy;
}

int main(void)
{
    static const char *const templates[] = {"sign-in.html", NULL};
    static const struct route routes[] = {
        {"GET", "/admin/sign-in", get, NULL},
        {"POST", "/admin/sign-in", check, sign_in},
        {"POST", "/admin/sign-out", check_sign_out, sign_out}};
    return web_main(&(struct web_program){.name = "sign-in",
                                          .routes = routes,
                                          .route_count = 3,
                                          .templates = templates,
                                          .open = make_decoy});
}
