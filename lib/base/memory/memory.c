/* Giving memory back: see memory.h. */
#define _GNU_SOURCE
#include "lib/base/memory/memory.h"

#include <malloc.h>
#include <stdbool.h>
#include <stdio.h>
#include <sys/mman.h>

enum { MEMORY_LARGE = 64 * 1024 }; /* bytes */

struct mapping {
    unsigned long begin;
    unsigned long end;
    char rights[8];
    unsigned long file; /* its inode; 0: none */
};

/* proc(5): a mapping's line begins with its addresses, in lower case. */
static bool read_mapping(const char *line, struct mapping *out)
{
    return (line[0] < 'A' || line[0] > 'Z') &&
           sscanf(line, "%lx-%lx %7s %*x %*s %lu", &out->begin, &out->end,
                  out->rights, &out->file) == 4;
}

/* A page of such a mapping is the file's as long as none was written to, as the
 * linker does before it takes the right to write away. */
static bool is_of_file(const struct mapping *mapping)
{
    return mapping->file != 0 && mapping->rights[1] == '-' &&
           mapping->rights[3] == 'p';
}

void memory_keep_little(void)
{
    mallopt(M_MMAP_THRESHOLD, MEMORY_LARGE);
    mallopt(M_TRIM_THRESHOLD, MEMORY_LARGE);
}

void memory_give_back(void)
{
    char line[512];
    struct mapping mapping = {0};
    unsigned long written_kb = 0, swapped_kb;
    malloc_trim(0);
    FILE *maps = fopen("/proc/self/smaps", "re");
    if (maps == NULL)
        return; /* then it keeps them */
    /* "Anonymous" are written pages in memory; those that are swapped out are
     * told further down. */
    while (fgets(line, sizeof line, maps) != NULL)
        if (!read_mapping(line, &mapping) &&
            sscanf(line, "Anonymous: %lu", &written_kb) != 1 &&
            sscanf(line, "Swap: %lu", &swapped_kb) == 1 && written_kb == 0 &&
            swapped_kb == 0 && is_of_file(&mapping))
            madvise((void *)mapping.begin, mapping.end - mapping.begin,
                    MADV_DONTNEED);
    fclose(maps);
}
