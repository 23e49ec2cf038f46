/* Stripe's parameters: see parameter.h. Called by the handlers' read halves. */
#include "cgi-bin/gateway/base/parameter.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "lib/adapter/json/json.h"
#include "lib/base/log/log.h"
#include "lib/base/text/money.h"

enum {
    METADATA_KEYS = 50,
    METADATA_KEY_LENGTH = 40,
    METADATA_VALUE_LENGTH = 500,
    EMAIL_LENGTH = 512,
    URL_LENGTH = 2048,
    AMOUNT_MOST = 99999999, /* Stripe: eight digits in every currency */
    INTEGER_DIGITS = 15     /* no overflow, also as milliseconds */
};

static bool starts_with(const char *string, const char *head)
{
    return strncmp(string, head, strlen(head)) == 0;
}

/* Whether the name is what the entry of a list of known ones stands for, in
 * which a last "=" says that the value may be empty. */
static bool stands_for(const char *entry, const char *name)
{
    for (const char *star; (star = strstr(entry, "[*]")) != NULL;) {
        size_t head = (size_t)(star - entry) + 1;
        if (strncmp(entry, name, head) != 0)
            return false;
        name += head + strcspn(name + head, "[]");
        entry = star + 2;
    }
    size_t length = strcspn(entry, "=");
    return strncmp(entry, name, length) == 0 && name[length] == '\0';
}

static const struct stripe_error *check_names(struct arena *arena,
                                              const struct form *form,
                                              const char *const *known)
{
    for (size_t i = 0; i < form->count; i++) {
        const char *name = form->fields[i].name;
        const char *const *entry = known;
        while (*entry != NULL && !stands_for(*entry, name))
            entry++;
        if (*entry == NULL)
            return stripe_error_create(
                arena, "parameter_unknown", name,
                arena_printf(arena, "Received unknown parameter: %s", name));
        if (form->fields[i].value[0] == '\0' && strchr(*entry, '=') == NULL)
            return stripe_error_create(
                arena, "parameter_invalid_empty", name,
                arena_printf(arena,
                             "You passed an empty string for '%s'. We assume "
                             "empty values are an attempt to unset a "
                             "parameter; however '%s' cannot be unset. You "
                             "should remove '%s' from your request or supply "
                             "a non-empty value.",
                             name, name, name));
    }
    return NULL;
}

static bool is_form(const char *content_type)
{
    static const char form_type[] = "application/x-www-form-urlencoded";
    size_t length = sizeof form_type - 1;
    return content_type != NULL &&
           strncasecmp(content_type, form_type, length) == 0 &&
           (content_type[length] == '\0' || content_type[length] == ';');
}

const struct stripe_error *parameter_read(const struct request *request,
                                          const char *const *known,
                                          struct form *form)
{
    struct arena *arena = request->arena;
    bool posted = strcmp(request->method, "POST") == 0;
    const char *bytes = posted ? request->body : request->query;
    size_t length = posted ? request->body_length : strlen(request->query);
    if (posted && length > 0 &&
        !is_form(request_variable(request, "CONTENT_TYPE")))
        return stripe_error_create(
            arena, NULL, NULL,
            "Invalid request (check that your POST content type is "
            "application/x-www-form-urlencoded).");
    const char *fault;
    if (!form_read(arena, bytes, length, form, &fault))
        return stripe_error_create(
            arena, NULL, NULL,
            arena_printf(arena, "Invalid request parameters: %s.", fault));
    return check_names(arena, form, known);
}

const struct stripe_error *parameter_integer(struct arena *arena,
                                             const struct form *form,
                                             const char *name, int64_t least,
                                             int64_t most, int64_t *out)
{
    const char *value = form_value(form, name);
    if (value == NULL)
        return NULL;
    const char *digits = value[0] == '-' ? value + 1 : value;
    size_t count = strspn(digits, "0123456789");
    if (count == 0 || count > INTEGER_DIGITS || digits[count] != '\0')
        return stripe_error_create(
            arena, "parameter_invalid_integer", name,
            arena_printf(arena, "Invalid integer: %s", value));
    int64_t number = strtoll(value, NULL, 10);
    if (number < least || number > most) {
        bool low = number < least;
        return stripe_error_create(
            arena, "parameter_invalid_integer", name,
            arena_printf(arena, "This value must be %s than or equal to %lld.",
                         low ? "greater" : "less",
                         (long long)(low ? least : most)));
    }
    *out = number;
    return NULL;
}

const struct stripe_error *parameter_time(struct arena *arena,
                                          const struct form *form,
                                          const char *name, int64_t *out)
{
    static const int64_t farthest_s = 100000000000; /* the year 5138 */
    return parameter_integer(arena, form, name, 0, farthest_s, out);
}

const struct stripe_error *parameter_bool(struct arena *arena,
                                          const struct form *form,
                                          const char *name, bool *out)
{
    const char *value = form_value(form, name);
    if (value == NULL)
        return NULL;
    *out = strcmp(value, "true") == 0;
    if (*out || strcmp(value, "false") == 0)
        return NULL;
    return stripe_error_create(
        arena, NULL, name, arena_printf(arena, "Invalid boolean: %s", value));
}

const struct stripe_error *
parameter_choice(struct arena *arena, const struct form *form, const char *name,
                 const char *const *choices, const char *listed,
                 const char **out)
{
    const char *value = form_value(form, name);
    if (value == NULL)
        return NULL;
    for (; *choices != NULL; choices++)
        if (strcmp(*choices, value) == 0) {
            *out = *choices;
            return NULL;
        }
    return stripe_error_create(
        arena, NULL, name,
        arena_printf(arena, "Invalid %s: must be one of %s", name, listed));
}

const struct stripe_error *parameter_text(struct arena *arena,
                                          const struct form *form,
                                          const char *name, size_t max,
                                          const char **out)
{
    *out = form_value(form, name);
    if (*out == NULL || text_count(*out) <= max)
        return NULL;
    return stripe_error_create(
        arena, NULL, name,
        arena_printf(arena, "Invalid string: must be at most %zu characters",
                     max));
}

static const struct stripe_error *metadata_too_long(struct arena *arena,
                                                    const char *param,
                                                    const char *part,
                                                    size_t max, size_t given)
{
    return stripe_error_create(
        arena, NULL, param,
        arena_printf(arena,
                     "Metadata %ss can have up to %zu characters, but you "
                     "passed in a %s that is %zu characters.",
                     part, max, part, given));
}

static const struct stripe_error *check_metadata(struct arena *arena,
                                                 const char *param,
                                                 const char *key,
                                                 const char *value)
{
    size_t key_length = text_count(key);
    size_t value_length = text_count(value);
    if (key_length == 0)
        return stripe_error_create(arena, NULL, param,
                                   "Metadata keys cannot be empty.");
    if (key_length > METADATA_KEY_LENGTH)
        return metadata_too_long(arena, param, "key", METADATA_KEY_LENGTH,
                                 key_length);
    if (value_length > METADATA_VALUE_LENGTH)
        return metadata_too_long(arena, param, "value", METADATA_VALUE_LENGTH,
                                 value_length);
    return NULL;
}

/* What was stored; NULL when there is none of it or the request unsets it all
 * by an empty value. */
static const struct json *read_metadata(struct arena *arena, const char *before,
                                        const char *all)
{
    const struct json_limits limits = {.depth = 1, .values = METADATA_KEYS + 1};
    struct json_fault fault;
    if (before == NULL || all != NULL)
        return NULL;
    const struct json *stored =
        json_read_within(arena, before, strlen(before), limits, &fault);
    if (stored == NULL)
        die("metadata in the journal: %s", fault.detail);
    return stored;
}

const struct stripe_error *
parameter_metadata(struct arena *arena, const struct form *form,
                   const char *name, const char *before, const char **out)
{
    const char *head = arena_printf(arena, "%s[", name);
    const char *all = form_value(form, name);
    const struct json *stored = read_metadata(arena, before, all);
    struct text text = text_create(arena, 128);
    struct json_writer w = json_writer(&text);
    int count = 0;
    if (all != NULL && all[0] != '\0')
        return stripe_error_create(arena, NULL, name, "Invalid object");
    json_open(&w, '{');
    for (const struct json *one = json_first(stored); one != NULL;
         one = json_next(one)) {
        const char *key = json_name(one);
        const char *param = arena_printf(arena, "%s%s]", head, key);
        if (form_value(form, param) != NULL)
            continue;
        json_string_member(&w, key, json_string(one));
        count++;
    }
    for (size_t i = 0; i < form->count; i++) {
        const char *param = form->fields[i].name;
        const char *value = form->fields[i].value;
        if (!starts_with(param, head) || value[0] == '\0')
            continue;
        const char *start = param + strlen(head);
        char *key = arena_copy(arena, start, strlen(start) - 1);
        const struct stripe_error *error =
            check_metadata(arena, param, key, value);
        if (error != NULL)
            return error;
        json_string_member(&w, key, value);
        count++;
    }
    json_close(&w, '}');
    *out = text.bytes;
    return count <= METADATA_KEYS
               ? NULL
               : stripe_error_create(arena, NULL, name,
                                     "Metadata can have up to 50 keys.");
}

const struct stripe_error *parameter_missing(struct arena *arena,
                                             const char *name)
{
    return stripe_error_create(
        arena, "parameter_missing", name,
        arena_printf(arena, "Missing required param: %s.", name));
}

/* Names a host by http, and holds nothing that ends a URL (RFC 3986). */
static bool is_url(const char *value)
{
    size_t scheme = starts_with(value, "https://")  ? strlen("https://")
                    : starts_with(value, "http://") ? strlen("http://")
                                                    : 0;
    if (scheme == 0 || strcspn(value + scheme, "/?#") == 0)
        return false;
    for (; *value != '\0'; value++)
        if ((unsigned char)*value <= ' ' || strchr("\"<>\x7f", *value) != NULL)
            return false;
    return true;
}

const struct stripe_error *parameter_url(struct arena *arena,
                                         const struct form *form,
                                         const char *name, const char **out)
{
    const struct stripe_error *error =
        parameter_text(arena, form, name, URL_LENGTH, out);
    if (error != NULL || *out == NULL || is_url(*out))
        return error;
    return stripe_error_create(arena, "url_invalid", name, "Not a valid URL");
}

const struct stripe_error *parameter_email(struct arena *arena,
                                           const struct form *form,
                                           const char *name, const char **out)
{
    const struct stripe_error *error =
        parameter_text(arena, form, name, EMAIL_LENGTH, out);
    if (error != NULL || *out == NULL || strchr(*out, '@') != NULL)
        return error;
    return stripe_error_create(
        arena, "email_invalid", name,
        arena_printf(arena, "Invalid email address: %s", *out));
}

const struct stripe_error *
parameter_card_only(struct arena *arena, const struct form *form, bool *given)
{
    *given = false;
    for (size_t i = 0; i < form->count; i++) {
        const struct form_field *field = &form->fields[i];
        if (!starts_with(field->name, "payment_method_types["))
            continue;
        *given = true;
        if (strcmp(field->value, "card") != 0)
            return stripe_error_create(
                arena, NULL, "payment_method_types",
                arena_printf(arena,
                             "The payment method type provided: %s is "
                             "invalid. This local gateway takes card only.",
                             field->value));
    }
    return NULL;
}

const struct stripe_error *parameter_currency(struct arena *arena,
                                              const struct form *form,
                                              const char *name,
                                              const char **out)
{
    const char *value = form_value(form, name);
    if (value == NULL)
        return parameter_missing(arena, name);
    char *lower = arena_string(arena, value);
    for (char *c = lower; *c != '\0'; c++)
        if (*c >= 'A' && *c <= 'Z')
            *c = (char)(*c - 'A' + 'a');
    *out = lower;
    if (money_exponent(stripe_iso_currency(arena, lower)) >= 0)
        return NULL;
    return stripe_error_create(
        arena, NULL, name,
        arena_printf(arena,
                     "Invalid currency: %s. The active currencies of ISO 4217 "
                     "are supported.",
                     lower));
}

const struct stripe_error *parameter_amount_most(struct arena *arena,
                                                 const char *name,
                                                 int64_t amount_minor,
                                                 const char *currency)
{
    if (amount_minor <= AMOUNT_MOST)
        return NULL;
    return stripe_error_create(
        arena, "amount_too_large", name,
        arena_printf(arena, "Amount must be no more than %s",
                     money_format(arena, AMOUNT_MOST,
                                  stripe_iso_currency(arena, currency))));
}

/* As Stripe published it in 2025. */
static const struct {
    const char *currency;
    int64_t least_minor;
} least[] = {{"aed", 200}, {"aud", 50}, {"bgn", 100},  {"brl", 50},
             {"cad", 50},  {"chf", 50}, {"czk", 1500}, {"dkk", 250},
             {"eur", 50},  {"gbp", 30}, {"hkd", 400},  {"huf", 17500},
             {"inr", 50},  {"jpy", 50}, {"mxn", 1000}, {"myr", 200},
             {"nok", 300}, {"nzd", 50}, {"pln", 200},  {"ron", 200},
             {"sek", 300}, {"sgd", 50}, {"thb", 1000}, {"usd", 50}};

const struct stripe_error *parameter_amount_least(struct arena *arena,
                                                  const char *name,
                                                  int64_t amount_minor,
                                                  const char *currency)
{
    for (size_t i = 0; i < sizeof least / sizeof least[0]; i++)
        if (strcmp(least[i].currency, currency) == 0 &&
            amount_minor < least[i].least_minor)
            return stripe_error_create(
                arena, "amount_too_small", name,
                arena_printf(
                    arena, "Amount must be at least %s",
                    money_format(arena, least[i].least_minor,
                                 stripe_iso_currency(arena, currency))));
    return NULL;
}

const struct stripe_error *
parameter_expand(struct arena *arena, const struct form *form,
                 const struct parameter_expand *known, unsigned *out)
{
    *out = 0;
    for (size_t i = 0; i < form->count; i++) {
        if (!starts_with(form->fields[i].name, "expand["))
            continue;
        const char *value = form->fields[i].value;
        const struct parameter_expand *entry = known;
        while (entry->name != NULL && strcmp(entry->name, value) != 0)
            entry++;
        if (entry->name == NULL)
            return stripe_error_create(
                arena, NULL, "expand",
                arena_printf(arena, "This property cannot be expanded (%s).",
                             value));
        *out |= entry->mask;
    }
    return NULL;
}
