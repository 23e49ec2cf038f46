/* Comma-separated values: see csv.h. */
#include "cli/import/csv.h"

#include <string.h>

struct csv csv_open(char *bytes)
{
    static const char mark[] = "\xef\xbb\xbf";
    bool marked = strncmp(bytes, mark, 3) == 0;
    return (struct csv){.at = marked ? bytes + 3 : bytes, .line = 1};
}

/* Moves past a line's end, if one is here. */
static bool line_end(struct csv *csv)
{
    char *at = csv->at;
    if (at[0] == '\r' && at[1] == '\n')
        at++;
    if (*at != '\n')
        return false;
    csv->at = at + 1;
    csv->line++;
    return true;
}

/* The quoted field at csv->at, its quotes removed; NULL when it never ends. */
static char *quoted(struct csv *csv, char **end)
{
    char *start = ++csv->at;
    char *put = start;
    for (;; csv->at++) {
        if (*csv->at == '\0')
            return NULL;
        if (*csv->at == '"') {
            if (csv->at[1] != '"')
                break;
            csv->at++;
        } else if (*csv->at == '\n') {
            csv->line++;
        }
        *put++ = *csv->at;
    }
    csv->at++;
    *end = put;
    return start;
}

static char *plain(struct csv *csv, char **end)
{
    char *start = csv->at;
    csv->at += strcspn(start, ",\"\r\n");
    *end = csv->at;
    return start;
}

bool csv_next(struct csv *csv, struct csv_record *record)
{
    while (line_end(csv))
        continue;
    *record = (struct csv_record){.line = csv->line};
    if (*csv->at == '\0')
        return false;
    for (;;) {
        char *end;
        char *field = *csv->at == '"' ? quoted(csv, &end) : plain(csv, &end);
        if (field == NULL) {
            record->fault = "a quote is opened and never closed";
            return true;
        }
        if (record->count == CSV_MAX_FIELDS) {
            record->fault = "too many columns";
            return true;
        }
        record->fields[record->count++] = field;
        /* *end may be the very comma or line end: look before it is cut. */
        bool more = *csv->at == ',';
        if (more)
            csv->at++;
        else if (*csv->at != '\0' && !line_end(csv)) {
            record->fault = "a quote or a carriage return stands inside a "
                            "field that is not quoted";
            return true;
        }
        *end = '\0';
        if (!more)
            return true;
    }
}
