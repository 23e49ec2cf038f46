/* Reading Stripe's parameters: forms with brackets in their names, as in
 * metadata[order_id]. Every function here returns NULL when all is well, else
 * what the request is refused with; errors and results live in the arena. */
#ifndef PARAMETER_H
#define PARAMETER_H

#include "cgi-bin/gateway/stripe_object.h"
#include "lib/web/form.h"
#include "lib/web/web.h"

/* The body of a POST, or the query of a GET, as a form in which every field is
 * one of `known` and, but for metadata, not empty. An entry that ends in "[*]"
 * stands for every name in those brackets. NULL ends the list. */
const struct stripe_error *parameter_read(const struct request *request,
                                          const char *const *known,
                                          struct form *form);

/* An integer from least to most; when it is absent, *out stays. */
const struct stripe_error *parameter_integer(struct arena *arena,
                                             const struct form *form,
                                             const char *name, int64_t least,
                                             int64_t most, int64_t *out);

/* "true" or "false"; when it is absent, *out stays. */
const struct stripe_error *parameter_bool(struct arena *arena,
                                          const struct form *form,
                                          const char *name, bool *out);

/* One of the choices (NULL ends them), which *out then points to; when it is
 * absent, *out stays. `listed` is the list as Stripe's message words it. */
const struct stripe_error *
parameter_choice(struct arena *arena, const struct form *form, const char *name,
                 const char *const *choices, const char *listed,
                 const char **out);

/* At most max characters; when it is absent, *out is NULL. */
const struct stripe_error *parameter_text(struct arena *arena,
                                          const struct form *form,
                                          const char *name, size_t max,
                                          const char **out);

/* metadata[...] as a JSON object; 50 keys of 40 characters, values of 500
 * (docs.stripe.com/metadata). An empty value unsets its key. */
const struct stripe_error *parameter_metadata(struct arena *arena,
                                              const struct form *form,
                                              const char **json);

const struct stripe_error *parameter_missing(struct arena *arena,
                                             const char *name);

#endif
