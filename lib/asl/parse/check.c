/* The means of checking a definition: see check.h. */
#include "lib/asl/parse/check.h"

#include "lib/asl/state.h"
#include "lib/base/text/text.h"

static void put_pointer(struct text *out, const struct place *at)
{
    if (at->up == NULL)
        return;
    put_pointer(out, at->up);
    text_putc(out, '/');
    if (at->name == NULL) {
        text_put_int(out, (int64_t)at->index);
        return;
    }
    for (const char *s = at->name; *s != '\0'; s++) {
        if (*s == '~' || *s == '/')
            text_puts(out, *s == '~' ? "~0" : "~1");
        else
            text_putc(out, *s);
    }
}

void check_note(struct check *c, const struct place *at, const char *what)
{
    /* Pointers through long names, many times over, would fill the arena. */
    enum { MISTAKE_BYTES_MAX = 1 << 20 };
    if (c->mistake_bytes > MISTAKE_BYTES_MAX)
        return;
    struct text pointer = text_create(c->arena, 64);
    put_pointer(&pointer, at);
    struct asl_mistake *mistake = arena_alloc(c->arena, sizeof *mistake);
    mistake->pointer = pointer.bytes;
    mistake->text = what;
    *c->end = mistake;
    c->end = &mistake->next;
    c->mistake_bytes += pointer.length + sizeof *mistake + 64;
    if (c->mistake_bytes <= MISTAKE_BYTES_MAX)
        return;
    struct asl_mistake *last = arena_alloc(c->arena, sizeof *last);
    last->pointer = "";
    last->text = "there are more mistakes than these";
    *c->end = last;
    c->end = &last->next;
}

void check_note_field(struct check *c, const struct place *at, const char *name,
                      const char *what)
{
    check_note(c, &(struct place){.up = at, .name = name}, what);
}

bool check_object(struct check *c, const struct place *at,
                  const struct json *json)
{
    if (json_kind(json) == JSON_OBJECT)
        return true;
    check_note(c, at, "must be an object");
    return false;
}

bool check_text(struct check *c, const struct place *at,
                const struct json *json)
{
    if (json_string(json) != NULL)
        return true;
    check_note(c, at, "must be a string");
    return false;
}

bool check_whole(struct check *c, const struct place *at,
                 const struct json *json, int least)
{
    int64_t number;
    if (json_integer(json, &number) && number >= least &&
        number <= ASL_MAX_NUMBER)
        return true;
    check_note(c, at,
               arena_printf(c->arena, "must be a whole number from %d to %d",
                            least, ASL_MAX_NUMBER));
    return false;
}

const struct json *check_need(struct check *c, const struct place *at,
                              const struct json *object, const char *name)
{
    const struct json *member = json_member(object, name);
    if (member == NULL)
        check_note(c, at, arena_printf(c->arena, "%s is missing", name));
    return member;
}

const char *check_string(struct check *c, const struct place *at,
                         const struct json *object, const char *name)
{
    const struct json *member = json_member(object, name);
    if (member != NULL)
        check_text(c, &(struct place){.up = at, .name = name}, member);
    return json_string(member);
}

const struct json *check_array(struct check *c, const struct place *at,
                               const struct json *object, const char *name)
{
    const struct json *member = json_member(object, name);
    if (member == NULL || json_kind(member) == JSON_ARRAY)
        return member;
    check_note_field(c, at, name, "must be an array");
    return NULL;
}

int check_integer(struct check *c, const struct place *at,
                  const struct json *object, const char *name, int least,
                  int fallback)
{
    const struct json *member = json_member(object, name);
    const struct place here = {.up = at, .name = name};
    if (member == NULL || !check_whole(c, &here, member, least))
        return fallback;
    int64_t number = fallback;
    json_integer(member, &number);
    return (int)number;
}

void check_exclusive(struct check *c, const struct place *at,
                     const struct json *object, const char *first,
                     const char *second)
{
    if (json_member(object, first) != NULL &&
        json_member(object, second) != NULL)
        check_note_field(c, at, second,
                         arena_printf(c->arena, "%s and %s exclude each other",
                                      first, second));
}
