/* Comma-separated values (RFC 4180), read in place. LF is taken as well as
 * CRLF; a byte-order mark in front and lines without a character are passed
 * over. Called by catalogue.c. */
#ifndef CLI_IMPORT_CSV_H
#define CLI_IMPORT_CSV_H

#include <stdbool.h>
#include <stddef.h>

enum { CSV_MAX_FIELDS = 32 };

struct csv {
    char *at; /* NUL-terminated; overwritten as it is read */
    size_t line;
};

struct csv_record {
    char *fields[CSV_MAX_FIELDS];
    size_t count;
    size_t line;       /* on which it began, from 1 */
    const char *fault; /* NULL, or what breaks the file here: read no more */
};

struct csv csv_open(char *bytes);

/* False at the end. The fields lie in the bytes given. */
bool csv_next(struct csv *csv, struct csv_record *record);

#endif
