/* Reads an ordering request: see request.h. Every faulty field is
 * named, not only the first; no fault repeats what the customer sent. */
#include "lib/shop/order/request.h"

#include <string.h>

#include "lib/adapter/json/json.h"
#include "lib/adapter/unicode.h"
#include "lib/base/text/mime.h"
#include "lib/base/text/text.h"

enum { REQUEST_DEPTH = 8 };

struct reader {
    struct arena *arena;
    struct faults *faults;
    struct order_request *out;
};

/* One fact that may stand under several names: the value that is there. A
 * second one is a fault. absent_null: null means not given. */
struct fact {
    const struct json *value;
    const char *pointer;
};

static void add_spelling(struct reader *r, struct fact *fact,
                         const struct json *object, const char *prefix,
                         const char *name)
{
    const struct json *value = json_member(object, name);
    if (value == NULL || json_kind(value) == JSON_NULL)
        return;
    const char *pointer = arena_printf(r->arena, "%s/%s", prefix, name);
    if (fact->value != NULL) {
        fault_add(r->faults, pointer,
                  arena_printf(r->arena, "This is already given by %s.",
                               fact->pointer));
        return;
    }
    fact->value = value;
    fact->pointer = pointer;
}

/* A single line that names something of the shop's, such as a SKU, which may
 * look like anything; or NULL with the fault added. */
static const char *read_reference(struct reader *r, const struct fact *fact)
{
    const char *detail = NULL;
    const char *sent = json_string(fact->value);
    const char *text =
        sent == NULL
            ? ""
            : text_trim(r->arena, unicode_without_directions(r->arena, sent));
    if (sent == NULL)
        detail = "Must be a string.";
    else if (text_has_control(sent))
        detail = "Must not hold control characters.";
    else if (unicode_is_blank(text))
        detail = *text == '\0' ? "Must not be empty."
                               : "Must hold something that can be seen.";
    else if (text_count(text) > ORDER_MAX_NAME)
        detail = "Must have at most 200 characters.";
    if (detail == NULL)
        return text;
    fault_add(r->faults, fact->pointer, detail);
    return NULL;
}

/* A single line in the customer's own words, or NULL with the fault added. */
static const char *read_line_of_text(struct reader *r, const struct fact *fact)
{
    const char *text = read_reference(r, fact);
    if (text == NULL || !text_has_card_number(text))
        return text;
    fault_add(r->faults, fact->pointer, "Must not hold a card number.");
    return NULL;
}

static void read_quantity(struct reader *r, const struct json *value,
                          const char *pointer, int64_t *quantity)
{
    if (value == NULL)
        fault_add(r->faults, pointer, "This is missing.");
    else if (!json_integer(value, quantity) || *quantity < 1 ||
             *quantity > ORDER_MAX_QUANTITY)
        fault_add(r->faults, pointer, "Must be a whole number from 1 to 9999.");
}

/* A line's product, under any of its three names. */
static struct fact find_reference(struct reader *r, const struct json *object,
                                  const char *prefix)
{
    struct fact fact = {0};
    add_spelling(r, &fact, object, prefix, "sku");
    add_spelling(r, &fact, object, prefix, "item");
    add_spelling(r, &fact, object, prefix, "productId");
    return fact;
}

static void read_line(struct reader *r, const struct json *object,
                      const char *prefix, const char *missing)
{
    struct order_request_line *line = &r->out->lines[r->out->line_count++];
    struct fact reference = find_reference(r, object, prefix);
    line->reference_pointer = reference.pointer;
    if (reference.value == NULL)
        fault_add(r->faults, arena_printf(r->arena, "%s/%s", prefix, missing),
                  "This is missing.");
    else
        line->reference = read_reference(r, &reference);
    line->quantity_pointer = arena_printf(r->arena, "%s/quantity", prefix);
    read_quantity(r, json_member(object, "quantity"), line->quantity_pointer,
                  &line->quantity);
}

static void read_items(struct reader *r, const struct json *items)
{
    size_t count = json_count(items);
    if (json_kind(items) != JSON_ARRAY || count < 1 ||
        count > ORDER_MAX_LINES) {
        fault_add(r->faults, "/items", "Must be a list of 1 to 200 lines.");
        return;
    }
    r->out->lines = arena_alloc(r->arena, count * sizeof *r->out->lines);
    size_t i = 0;
    for (const struct json *item = json_first(items); item != NULL;
         item = json_next(item), i++) {
        const char *prefix = arena_printf(r->arena, "/items/%zu", i);
        if (json_kind(item) != JSON_OBJECT)
            fault_add(r->faults, prefix, "Must be an object.");
        else
            read_line(r, item, prefix, "sku");
    }
}

static void read_lines(struct reader *r, const struct json *root)
{
    const struct json *items = json_member(root, "items");
    if (items == NULL) {
        if (find_reference(r, root, "").value == NULL &&
            json_member(root, "quantity") == NULL) {
            fault_add(r->faults, "/items", "This is missing.");
            return;
        }
        /* What find_reference found wrong is found again by read_line. */
        r->faults->count = 0;
        r->out->lines = arena_alloc(r->arena, sizeof *r->out->lines);
        read_line(r, root, "", "item");
        return;
    }
    static const char *const single[] = {"sku", "item", "productId",
                                         "quantity"};
    for (size_t i = 0; i < sizeof single / sizeof single[0]; i++)
        if (json_member(root, single[i]) != NULL)
            fault_add(r->faults, arena_printf(r->arena, "/%s", single[i]),
                      "This is already given by /items.");
    read_items(r, items);
}

const char *order_request_email_fault(const char *email)
{
    return mime_address_ok(email) ? NULL : "This is not an e-mail address.";
}

static const char *read_email(struct reader *r, const struct fact *fact)
{
    const char *text = json_string(fact->value);
    const char *detail =
        text == NULL ? "Must be a string." : order_request_email_fault(text);
    if (detail == NULL)
        return text;
    fault_add(r->faults, fact->pointer, detail);
    return NULL;
}

static void read_customer(struct reader *r, const struct json *root)
{
    struct fact name = {0};
    struct fact email = {0};
    const struct json *customer = json_member(root, "customer");
    if (customer != NULL && json_kind(customer) != JSON_NULL) {
        if (json_kind(customer) != JSON_OBJECT)
            fault_add(r->faults, "/customer", "Must be an object.");
        add_spelling(r, &name, customer, "/customer", "name");
        add_spelling(r, &email, customer, "/customer", "email");
    }
    add_spelling(r, &name, root, "", "customer_name");
    add_spelling(r, &email, root, "", "email");
    add_spelling(r, &email, root, "", "customerEmail");
    if (name.value != NULL)
        r->out->name = read_line_of_text(r, &name);
    if (email.value != NULL)
        r->out->email = read_email(r, &email);
}

static void read_payment(struct reader *r, const struct json *root)
{
    struct fact method = {0};
    add_spelling(r, &method, root, "", "payment_method");
    add_spelling(r, &method, root, "", "paymentMethod");
    if (method.value != NULL) {
        r->out->payment_method = read_reference(r, &method);
        r->out->payment_method_pointer = method.pointer;
    }
    struct fact total = {0};
    add_spelling(r, &total, root, "", "total");
    add_spelling(r, &total, root, "", "amount");
    if (total.value == NULL)
        return;
    r->out->stated_total = json_number_text(total.value);
    r->out->stated_total_pointer = total.pointer;
    if (r->out->stated_total == NULL)
        fault_add(r->faults, total.pointer, "Must be a number.");
}

static void read_form_token(struct reader *r, const struct json *root)
{
    struct fact token = {0};
    add_spelling(r, &token, root, "", "form_token");
    if (token.value == NULL)
        return;
    r->out->form_token = json_string(token.value);
    if (r->out->form_token == NULL)
        fault_add(r->faults, token.pointer, "Must be a string.");
}

enum order_request_outcome order_request_read(struct arena *arena,
                                              const char *body, size_t length,
                                              struct order_request *out,
                                              struct faults *faults,
                                              const char **detail)
{
    *out = (struct order_request){0};
    faults->count = 0;
    struct json_fault fault;
    const struct json *root = json_read_within(
        arena, body, length,
        (struct json_limits){REQUEST_DEPTH, ORDER_MAX_VALUES}, &fault);
    if (root == NULL && fault.too_many) {
        *detail = arena_printf(arena, "The body holds more than %d values.",
                               ORDER_MAX_VALUES);
        return ORDER_REQUEST_TOO_LONG;
    }
    if (root == NULL) {
        *detail = arena_printf(arena, "The body is not JSON: %s at byte %zu.",
                               fault.detail, fault.offset);
        return ORDER_REQUEST_MALFORMED;
    }
    struct reader r = {.arena = arena, .faults = faults, .out = out};
    if (json_kind(root) != JSON_OBJECT) {
        fault_add(faults, "", "Must be an object.");
        return ORDER_REQUEST_FAULTY;
    }
    read_lines(&r, root);
    read_customer(&r, root);
    read_payment(&r, root);
    read_form_token(&r, root);
    return faults->count == 0 ? ORDER_REQUEST_OK : ORDER_REQUEST_FAULTY;
}
