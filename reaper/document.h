/* A job that draws a paper: what those of receipts and of credit notes
 * share. */
#ifndef REAPER_DOCUMENT_H
#define REAPER_DOCUMENT_H

#include "lib/view/paper/paper.h"
#include "reaper/reaper.h"

/* The job's own. */
struct document {
    struct paper paper;
    struct paper_drawn drawn; /* unless the job has a failure */
};

/* The paper of that file is what the job draws; inside the transaction. */
struct document *document_begin(struct job *job, const char *file);

/* The kind's make_file. */
void document_make(struct job *job);

#endif
