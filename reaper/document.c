/* Jobs that draw papers: see document.h. */
#include "reaper/document.h"

#include "lib/base/log.h"

struct document *document_begin(struct job *job, const char *file)
{
    struct reaper *reaper = job->reaper;
    struct arena *arena = &job->arena;
    struct document *own = arena_alloc(arena, sizeof *own);
    job->own = own;
    if (!paper_find(reaper->db, file, &own->paper, arena))
        die("no paper has the file %s", file);
    order_find(reaper->db, own->paper.order_id, &job->order, arena);
    job->folder = reaper->settings->receipts;
    job->file = arena_printf(arena, "%s/%s", job->folder, own->paper.file);
    return own;
}

void document_make(struct job *job)
{
    struct document *own = job->own;
    struct sheet_pdf *pdf = &own->drawn.pdf;
    struct paper_way way = {.layout = paper_newest_layout(own->paper.kind)};
    if (!paper_draw(job->reaper->db, job->reaper->pdf, &own->paper, &way,
                    &job->arena, &own->drawn)) {
        job->failure = arena_printf(&job->arena, "PDF error %lu", pdf->error);
        return;
    }
    if (pdf->replaced > 0)
        log_warning("%s: %d characters no font has", job->file, pdf->replaced);
    job->bytes = pdf->bytes;
    job->length = pdf->length;
}
