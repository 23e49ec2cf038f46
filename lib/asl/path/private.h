/* What the files of this folder share: the parsed form of a path, its reader
 * and its evaluation. Nobody else includes it: see path.h. */
#ifndef ASL_PATH_PRIVATE_H
#define ASL_PATH_PRIVATE_H

#include "lib/asl/path/path.h"

enum {
    PATH_BYTES = 4096,
    PATH_STEPS = ASL_DATA_DEPTH, /* those inside filters count */
    PATH_FILTERS = 4,            /* one inside the other */
    PATH_PARENTHESES = 32,       /* likewise, each ! included */
    PATH_VALUES = 100 * 1000,    /* that one path selects */
    PATH_WORK = 4 * 1000 * 1000  /* values looked at: tens of milliseconds */
};

/* The parsed form --------------------------------------------------------- */

enum path_base { PATH_DATA, PATH_CONTEXT, PATH_CURRENT }; /* $ $$ @ */

struct path {
    enum path_base base;
    bool definite;
    const struct path_step *first;
};

enum path_select {
    PATH_NAME,
    PATH_INDEX,
    PATH_SLICE,
    PATH_EACH, /* * */
    PATH_WHERE /* [?( )] */
};

struct path_selector {
    enum path_select kind;
    int from; /* the index, too; negative: from the end */
    int to;
    int stride;
    union {
        const char *name;
        const struct path_filter *filter;
    };
    const struct path_selector *next; /* of ['a','b'] or [0,2] */
};

struct path_step {
    struct path_selector selector;
    bool deep; /* .. */
    const struct path_step *next;
};

/* One of the two is set. */
struct path_operand {
    const struct path *path;
    const struct json *literal;
};

enum path_test {
    PATH_ANY, /* of the terms */
    PATH_ALL, /* of the terms */
    PATH_NOT, /* the one term */
    PATH_EXISTS,
    PATH_COMPARES
};

enum path_relation {
    PATH_EQUAL,
    PATH_UNEQUAL,
    PATH_AT_MOST,
    PATH_AT_LEAST,
    PATH_LESS,
    PATH_MORE
};

struct path_filter {
    enum path_test test;
    enum path_relation relation;
    const struct path_filter *terms;
    struct path_operand left; /* what exists, too */
    struct path_operand right;
    const struct path_filter *next; /* term of the same list */
};

/* Reading ----------------------------------------------------------------- */

struct path_reader {
    struct arena *arena;
    const char *at;
    char *spare; /* where the next name goes: a buffer as long as the text
                    holds them all, as each takes a byte less than it is
                    written with */
    const char *fault;
    int steps;
    int filters;     /* open ones */
    int parentheses; /* likewise */
};

/* False, for the caller to return. The first fault counts. */
bool path_fail(struct path_reader *reader, const char *fault);

void path_skip_blanks(struct path_reader *reader);

/* Reads from the $ or @ that it stands at to the first thing that is no step;
 * NULL after a fault. */
struct path *path_read(struct path_reader *reader);

/* Reads the string at whose opening quote it stands; NULL after a fault. */
const char *path_read_quoted(struct path_reader *reader);

/* Reads from the ? to the closing parenthesis; NULL after a fault. */
const struct path_filter *path_read_filter(struct path_reader *reader);

/* Says what is wrong here, where the path should have gone on or ended. */
bool path_fail_here(struct path_reader *reader);

/* Evaluation -------------------------------------------------------------- */

struct path_budget {
    size_t work;
    size_t values;
    const char *fault;
};

struct path_search {
    struct arena *arena;
    const struct json *root;    /* "$" in a filter */
    struct path_budget *budget; /* the whole evaluation's */
    struct json *found;         /* NULL: the first value ends the search */
    bool any;
};

/* Takes so much from the budget; false once none is left. */
bool path_spend(struct path_search *search, size_t work);

/* All that the steps select from value; false: the search is over. */
bool path_follow(struct path_search *search, const struct path_step *step,
                 const struct json *value);

/* The one child a name or index selects; NULL when there is none. */
const struct json *path_child(const struct path_selector *selector,
                              const struct json *value);

bool path_matches(struct path_search *search, const struct path_filter *filter,
                  const struct json *current);

#endif
