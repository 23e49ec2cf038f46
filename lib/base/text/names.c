/* Closed sets: see names.h. */
#include "lib/base/text/names.h"

#include <assert.h>
#include <string.h>

#include "lib/base/log/log.h"

const char *names_of(const struct names *names, int value)
{
    assert(value >= 0 && value < names->count && names->list[value] != NULL);
    return names->list[value];
}

int names_find(const struct names *names, const char *word)
{
    for (int i = 0; i < names->count; i++)
        if (strcmp(names->list[i], word) == 0)
            return i;
    return -1;
}

int names_read(const struct names *names, const char *word)
{
    int value = word == NULL ? -1 : names_find(names, word);
    if (value < 0)
        die("no %s: %s", names->of, word == NULL ? "NULL" : word);
    return value;
}
