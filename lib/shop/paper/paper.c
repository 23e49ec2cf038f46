/* Papers as records: see paper.h. */
#include "lib/shop/paper/paper.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "lib/adapter/crypto.h"
#include "lib/base/system/file.h"
#include "lib/shop/health/alarm.h"
#include "lib/shop/setting.h"

static const char *const kinds[] = {"receipt", "credit_note"};
static const struct names kind_names = NAMES("paper kind", kinds);

enum { PAPER_FILE_MAX = 16 * 1024 * 1024, PAPER_FILE_SIZE = 64 };

void paper_settings_use(struct db *db, const struct paper_settings *settings,
                        struct arena *arena)
{
    struct db_statement *s =
        db_sql(db, "UPDATE paper_settings SET base_url = $1, zone = $2,"
                   " manual_title = $3 WHERE base_url = ''");
    db_put_text(s, settings->base_url);
    db_put_text(s, settings->zone);
    db_put_text(s, settings->manual_title);
    db_run(s);
    s = db_sql(db, "INSERT INTO paper_settings (base_url, zone, manual_title)"
                   " VALUES ($1, $2, $3)"
                   " ON CONFLICT (base_url, zone, manual_title) DO NOTHING");
    db_put_text(s, settings->base_url);
    db_put_text(s, settings->zone);
    db_put_text(s, settings->manual_title);
    db_run(s);
    s = db_sql(db, "SELECT settings_id FROM paper_settings WHERE base_url = $1"
                   " AND zone = $2 AND manual_title = $3");
    db_put_text(s, settings->base_url);
    db_put_text(s, settings->zone);
    db_put_text(s, settings->manual_title);
    int64_t settings_id = db_found_int(s, 0);
    setting_put(db, "paper_settings",
                arena_printf(arena, "%lld", (long long)settings_id));
}

static bool read_paper(struct db_statement *s, struct paper *out,
                       struct arena *arena)
{
    if (!db_row(s))
        return false;
    *out = (struct paper){.kind = (enum paper_kind)db_value(s, 0, &kind_names),
                          .file = db_text(s, 1, arena),
                          .order_id = db_text(s, 2, arena),
                          .subject = db_text(s, 3, arena),
                          .number = db_int(s, 4),
                          .sha256 = db_text(s, 5, arena),
                          .layout = db_int(s, 6),
                          .settings = {.base_url = db_text(s, 7, arena),
                                       .zone = db_text(s, 8, arena),
                                       .manual_title = db_text(s, 9, arena)},
                          .dated_at_ms = db_int(s, 10),
                          .receipt_number = db_int(s, 11),
                          .customer_email = db_text(s, 12, arena),
                          .order_number = db_int(s, 13)};
    db_done(s);
    return true;
}

#define PAPER_COLUMNS                                                          \
    "SELECT p.kind, p.file, p.order_id, p.subject, COALESCE(p.number, 0),"     \
    " p.sha256, COALESCE(p.layout, 0), p.base_url, p.zone, p.manual_title,"    \
    " p.dated_at_ms, COALESCE(p.receipt_number, 0), p.customer_email,"         \
    " o.number FROM papers p JOIN orders o ON o.order_id = p.order_id"

bool paper_find(struct db *db, const char *file, struct paper *out,
                struct arena *arena)
{
    struct db_statement *s = db_sql(db, PAPER_COLUMNS " WHERE p.file = $1");
    db_put_text(s, file);
    return read_paper(s, out, arena);
}

enum paper_file paper_look(const char *folder, const char *file,
                           const char *sha256)
{
    struct arena arena = arena_create(PAPER_FILE_MAX + 65536);
    const char *path = arena_printf(&arena, "%s/%s", folder, file);
    size_t length = 0;
    char hash[CRYPTO_SHA256_HEX] = "";
    char *bytes = file_read(&arena, path, PAPER_FILE_MAX, &length);
    enum paper_file found = PAPER_FILE_DAMAGED;
    if (bytes == NULL && errno == ENOENT)
        found = PAPER_FILE_GONE;
    if (bytes != NULL)
        crypto_sha256_hex(bytes, length, hash);
    if (strcmp(hash, sha256) == 0)
        found = PAPER_FILE_SOUND;
    arena_destroy(&arena);
    return found;
}

struct paper_fault *paper_faults(struct db *db, const char *folder,
                                 int64_t *count, struct arena *arena)
{
    struct paper_fault *first = NULL;
    struct paper_fault **end = &first;
    char file[PAPER_FILE_SIZE];
    char sha256[CRYPTO_SHA256_HEX];
    struct db_statement *s =
        db_sql(db, "/* whole table */ SELECT file, sha256 FROM papers"
                   " WHERE sha256 IS NOT NULL");
    for (*count = 0; db_row(s); ++*count) {
        db_copy(s, 0, file, sizeof file);
        db_copy(s, 1, sha256, sizeof sha256);
        enum paper_file found = paper_look(folder, file, sha256);
        if (found == PAPER_FILE_SOUND)
            continue;
        *end = arena_alloc(arena, sizeof **end);
        **end = (struct paper_fault){arena_string(arena, file), found, NULL};
        end = &(*end)->next;
    }
    return first;
}

const char *paper_move_aside(const char *folder, const char *file,
                             struct arena *arena)
{
    const char *from = arena_printf(arena, "%s/%s", folder, file);
    for (int i = 1;; i++) {
        const char *name = arena_printf(arena, "%s.damaged-%d", file, i);
        const char *to = arena_printf(arena, "%s/%s", folder, name);
        if (link(from, to) == 0)
            return unlink(from) == 0 && file_sync_folder(folder) ? name : NULL;
        if (errno != EEXIST)
            return NULL;
    }
}

bool paper_copy_is_told(struct db *db, const struct paper *paper)
{
    return alarm_was_raised(db, ALARM_PAPER_COPY, paper->order_id, paper->file);
}

void paper_tell_of_copy(struct db *db, const struct paper *paper,
                        int64_t now_ms, struct arena *arena)
{
    alarm_raise_about(
        db, ALARM_PAPER_COPY, paper->order_id, paper->file,
        arena_printf(arena,
                     "The file receipts/%s is lost, and what is drawn in its "
                     "place has other bytes: a copy that says so is handed "
                     "out. Put the file back from a backup.",
                     paper->file),
        now_ms);
}

void paper_is_back(struct db *db, const struct paper *paper, int64_t now_ms)
{
    alarm_settle_about(db, ALARM_PAPER_COPY, paper->file, now_ms);
}

void paper_keep_email(struct db *db, const char *order_id, const char *email)
{
    struct db_statement *s =
        db_sql(db, "UPDATE receipts SET customer_email = $1"
                   " WHERE order_id = $2 AND customer_email IS NULL");
    db_put_text(s, email == NULL ? "" : email);
    db_put_text(s, order_id);
    db_run(s);
    s = db_sql(db, "UPDATE credit_notes SET customer_email = $1"
                   " WHERE order_id = $2 AND customer_email IS NULL");
    db_put_text(s, email == NULL ? "" : email);
    db_put_text(s, order_id);
    db_run(s);
}
