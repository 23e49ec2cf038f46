/* Showing and listing events: see handlers.h. */
#include "cgi-bin/gateway/event/handlers.h"

#include <string.h>

#include "cgi-bin/gateway/base/api.h"
#include "cgi-bin/gateway/event/event.h"

enum { TYPES_MOST = 20 };

static const struct parameter_expand nothing[] = {{NULL, 0}};

int event_show(struct web *web, struct request *request, struct reply *reply)
{
    unsigned expand;
    struct event event;
    int status = api_read_plain(web, request, reply, nothing, &expand);
    if (status != WEB_GO_ON)
        return status;
    if (!event_find(web->reader, request->arena, request->param, &event))
        return api_no_such(request, reply, "event", "id", request->param);
    struct json_writer w = api_json(request, reply);
    event_put(&w, &event);
    return 200;
}

/* "charge.*" as LIKE has it. No type of Stripe's holds a percent sign. */
static const char *pattern(struct arena *arena, const char *type)
{
    if (type == NULL)
        return "%";
    char *like = arena_string(arena, type);
    for (char *c = like; *c != '\0'; c++)
        if (*c == '*')
            *c = '%';
    return like;
}

/* types[...] with commas around each; "" when there is none. */
static const struct stripe_error *
read_types(struct arena *arena, const struct form *form, const char **out)
{
    struct text text = text_create(arena, 64);
    int count = 0;
    for (size_t i = 0; i < form->count; i++) {
        if (strncmp(form->fields[i].name, "types[", 6) != 0)
            continue;
        if (++count > TYPES_MOST)
            return stripe_error_create(arena, NULL, "types",
                                       "You may pass at most 20 types.");
        text_printf(&text, "%s%s,", count == 1 ? "," : "",
                    form->fields[i].value);
    }
    *out = text.bytes;
    if (count > 0 && form_value(form, "type") != NULL)
        return stripe_error_create(arena, NULL, NULL,
                                   "You may only specify one of these "
                                   "parameters: type, types.");
    return NULL;
}

int event_list(struct web *web, struct request *request, struct reply *reply)
{
    static const char *const known[] = {LISTING_KNOWN, "type", "types[*]",
                                        NULL};
    static const struct listing_kind kind = {
        .url = "/v1/events",
        .noun = "event",
        .known = known,
        .expandable = nothing,
        .place = "SELECT created_ms, sequence FROM events "
                 "WHERE event_id = $1"};
    struct arena *arena = request->arena;
    struct listing listing;
    const char *types = "";
    int status = listing_read(web, request, reply, &kind, &listing);
    if (status != WEB_GO_ON)
        return status;
    const struct stripe_error *error = read_types(arena, &listing.form, &types);
    if (error != NULL)
        return api_refuse(request, reply, error);
    struct event events[LISTING_MOST + 1];
    int count = event_find_page(
        web->reader, arena, pattern(arena, form_value(&listing.form, "type")),
        types, &listing.page, events);
    struct json_writer w = listing_open(request, reply);
    for (int i = 0; i < count && i < listing.limit; i++)
        event_put(&w, &events[i]);
    return listing_close(&w, &kind, &listing, count);
}
