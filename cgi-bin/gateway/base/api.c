/* The API's common ground: see api.h. Keys appear in no log and no answer. */
#include "cgi-bin/gateway/base/api.h"

#include <string.h>
#include <strings.h>

#include "lib/adapter/crypto.h"

/* The user of "user:password" in base64 (RFC 7617); "" when it is none. */
static const char *basic_user(struct arena *arena, const char *base64)
{
    size_t length;
    char *user = crypto_base64_decode(arena, base64, &length);
    if (user == NULL)
        return "";
    user[strcspn(user, ":")] = '\0';
    return user;
}

static const char *secret_key(const struct request *request)
{
    const char *value = request_header(request, "HTTP_AUTHORIZATION");
    if (value == NULL)
        return "";
    if (strncasecmp(value, "Bearer ", 7) == 0)
        return value + 7;
    if (strncasecmp(value, "Basic ", 6) == 0)
        return basic_user(request->arena, value + 6);
    return "";
}

static void name_request(const struct request *request, struct reply *reply)
{
    reply_header(reply, "Request-Id",
                 arena_printf(request->arena, "req_%.14s", request->id));
}

static int check_key(const struct web *web, const struct request *request,
                     struct reply *reply)
{
    const char *key = secret_key(request);
    const char *own = web->settings->stripe_key;
    if (own != NULL && crypto_equal(own, key))
        return WEB_GO_ON;
    struct stripe_error error = {.status = 401,
                                 .type = "invalid_request_error"};
    if (key[0] == '\0')
        error.message =
            "You did not provide an API key. You need to provide your API key "
            "in the Authorization header, using Bearer auth (e.g. "
            "'Authorization: Bearer YOUR_SECRET_KEY'). See "
            "https://stripe.com/docs/api#authentication for details.";
    else if (strncmp(key, "sk_live_", 8) == 0)
        error.message = "Invalid API Key provided: sk_live_****. This is a "
                        "test gateway; it takes the key in its shop's "
                        "gateway-key only.";
    else if (strncmp(key, "sk_test_", 8) == 0)
        error.message = "Invalid API Key provided: sk_test_****";
    else
        error.message = "Invalid API Key provided: sk_****";
    reply_header(reply, "WWW-Authenticate", "Basic realm=\"Stripe\"");
    return api_refuse(request, reply, &error);
}

int api_read(const struct web *web, const struct request *request,
             struct reply *reply, const char *const *known, struct form *form)
{
    name_request(request, reply);
    int status = check_key(web, request, reply);
    if (status != WEB_GO_ON)
        return status;
    const struct stripe_error *error = parameter_read(request, known, form);
    return error == NULL ? WEB_GO_ON : api_refuse(request, reply, error);
}

int api_read_plain(const struct web *web, const struct request *request,
                   struct reply *reply,
                   const struct parameter_expand *expandable, unsigned *expand)
{
    static const char *const known[] = {"expand[*]", NULL};
    struct form form;
    int status = api_read(web, request, reply, known, &form);
    if (status != WEB_GO_ON)
        return status;
    const struct stripe_error *error =
        parameter_expand(request->arena, &form, expandable, expand);
    return error == NULL ? WEB_GO_ON : api_refuse(request, reply, error);
}

struct json_writer api_json(const struct request *request, struct reply *reply)
{
    reply->body = text_create(request->arena, 1536);
    return json_writer(&reply->body);
}

int api_refuse(const struct request *request, struct reply *reply,
               const struct stripe_error *error)
{
    struct json_writer w = api_json(request, reply);
    stripe_put_error(&w, error);
    return error->status;
}

/* What came in a path may be any bytes; what goes out is UTF-8. */
static const char *shown(const char *text)
{
    return text_is_utf8(text, strlen(text)) ? text : "?";
}

int api_no_such(const struct request *request, struct reply *reply,
                const char *noun, const char *param, const char *id)
{
    struct stripe_error *error = stripe_error_create(
        request->arena, "resource_missing", param,
        arena_printf(request->arena, "No such %s: '%s'", noun, shown(id)));
    error->status = 404;
    return api_refuse(request, reply, error);
}

int api_loop_refusal(const struct web *web, const struct request *request,
                     struct reply *reply, int status)
{
    struct stripe_error error = {.status = status, .type = "api_error"};
    name_request(request, reply);
    switch (status) {
    case 404:
    case 405:
        /* A browser lost among the pages is asked for no key. */
        if (strncmp(request->path, "/v1/", 4) == 0) {
            status = check_key(web, request, reply);
            if (status != WEB_GO_ON)
                return status;
        }
        error.status = 404;
        error.type = "invalid_request_error";
        error.message = arena_printf(
            request->arena,
            "Unrecognized request URL (%s: %s). This local gateway speaks a "
            "part of Stripe's API only.",
            request->method, shown(request->path));
        break;
    case 413:
        error.type = "invalid_request_error";
        error.message = "The request's body is too large.";
        break;
    case 503:
        error.message = "The gateway cannot store anything at the moment. "
                        "Nothing was changed; please try again.";
        break;
    default:
        error.type = "invalid_request_error";
        error.message = "The request could not be read.";
        break;
    }
    return api_refuse(request, reply, &error);
}
