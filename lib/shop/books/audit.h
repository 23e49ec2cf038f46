/* The invariants that a shop must be able to prove, checked over all its books;
 * called by `ordermill verify`. What is still under way breaks no rule and is
 * counted apart, as in hand. */
#ifndef SHOP_BOOKS_AUDIT_H
#define SHOP_BOOKS_AUDIT_H

#include "lib/adapter/db/db.h"
#include "lib/base/settings/settings.h"

struct audit_line {
    const char *rule;
    bool checked;  /* false: there is nothing to hold it against */
    int64_t count; /* rows looked at */
    int64_t broken;
    int64_t in_hand;
    const char *first; /* the first break in words; NULL: none */
};

/* In the order in which they are told: damage explains what follows it. */
enum audit_rule {
    AUDIT_INTEGRITY,
    AUDIT_STOCK,
    AUDIT_CHARGES,
    AUDIT_GATEWAY,
    AUDIT_PAID,
    AUDIT_PAPERS,
    AUDIT_NUMBERS
};

enum { AUDIT_LINES = AUDIT_NUMBERS + 1 };

const char *audit_rule_name(enum audit_rule rule);

/* Checks one rule. Opens the shop's database and, when it is there, the local
 * gateway's, both for reading; works with everything stopped or running. Every
 * rule but AUDIT_INTEGRITY dies of a damaged table that it has to read. */
struct audit_line audit_run(const struct settings *settings,
                            enum audit_rule rule, struct arena *arena);

#endif
