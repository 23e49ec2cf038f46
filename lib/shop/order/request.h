/* Reads the body of an ordering request, in its three spellings (README.md: "An
 * order in JSON"), into one shape. Looks at no price and no product. */
#ifndef SHOP_ORDER_REQUEST_H
#define SHOP_ORDER_REQUEST_H

#include <stddef.h>
#include <stdint.h>

#include "lib/base/memory/arena.h"
#include "lib/base/text/fault.h"

enum {
    ORDER_MAX_LINES = 200,
    ORDER_MAX_QUANTITY = 9999,
    ORDER_MAX_VALUES = 8192, /* in the body: 40 a line and more */
    ORDER_MAX_NAME = 200     /* characters; also of a product reference */
};

struct order_request_line {
    const char *reference; /* SKU or product name */
    const char *reference_pointer;
    int64_t quantity;
    const char *quantity_pointer;
};

struct order_request {
    struct order_request_line *lines;
    size_t line_count;
    const char *name;           /* NULL: not given */
    const char *email;          /* NULL: not given */
    const char *payment_method; /* as given; NULL: none */
    const char *payment_method_pointer;
    const char *form_token;   /* NULL: not given */
    const char *stated_total; /* major units, a JSON number; NULL: none */
    const char *stated_total_pointer;
};

/* NULL, or what is wrong with a customer's address for mails. */
const char *order_request_email_fault(const char *email);

enum order_request_outcome {
    ORDER_REQUEST_OK,
    ORDER_REQUEST_MALFORMED, /* not JSON; *detail says why */
    ORDER_REQUEST_TOO_LONG,  /* more than ORDER_MAX_VALUES values; *detail */
    ORDER_REQUEST_FAULTY     /* faults names the fields */
};

enum order_request_outcome order_request_read(struct arena *arena,
                                              const char *body, size_t length,
                                              struct order_request *out,
                                              struct faults *faults,
                                              const char **detail);

#endif
