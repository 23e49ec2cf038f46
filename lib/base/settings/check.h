/* Checks that the configuration fits its use. Each sentence names the variable
 * and says what to write. */
#ifndef BASE_SETTINGS_CHECK_H
#define BASE_SETTINGS_CHECK_H

#include <stddef.h>

#include "lib/base/settings/settings.h"

enum { SETTINGS_WARNINGS = 5 };

/* A sentence on what cannot work; NULL: all may work. For settings_read. */
const char *settings_check(const struct settings *settings,
                           struct arena *arena);

/* Sentences on what works but is hardly meant; gives their number. For `serve`.
 */
size_t settings_warnings(const struct settings *settings,
                         const char *list[SETTINGS_WARNINGS]);

#endif
