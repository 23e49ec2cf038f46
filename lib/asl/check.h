/* The means of checking a definition: where a mistake stands, the fields each
 * part may have, and fields read by type. Called by parse.c alone. */
#ifndef CHECK_H
#define CHECK_H

#include "lib/adapter/json.h"
#include "lib/asl/definition.h"

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
    bool edges_known;    /* no state's type leaves its way out unknown */
    bool terminal_found; /* some state ends the execution */
};

enum where {
    IN_MACHINE = 1,
    IN_TASK = 2,
    IN_SUCCEED = 4,
    IN_FAIL = 8,
    IN_RETRIER = 16,
    IN_CATCHER = 32,
    IN_STATE = IN_TASK | IN_SUCCEED | IN_FAIL
};

/* Adds a mistake; what is static or in the check's arena. */
void check_note(struct check *c, const struct place *at, const char *what);
void check_note_field(struct check *c, const struct place *at, const char *name,
                      const char *what);

/* Notes each field of the object that has no place there. */
void check_fields(struct check *c, const struct place *at,
                  const struct json *object, enum where where);

/* Notes what is no object, and returns false. */
bool check_object(struct check *c, const struct place *at,
                  const struct json *json);

/* The member; notes that it is missing and returns NULL where there is none. */
const struct json *check_need(struct check *c, const struct place *at,
                              const struct json *object, const char *name);

/* The member as what it must be; one of another kind is noted. NULL, or the
 * fallback, when there is none or it is wrong. An integer is one from least
 * to ASL_MAX_NUMBER. */
const char *check_string(struct check *c, const struct place *at,
                         const struct json *object, const char *name);
const struct json *check_array(struct check *c, const struct place *at,
                               const struct json *object, const char *name);
int check_integer(struct check *c, const struct place *at,
                  const struct json *object, const char *name, int least,
                  int fallback);

#endif
