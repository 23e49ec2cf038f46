/* Writes JSON into a text, piece by piece. Commas and escapes are its job, the
 * order of calls is the caller's. Integers stay exact beyond 2^53.
 *
 *     json_open(w, '{'); json_key(w, "id"); json_put_int(w, 7);
 *     json_close(w, '}');                                  -> {"id":7} */
#ifndef BASE_TEXT_JSON_WRITER_H
#define BASE_TEXT_JSON_WRITER_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/base/text/text.h"

struct json_writer {
    struct text *out;
    bool comma; /* the next value or key needs one before it */
};

struct json_writer json_writer(struct text *out);
void json_open(struct json_writer *w, char bracket);  /* '{' or '[' */
void json_close(struct json_writer *w, char bracket); /* '}' or ']' */
void json_key(struct json_writer *w, const char *name);
void json_put_string(struct json_writer *w, const char *string); /* or NULL */
void json_put_int(struct json_writer *w, int64_t number);
void json_put_bool(struct json_writer *w, bool value);
void json_put_null(struct json_writer *w);
void json_put_raw(struct json_writer *w, const char *json); /* well-formed */
void json_put_time(struct json_writer *w, int64_t wall_ms); /* RFC 3339 */

/* Key and value in one call. */
void json_string_member(struct json_writer *w, const char *name,
                        const char *string);
void json_int_member(struct json_writer *w, const char *name, int64_t number);

#endif
