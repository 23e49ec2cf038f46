/* Text by Unicode's rules, from libunistring's tables: comparing it, and what
 * people see of it. Every string is valid UTF-8. Called by the domain. */
#ifndef ADAPTER_UNICODE_H
#define ADAPTER_UNICODE_H

#include <stdbool.h>

#include "lib/base/memory/arena.h"

/* For comparing and searching: full case folding and normal form C (Unicode 15,
 * section 3.13, canonical caseless matching). So "STRASSE" equals "Straße", and
 * an é that was typed as one character equals one that a Mac wrote as two. Rows
 * hold what this gives: when its rules change, the upgrade folds them again
 * (cli/init.c). */
char *unicode_fold(struct arena *arena, const char *string);

/* True when nothing of it can be seen: blanks and what Unicode says to ignore
 * (Default_Ignorable_Code_Point: U+200B, U+2060, U+3164, ...). */
bool unicode_is_blank(const char *string);

/* The string without the controls that turn the direction of what follows
 * (Bidi_Control): they make a line read as what it is not. The joiners that
 * Persian and the Indic scripts need stay. */
char *unicode_without_directions(struct arena *arena, const char *string);

/* True when a mail program may make a link or an address of it: when it holds
 * an @, a "://", or a dot between a letter or digit and at least two more. Any
 * form that Unicode has of them counts. */
bool unicode_looks_like_link(struct arena *arena, const char *string);

#endif
