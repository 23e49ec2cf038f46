/* The means of checking a definition: see check.h. */
#include "lib/asl/check.h"

#include <string.h>

#include "lib/asl/state.h"
#include "lib/base/text.h"

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
    struct text pointer = text_create(c->arena, 64);
    put_pointer(&pointer, at);
    struct asl_mistake *mistake = arena_alloc(c->arena, sizeof *mistake);
    mistake->pointer = pointer.bytes;
    mistake->text = what;
    *c->end = mistake;
    c->end = &mistake->next;
}

void check_note_field(struct check *c, const struct place *at, const char *name,
                      const char *what)
{
    check_note(c, &(struct place){.up = at, .name = name}, what);
}

static const struct field {
    const char *name;
    int supported; /* where this build understands it */
    int known;     /* where the specification has it besides */
} fields[] = {
    {"Comment", IN_MACHINE | IN_STATE | IN_RETRIER | IN_CATCHER, 0},
    {"StartAt", IN_MACHINE, 0},
    {"States", IN_MACHINE, 0},
    {"Version", IN_MACHINE, 0},
    {"Type", IN_STATE, 0},
    {"Resource", IN_TASK, 0},
    {"Next", IN_TASK | IN_CATCHER, 0},
    {"End", IN_TASK, 0},
    {"Retry", IN_TASK, 0},
    {"Catch", IN_TASK, 0},
    {"Error", IN_FAIL, 0},
    {"Cause", IN_FAIL, 0},
    {"ErrorEquals", IN_RETRIER | IN_CATCHER, 0},
    {"IntervalSeconds", IN_RETRIER, 0},
    {"MaxAttempts", IN_RETRIER, 0},
    {"BackoffRate", IN_RETRIER, 0},
    {"MaxDelaySeconds", IN_RETRIER, 0},
    {"JitterStrategy", IN_RETRIER, 0},
    {"QueryLanguage", 0, IN_MACHINE | IN_STATE},
    {"TimeoutSeconds", 0, IN_MACHINE | IN_TASK},
    {"TimeoutSecondsPath", 0, IN_TASK},
    {"HeartbeatSeconds", 0, IN_TASK},
    {"HeartbeatSecondsPath", 0, IN_TASK},
    {"Credentials", 0, IN_TASK},
    {"InputPath", 0, IN_TASK | IN_SUCCEED},
    {"Parameters", 0, IN_TASK},
    {"ResultSelector", 0, IN_TASK},
    {"ResultPath", 0, IN_TASK | IN_CATCHER},
    {"OutputPath", 0, IN_TASK | IN_SUCCEED},
    {"Arguments", 0, IN_TASK},
    {"Output", 0, IN_TASK | IN_SUCCEED | IN_CATCHER},
    {"Assign", 0, IN_TASK | IN_CATCHER},
    {"ErrorPath", 0, IN_FAIL},
    {"CausePath", 0, IN_FAIL},
};

static const struct field *find_field(const char *name)
{
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++)
        if (strcmp(fields[i].name, name) == 0)
            return &fields[i];
    return NULL;
}

void check_fields(struct check *c, const struct place *at,
                  const struct json *object, enum where where)
{
    for (const struct json *member = json_first(object); member != NULL;
         member = json_next(member)) {
        const char *name = json_name(member);
        const struct field *field = find_field(name);
        if (field == NULL)
            check_note_field(c, at, name, "unknown field");
        else if ((field->known & (int)where) != 0)
            check_note_field(c, at, name, "this field is not supported");
        else if ((field->supported & (int)where) == 0)
            check_note_field(c, at, name, "this field is not allowed here");
        else if (strcmp(name, "Comment") == 0 && json_string(member) == NULL)
            check_note_field(c, at, name, "must be a string");
    }
}

bool check_object(struct check *c, const struct place *at,
                  const struct json *json)
{
    if (json_kind(json) == JSON_OBJECT)
        return true;
    check_note(c, at, "must be an object");
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
    if (member != NULL && json_string(member) == NULL)
        check_note_field(c, at, name, "must be a string");
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
    int64_t number;
    if (member == NULL)
        return fallback;
    if (json_integer(member, &number) && number >= least &&
        number <= ASL_MAX_NUMBER)
        return (int)number;
    check_note_field(c, at, name,
                     arena_printf(c->arena,
                                  "must be a whole number from %d to %d", least,
                                  ASL_MAX_NUMBER));
    return fallback;
}
