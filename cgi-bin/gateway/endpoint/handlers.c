/* Webhook endpoints over the API: see handlers.h
 * (docs.stripe.com/api/webhook_endpoints). */
#include "cgi-bin/gateway/endpoint/handlers.h"

#include <string.h>

#include "cgi-bin/gateway/base/api.h"
#include "cgi-bin/gateway/base/command.h"
#include "cgi-bin/gateway/endpoint/endpoint.h"
#include "lib/base/time/clock.h"

enum { ENDPOINTS_MOST = 16, DESCRIPTION_LENGTH = 5000 };

/* What is asked for; a text is NULL where it is not. */
struct endpoint_change {
    struct command command;
    const char *url;
    const char *enabled_events;
    const char *description;
    const char *metadata; /* of a new one */
    bool status_given;
    enum endpoint_status status;
};

static const struct parameter_expand nothing[] = {{NULL, 0}};

static bool is_type(const char *type)
{
    return strcmp(type, "*") == 0 ||
           (strchr(type, '.') != NULL &&
            type[strspn(type, "abcdefghijklmnopqrstuvwxyz0123456789._")] ==
                '\0');
}

/* enabled_events[...] as a JSON array; NULL when there is none. */
static const struct stripe_error *
read_types(struct arena *arena, const struct form *form, const char **out)
{
    struct text text = text_create(arena, 128);
    struct json_writer w = json_writer(&text);
    bool given = false;
    json_open(&w, '[');
    for (size_t i = 0; i < form->count; i++) {
        const struct form_field *field = &form->fields[i];
        if (strncmp(field->name, "enabled_events[", 15) != 0)
            continue;
        given = true;
        if (!is_type(field->value))
            return stripe_error_create(
                arena, NULL, field->name,
                arena_printf(arena, "Invalid %s: %s is no type of an event",
                             field->name, field->value));
        json_put_string(&w, field->value);
    }
    json_close(&w, ']');
    *out = given ? text.bytes : NULL;
    return NULL;
}

/* Stripe too refuses what it cannot reach. */
static const struct stripe_error *read_url(const struct web *web,
                                           struct arena *arena,
                                           const struct form *form,
                                           const char **out)
{
    enum transfer_reach reach;
    const struct stripe_error *error = parameter_url(arena, form, "url", out);
    if (error != NULL || *out == NULL ||
        endpoint_reach(web->settings, *out, &reach, arena))
        return error;
    return stripe_error_create(
        arena, "url_invalid", "url",
        "Invalid URL: this local gateway calls this machine and the hosts in "
        "ORDERMILL_GATEWAY_WEBHOOK_HOSTS only.");
}

static const struct stripe_error *read_form(const struct web *web,
                                            struct arena *arena,
                                            struct endpoint_change *out)
{
    const struct form *form = &out->command.form;
    const struct stripe_error *error = read_url(web, arena, form, &out->url);
    if (error == NULL)
        error = read_types(arena, form, &out->enabled_events);
    if (error == NULL)
        error = parameter_text(arena, form, "description", DESCRIPTION_LENGTH,
                               &out->description);
    if (error == NULL)
        error =
            parameter_metadata(arena, form, "metadata", NULL, &out->metadata);
    return error;
}

static int show(const struct request *request, struct reply *reply,
                const struct endpoint *endpoint, enum endpoint_secret secret)
{
    struct json_writer w = api_json(request, reply);
    endpoint_put(&w, endpoint, secret);
    return 200;
}

static int no_such(const struct request *request, struct reply *reply)
{
    return api_no_such(request, reply, "webhook endpoint", "id",
                       request->param);
}

int endpoint_create_read(struct web *web, struct request *request,
                         struct reply *reply)
{
    static const char *const known[] = {
        "api_version", "description",  "enabled_events[*]",
        "expand[*]",   "metadata[*]=", "url",
        NULL};
    struct endpoint_change *change =
        arena_alloc(request->arena, sizeof *change);
    int status =
        command_read(web, request, reply, known, nothing, &change->command);
    if (status != WEB_GO_ON)
        return status;
    const struct stripe_error *error = read_form(web, request->arena, change);
    if (error == NULL && change->url == NULL)
        error = parameter_missing(request->arena, "url");
    if (error == NULL && change->enabled_events == NULL)
        error = parameter_missing(request->arena, "enabled_events");
    return command_go_on(request, reply, error, change);
}

static int create(struct web *web, struct request *request, struct reply *reply)
{
    const struct endpoint_change *change = request->state;
    struct arena *arena = request->arena;
    if (endpoint_count(web->writer) >= ENDPOINTS_MOST)
        return api_refuse(
            request, reply,
            stripe_error_create(arena, NULL, NULL,
                                "You have reached the maximum of 16 test "
                                "webhook endpoints."));
    struct endpoint endpoint = {
        .id = stripe_id(arena, "we_"),
        .url = change->url,
        .enabled_events = change->enabled_events,
        .secret = stripe_id(arena, stripe_id(arena, "whsec_")),
        .status = ENDPOINT_ENABLED,
        .description = change->description,
        .metadata = change->metadata,
        .created_ms = clock_wall_ms()};
    endpoint_add(web->writer, &endpoint);
    return show(request, reply, &endpoint, ENDPOINT_SHOWS_SECRET);
}

int endpoint_create_write(struct web *web, struct request *request,
                          struct reply *reply)
{
    struct endpoint_change *change = request->state;
    return command_once(web, request, reply, &change->command, create);
}

int endpoint_show(struct web *web, struct request *request, struct reply *reply)
{
    unsigned expand;
    struct endpoint endpoint;
    int status = api_read_plain(web, request, reply, nothing, &expand);
    if (status != WEB_GO_ON)
        return status;
    if (!endpoint_find(web->reader, request->arena, request->param, &endpoint))
        return no_such(request, reply);
    return show(request, reply, &endpoint, ENDPOINT_HIDES_SECRET);
}

int endpoint_list(struct web *web, struct request *request, struct reply *reply)
{
    static const char *const known[] = {LISTING_KNOWN, NULL};
    static const struct listing_kind kind = {
        .url = "/v1/webhook_endpoints",
        .noun = "webhook endpoint",
        .known = known,
        .expandable = nothing,
        .place = "SELECT created_ms, sequence FROM webhook_endpoints "
                 "WHERE endpoint_id = $1"};
    struct listing listing;
    int status = listing_read(web, request, reply, &kind, &listing);
    if (status != WEB_GO_ON)
        return status;
    struct endpoint endpoints[LISTING_MOST + 1];
    int count = endpoint_find_page(web->reader, request->arena, &listing.page,
                                   endpoints);
    struct json_writer w = listing_open(request, reply);
    for (int i = 0; i < count && i < listing.limit; i++)
        endpoint_put(&w, &endpoints[i], ENDPOINT_HIDES_SECRET);
    return listing_close(&w, &kind, &listing, count);
}

int endpoint_update_read(struct web *web, struct request *request,
                         struct reply *reply)
{
    static const char *const known[] = {
        "description", "disabled",  "enabled_events[*]",
        "expand[*]",   "metadata=", "metadata[*]=",
        "url",         NULL};
    struct endpoint_change *change =
        arena_alloc(request->arena, sizeof *change);
    const struct form *form = &change->command.form;
    bool disabled = false;
    int status =
        command_read(web, request, reply, known, nothing, &change->command);
    if (status != WEB_GO_ON)
        return status;
    const struct stripe_error *error = read_form(web, request->arena, change);
    if (error == NULL)
        error = parameter_bool(request->arena, form, "disabled", &disabled);
    change->status_given = form_value(form, "disabled") != NULL;
    change->status = disabled ? ENDPOINT_DISABLED : ENDPOINT_ENABLED;
    return command_go_on(request, reply, error, change);
}

static int update(struct web *web, struct request *request, struct reply *reply)
{
    const struct endpoint_change *change = request->state;
    struct endpoint endpoint;
    if (!endpoint_find(web->writer, request->arena, request->param, &endpoint))
        return no_such(request, reply);
    const struct stripe_error *error =
        parameter_metadata(request->arena, &change->command.form, "metadata",
                           endpoint.metadata, &endpoint.metadata);
    if (error != NULL)
        return api_refuse(request, reply, error);
    if (change->url != NULL)
        endpoint.url = change->url;
    if (change->enabled_events != NULL)
        endpoint.enabled_events = change->enabled_events;
    if (change->description != NULL)
        endpoint.description = change->description;
    if (change->status_given)
        endpoint.status = change->status;
    endpoint_store(web->writer, &endpoint);
    return show(request, reply, &endpoint, ENDPOINT_HIDES_SECRET);
}

int endpoint_update_write(struct web *web, struct request *request,
                          struct reply *reply)
{
    struct endpoint_change *change = request->state;
    return command_once(web, request, reply, &change->command, update);
}

int endpoint_delete_read(struct web *web, struct request *request,
                         struct reply *reply)
{
    unsigned expand;
    return api_read_plain(web, request, reply, nothing, &expand);
}

int endpoint_delete_write(struct web *web, struct request *request,
                          struct reply *reply)
{
    struct endpoint endpoint;
    if (!endpoint_find(web->writer, request->arena, request->param, &endpoint))
        return no_such(request, reply);
    endpoint_delete(web->writer, endpoint.id);
    struct json_writer w = api_json(request, reply);
    json_open(&w, '{');
    json_string_member(&w, "id", endpoint.id);
    json_string_member(&w, "object", "webhook_endpoint");
    stripe_raw_member(&w, "deleted", "true");
    json_close(&w, '}');
    return 200;
}
