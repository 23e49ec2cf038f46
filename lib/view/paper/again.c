/* Papers that are lost, drawn again: see paper.h. */
#include <assert.h>
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "lib/base/log/log.h"
#include "lib/base/system/file.h"
#include "lib/view/paper/paper.h"

/* Under the layout it was drawn by or, where that is not known, under each,
 * the newest first. False: none gives the bytes that were recorded; out is then
 * by the last that was tried. */
static bool draw_as_recorded(struct db *db, struct pdf *pdf,
                             const struct paper *paper, struct arena *arena,
                             struct paper_drawn *out)
{
    int64_t newest = paper_newest_layout(paper->kind);
    int64_t last = 1;
    if (paper->layout > newest)
        die("paper %s: no such layout: %lld", paper->file,
            (long long)paper->layout);
    if (paper->layout > 0)
        newest = last = paper->layout;
    for (struct paper_way way = {.layout = newest}; way.layout >= last;
         way.layout--)
        if (paper_draw(db, pdf, paper, &way, arena, out) &&
            strcmp(out->sha256, paper->sha256) == 0)
            return true;
    return false;
}

static const char *copy_of(const struct paper *paper, struct arena *arena)
{
    return arena_printf(arena, "%.*s-copy.pdf",
                        (int)(strlen(paper->file) - strlen(".pdf")),
                        paper->file);
}

static const char *path_of(const struct settings *settings, const char *file,
                           struct arena *arena)
{
    return arena_printf(arena, "%s/%s", settings->receipts, file);
}

static struct paper_again put(const struct settings *settings,
                              const struct paper_drawn *drawn,
                              enum paper_outcome outcome, const char *file,
                              struct arena *arena)
{
    const char *path = path_of(settings, file, arena);
    if (!file_replace(settings->receipts, path, drawn->pdf.bytes,
                      drawn->pdf.length))
        return (struct paper_again){.outcome = PAPER_LOST,
                                    .why = strerror(errno)};
    return (struct paper_again){
        .outcome = outcome, .file = file, .untold = outcome == PAPER_COPIED};
}

static struct paper_again draw_lost(struct db *db,
                                    const struct settings *settings,
                                    struct pdf *pdf, const struct paper *paper,
                                    struct arena *arena)
{
    struct paper_drawn drawn;
    struct paper_again again;
    const char *copy = copy_of(paper, arena);
    if (draw_as_recorded(db, pdf, paper, arena, &drawn)) {
        again = put(settings, &drawn, PAPER_RESTORED, paper->file, arena);
        if (again.outcome == PAPER_RESTORED)
            unlink(path_of(settings, copy, arena));
        return again;
    }
    struct paper_way way = {.layout = drawn.layout, .copy = true};
    if (!paper_draw(db, pdf, paper, &way, arena, &drawn))
        return (struct paper_again){
            .outcome = PAPER_LOST,
            .why = arena_printf(arena, "PDF error %lu", drawn.pdf.error)};
    return put(settings, &drawn, PAPER_COPIED, copy, arena);
}

struct paper_again paper_draw_again(struct db *db,
                                    const struct settings *settings,
                                    struct pdf *pdf, const struct paper *paper,
                                    struct arena *arena)
{
    assert(paper->sha256 != NULL);
    struct pdf *own = NULL;
    if (pdf == NULL)
        pdf = own = paper_open_pdf(settings, arena);
    struct paper_again again = {.outcome = PAPER_LOST,
                                .why = "the fonts cannot be read"};
    if (pdf != NULL)
        again = draw_lost(db, settings, pdf, paper, arena);
    pdf_close(own);
    switch (again.outcome) {
    case PAPER_THERE:
        break;
    case PAPER_RESTORED:
        log_warning("%s was lost and is drawn again", paper->file);
        break;
    case PAPER_COPIED:
        log_error("%s was lost; drawn again it has other bytes", paper->file);
        break;
    case PAPER_LOST:
        log_error("%s is lost and cannot be drawn again: %s", paper->file,
                  again.why);
        break;
    }
    return again;
}

struct paper_again paper_get(struct db *db, const struct settings *settings,
                             struct pdf *pdf, const struct paper *paper,
                             struct arena *arena)
{
    const char *copy = copy_of(paper, arena);
    if (access(path_of(settings, paper->file, arena), F_OK) == 0)
        return (struct paper_again){.outcome = PAPER_THERE,
                                    .file = paper->file};
    if (access(path_of(settings, copy, arena), F_OK) == 0)
        return (struct paper_again){.outcome = PAPER_COPIED,
                                    .file = copy,
                                    .untold = !paper_copy_is_told(db, paper)};
    return paper_draw_again(db, settings, pdf, paper, arena);
}
