/* The invariants a shop must be able to prove, checked over all its books;
 * called by `ordermill verify`. What is still in hand is counted apart and
 * breaks nothing. */
#ifndef AUDIT_H
#define AUDIT_H

#include "lib/adapter/db.h"
#include "lib/base/settings.h"

struct audit_line {
    const char *rule;
    bool checked;  /* false: there is nothing to hold it against */
    int64_t count; /* rows looked at */
    int64_t broken;
    int64_t in_hand;
    const char *first; /* the first break in words; NULL: none */
};

enum { AUDIT_LINES = 7 };

/* Opens the shop's database and, when it is there, the local gateway's, both
 * for reading; works with everything stopped or running. */
void audit_run(const struct settings *settings, struct arena *arena,
               struct audit_line lines[AUDIT_LINES]);

#endif
