/* Reading Stripe's parameters: forms with brackets in their names, as in
 * metadata[order_id]. Every function here returns NULL when all is well, else
 * the error that the request is refused with. Errors and results live in the
 * arena. */
#ifndef CGI_BIN_GATEWAY_BASE_PARAMETER_H
#define CGI_BIN_GATEWAY_BASE_PARAMETER_H

#include "cgi-bin/gateway/base/object.h"
#include "lib/web/form.h"
#include "lib/web/web.h"

/* The body of a POST, or the query of a GET, as a form in which every field is
 * one of `known` and not empty. In an entry, "[*]" stands for any name in
 * brackets, and "=" at its end says that it may be empty. NULL ends the list.
 */
const struct stripe_error *parameter_read(const struct request *request,
                                          const char *const *known,
                                          struct form *form);

/* An integer from least to most; when it is absent, *out stays. */
const struct stripe_error *parameter_integer(struct arena *arena,
                                             const struct form *form,
                                             const char *name, int64_t least,
                                             int64_t most, int64_t *out);

/* Seconds since 1970, which also fit as milliseconds; otherwise the same. */
const struct stripe_error *parameter_time(struct arena *arena,
                                          const struct form *form,
                                          const char *name, int64_t *out_s);

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

/* Reads name[...], such as metadata[...], and merges it into what the object
 * had before (a JSON object; NULL: it is new). *out is a JSON object of at most
 * 50 keys of 40 characters, with values of 500 (docs.stripe.com/metadata). An
 * empty value unsets its key, and an empty `name` all of them. */
const struct stripe_error *
parameter_metadata(struct arena *arena, const struct form *form,
                   const char *name, const char *before, const char **out);

/* http:// or https://; when it is absent, *out is NULL. */
const struct stripe_error *parameter_url(struct arena *arena,
                                         const struct form *form,
                                         const char *name, const char **out);

/* An address; when it is absent, *out is NULL. */
const struct stripe_error *parameter_email(struct arena *arena,
                                           const struct form *form,
                                           const char *name, const char **out);

/* payment_method_types[...]. *given: it is there; it may only name cards. */
const struct stripe_error *
parameter_card_only(struct arena *arena, const struct form *form, bool *given);

/* A currency of ISO 4217 in lower case, which must be given. name is the
 * parameter's whole name. */
const struct stripe_error *parameter_currency(struct arena *arena,
                                              const struct form *form,
                                              const char *name,
                                              const char **out);

/* NULL, or that the amount has more than eight digits. */
const struct stripe_error *parameter_amount_most(struct arena *arena,
                                                 const char *name,
                                                 int64_t amount_minor,
                                                 const char *currency);

/* NULL, or that the amount is below the least that Stripe charges in the
 * currency (docs.stripe.com/currencies, "Minimum and maximum charge amounts");
 * a currency that is not in that list has none here. */
const struct stripe_error *parameter_amount_least(struct arena *arena,
                                                  const char *name,
                                                  int64_t amount_minor,
                                                  const char *currency);

struct parameter_expand {
    const char *name; /* "data.latest_charge"; NULL ends the list */
    unsigned mask;    /* of enum stripe_expand */
};

/* expand[...]. *out has the masks of all that is named. */
const struct stripe_error *
parameter_expand(struct arena *arena, const struct form *form,
                 const struct parameter_expand *known, unsigned *out);

const struct stripe_error *parameter_missing(struct arena *arena,
                                             const char *name);

#endif
