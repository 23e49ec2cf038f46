/* What is wrong with an input, field by field. */
#ifndef BASE_TEXT_FAULT_H
#define BASE_TEXT_FAULT_H

#include <stddef.h>

enum { FAULT_MAX = 20 };

struct fault {
    const char *pointer; /* JSON pointer (RFC 6901) of the field */
    const char *detail;  /* plain words, without the field's value */
};

struct faults {
    struct fault list[FAULT_MAX];
    size_t count;
};

/* Further ones past FAULT_MAX are dropped. */
static inline void fault_add(struct faults *faults, const char *pointer,
                             const char *detail)
{
    if (faults->count < FAULT_MAX)
        faults->list[faults->count++] =
            (struct fault){.pointer = pointer, .detail = detail};
}

#endif
