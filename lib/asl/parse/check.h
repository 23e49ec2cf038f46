/* The means of checking a definition: where a mistake stands, and fields read
 * by type. Called by parse*.c and choice.c. */
#ifndef ASL_PARSE_CHECK_H
#define ASL_PARSE_CHECK_H

#include "lib/adapter/json/json.h"
#include "lib/asl/asl.h"

/* Where in the document the check is: a list from the leaf to the root. */
struct place {
    const struct place *up; /* NULL: this is the whole document */
    const char *name;       /* NULL: an array's element */
    size_t index;
};

struct check {
    struct arena *arena;
    struct asl_definition *definition;
    const struct asl_mistake *mistakes;
    const struct asl_mistake **end; /* where the next one is hung */
    size_t mistake_bytes;           /* that all of them take, about */
    /* Of the machine in hand: */
    const struct asl_machine *machine;
    bool edges_known;    /* no state is so wrong that its ways out are not */
    bool terminal_found; /* some state ends the machine */
};

/* Adds a mistake; `what` is static or in the check's arena. Beyond a megabyte
 * of mistakes only one more is added, which says so. */
void check_note(struct check *c, const struct place *at, const char *what);
void check_note_field(struct check *c, const struct place *at, const char *name,
                      const char *what);

/* False, with a mistake noted, unless it is an object; a string; a whole number
 * from least to ASL_MAX_NUMBER. */
bool check_object(struct check *c, const struct place *at,
                  const struct json *json);
bool check_text(struct check *c, const struct place *at,
                const struct json *json);
bool check_whole(struct check *c, const struct place *at,
                 const struct json *json, int least);

/* The member; NULL, with a mistake noted, where there is none. */
const struct json *check_need(struct check *c, const struct place *at,
                              const struct json *object, const char *name);

/* The member, which must be a string, an array or a whole number; else a
 * mistake is noted. NULL, or the fallback, when it is wrong or not there. */
const char *check_string(struct check *c, const struct place *at,
                         const struct json *object, const char *name);
const struct json *check_array(struct check *c, const struct place *at,
                               const struct json *object, const char *name);
int check_integer(struct check *c, const struct place *at,
                  const struct json *object, const char *name, int least,
                  int fallback);

/* Notes the second as a mistake when the object has both. */
void check_exclusive(struct check *c, const struct place *at,
                     const struct json *object, const char *first,
                     const char *second);

#endif
