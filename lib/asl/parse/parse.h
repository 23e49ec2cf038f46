/* The parts of asl_parse, which takes a definition in two passes. The first
 * makes its machines and states and sorts their names; the second checks each
 * of them and fills it in. Private to this folder. */
#ifndef ASL_PARSE_PARSE_H
#define ASL_PARSE_PARSE_H

#include "lib/asl/parse/check.h"
#include "lib/asl/state.h"

enum where {
    IN_TASK = 1 << ASL_TASK,
    IN_PASS = 1 << ASL_PASS,
    IN_CHOICE = 1 << ASL_CHOICE,
    IN_WAIT = 1 << ASL_WAIT,
    IN_PARALLEL = 1 << ASL_PARALLEL,
    IN_MAP = 1 << ASL_MAP,
    IN_SUCCEED = 1 << ASL_SUCCEED,
    IN_FAIL = 1 << ASL_FAIL,
    IN_STATE = (1 << (ASL_FAIL + 1)) - 1,
    IN_ROOT = 1 << 8,       /* the whole document */
    IN_BRANCH = 1 << 9,     /* of a Parallel; a Map's Iterator */
    IN_PROCESSOR = 1 << 10, /* a Map's ItemProcessor */
    IN_CONFIG = 1 << 11,    /* its ProcessorConfig */
    IN_RETRIER = 1 << 12,
    IN_CATCHER = 1 << 13
};

/* names.c: the first pass. */
void parse_names(struct check *c);
bool parse_type(const char *name, enum asl_type *type);

/* The state of the machine in hand that a required field names; NULL with a
 * mistake noted. */
const struct asl_state *parse_target(struct check *c, const struct place *at,
                                     const struct json *object,
                                     const char *name);

/* parse.c: a machine of the first pass, with all that is in it. */
void parse_machine(struct check *c, const struct place *at,
                   const struct json *json, struct asl_machine *machine,
                   enum where where);

/* state.c */
void parse_state(struct check *c, const struct place *at,
                 const struct json *json, struct asl_state *out);

/* retry.c: Retry and Catch. */
void parse_retry(struct check *c, const struct place *at,
                 const struct json *json, struct asl_state *out);
void parse_catch(struct check *c, const struct place *at,
                 const struct json *json, struct asl_state *out);

/* field.c: notes each field that has no place in the object, and each whose
 * value is wrong, if it can be judged by itself. */
void parse_fields(struct check *c, const struct place *at,
                  const struct json *object, enum where where);

/* template.c */
void parse_template(struct check *c, const struct place *at,
                    const struct json *json);
bool parse_finds_context(const struct asl_state *state);

#endif
