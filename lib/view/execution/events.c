/* The table of events: see private.h. */
#include <stdlib.h>
#include <string.h>

#include "lib/base/text/text.h"
#include "lib/view/execution/private.h"
#include "lib/view/order_page.h"

/* Beyond these, what a person reads no more: the API has the whole. */
enum { VALUE_BYTES = 32 * 1024, INDENT = 2, GROWTH = 4 };

/* "350 ms", "2.4 s", "3 min 5 s", "2 h 5 min", "3 d 4 h" */
static const char *duration(struct arena *arena, int64_t ms)
{
    long long s = (long long)(ms / 1000);
    if (ms < 1000)
        return arena_printf(arena, "%lld ms", (long long)ms);
    if (s < 60)
        return arena_printf(arena, "%lld.%lld s", s,
                            (long long)(ms % 1000 / 100));
    if (s < 3600)
        return arena_printf(arena, "%lld min %lld s", s / 60, s % 60);
    if (s < 86400)
        return arena_printf(arena, "%lld h %lld min", s / 3600, s / 60 % 60);
    return arena_printf(arena, "%lld d %lld h", s / 86400, s / 3600 % 24);
}

static void break_line(struct text *text, int depth)
{
    text_putc(text, '\n');
    for (int i = 0; i < depth * INDENT; i++)
        text_putc(text, ' ');
}

/* The end of the string that begins at the quote *at. */
static const char *string_end(const char *at)
{
    for (at++; *at != '"' && *at != '\0'; at++)
        if (*at == '\\' && at[1] != '\0')
            at++;
    return *at == '"' ? at + 1 : at;
}

/* compact in lines, or as it is where it is nested too deeply for that. */
static const char *in_lines(struct arena *arena, const char *compact)
{
    size_t most = GROWTH * strlen(compact) + 1024;
    struct text text = text_create(arena, strlen(compact) + 64);
    int depth = 0;
    for (const char *at = compact; *at != '\0' && text.length < most;) {
        if (*at == '"') {
            const char *end = string_end(at);
            text_add(&text, at, (size_t)(end - at));
            at = end;
            continue;
        }
        bool opens = *at == '{' || *at == '[';
        bool closes = *at == '}' || *at == ']';
        if (closes && at > compact && at[-1] != '{' && at[-1] != '[')
            break_line(&text, depth - 1);
        depth += opens - closes;
        text_putc(&text, *at);
        if (*at == ':')
            text_putc(&text, ' ');
        else if (*at == ',' || (opens && at[1] != '}' && at[1] != ']'))
            break_line(&text, depth);
        at++;
    }
    return text.length < most ? text.bytes : compact;
}

static void fill_value(struct page *row, const struct history_event *event,
                       const char *name, const char *title, size_t *room,
                       struct arena *arena)
{
    const struct json *value = json_member(event->detail, name);
    if (value == NULL)
        return;
    size_t used = arena->used;
    const char *text = json_print(arena, value);
    bool fits = strlen(text) <= VALUE_BYTES;
    if (fits) {
        text = in_lines(arena, text);
        fits = strlen(text) <= *room;
    }
    struct page *section = page_section(row, "EVENT_VALUE");
    page_set(section, "VALUE_TITLE", title);
    page_set(section, "VALUE_OF",
             arena_printf(arena, " of event %lld", (long long)event->id));
    if (fits) {
        *room -= strlen(text);
        page_set(section, "VALUE_JSON", text);
    } else {
        page_section(section, "VALUE_LONG");
    }
    arena->used = used; /* the page has its own copies */
}

static void add_note(struct page *row, const char *text)
{
    page_set(page_section(row, "EVENT_NOTED"), "EVENT_NOTE", text);
}

static void fill_notes(struct page *row, const struct json *detail,
                       struct arena *arena)
{
    int64_t number;
    const char *text;
    if ((text = json_string(json_member(detail, "resource"))) != NULL)
        add_note(row, text);
    if (json_integer(json_member(detail, "index"), &number))
        add_note(row, arena_printf(arena, "Item %lld", (long long)number));
    if (json_integer(json_member(detail, "length"), &number))
        add_note(row, arena_printf(arena, "%lld item%s", (long long)number,
                                   number == 1 ? "" : "s"));
    if ((text = json_string(json_member(detail, "name"))) != NULL)
        add_note(row, text);
    if (json_integer(json_member(detail, "retry_after_ms"), &number))
        add_note(row, arena_printf(arena, "Tried again after %s",
                                   duration(arena, number)));
    if ((text = json_string(json_member(detail, "caught"))) != NULL)
        add_note(row, arena_printf(arena, "Caught: goes on at %s", text));
    if ((text = json_string(json_member(detail, "definition"))) != NULL)
        add_note(row, arena_printf(arena, "Definition %.12s", text));
}

/* What failed, and what people did. */
static void fill_reasons(struct page *row, const struct json *detail)
{
    const char *error = json_string(json_member(detail, "error"));
    const char *cause = json_string(json_member(detail, "cause"));
    const char *by = json_string(json_member(detail, "by"));
    const char *reason = json_string(json_member(detail, "reason"));
    if (error != NULL || cause != NULL) {
        struct page *failed = page_section(row, "EVENT_FAILED");
        page_set(failed, "EVENT_ERROR", error);
        page_set(failed, "EVENT_CAUSE", cause);
    }
    if (by != NULL || reason != NULL) {
        struct page *hand = page_section(row, "EVENT_HAND");
        page_set(hand, "EVENT_BY", by == NULL ? "not noted" : by);
        if (reason != NULL)
            page_set(page_section(hand, "EVENT_REASONED"), "EVENT_REASON",
                     reason);
    }
    page_set(row, "EVENT_KIND",
             by != NULL      ? "hand"
             : error != NULL ? "failed"
                             : "plain");
}

void execution_page_event(struct page *page, const struct history_event *event,
                          int64_t took_ms, size_t *room, struct arena *arena)
{
    struct page *row = page_section(page, "EVENT");
    size_t used = arena->used;
    int64_t attempt;
    const char *state = event->state;
    if (state == NULL)
        state = json_string(json_member(event->detail, "state"));
    page_set(row, "EVENT_ID",
             arena_printf(arena, "%lld", (long long)event->id));
    order_page_time(row, "EVENT_TIME", event->at_ms, arena);
    page_set(row, "EVENT_TYPE", event->type);
    page_set(row, "EVENT_STATE", state);
    if (json_integer(json_member(event->detail, "attempt"), &attempt))
        page_set(page_section(row, "EVENT_TRIED"), "EVENT_ATTEMPT",
                 arena_printf(arena, "%lld", (long long)attempt));
    if (took_ms >= 0)
        page_set(page_section(row, "EVENT_TIMED"), "EVENT_TOOK",
                 duration(arena, took_ms));
    fill_reasons(row, event->detail);
    fill_notes(row, event->detail, arena);
    fill_value(row, event, "input", "Input", room, arena);
    fill_value(row, event, "parameters", "Parameters", room, arena);
    fill_value(row, event, "output", "Output", room, arena);
    arena->used = used;
}
