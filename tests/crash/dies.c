/* Preloaded: the program that ORDERMILL_DIES names ends at its start, as long
 * as the file that ORDERMILL_DIES_WHILE names is there. */
#define _GNU_SOURCE
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

__attribute__((constructor)) static void die(void)
{
    const char *name = getenv("ORDERMILL_DIES");
    const char *file = getenv("ORDERMILL_DIES_WHILE");
    if (name != NULL && file != NULL &&
        strcmp(program_invocation_short_name, name) == 0 &&
        access(file, F_OK) == 0)
        _exit(3);
}
