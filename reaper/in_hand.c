/* What is in hand: see in_hand.h. */
#define _GNU_SOURCE
#include "reaper/in_hand.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <unistd.h>

#include "lib/base/log/log.h"

#define NOTHING "-"
#define EXECUTION "execution"

static void name_file(char path[PATH_MAX], const char *folder, int64_t reaper)
{
    snprintf(path, PATH_MAX, "%s/reaper-%lld.hand", folder, (long long)reaper);
}

struct in_hand in_hand_open(const char *folder, int64_t reaper)
{
    assert(reaper != 0);
    char path[PATH_MAX];
    name_file(path, folder, reaper);
    struct in_hand hand = {.fd =
                               open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600)};
    if (hand.fd < 0 || flock(hand.fd, LOCK_EX | LOCK_NB) != 0 ||
        ftruncate(hand.fd, IN_HAND_SIZE) != 0)
        die("%s: %s", path, strerror(errno));
    hand.note = mmap(NULL, IN_HAND_SIZE, PROT_READ | PROT_WRITE, MAP_SHARED,
                     hand.fd, 0);
    if (hand.note == MAP_FAILED)
        die("%s: %s", path, strerror(errno));
    in_hand_clear(&hand);
    return hand;
}

void in_hand_work(struct in_hand *hand, const struct work *work)
{
    snprintf(hand->note, IN_HAND_SIZE, "%s %s",
             names_of(&work_kind_names, work->kind), work->subject);
}

void in_hand_execution(struct in_hand *hand, const char *order_id)
{
    snprintf(hand->note, IN_HAND_SIZE, EXECUTION " %s", order_id);
}

void in_hand_clear(struct in_hand *hand)
{
    memcpy(hand->note, NOTHING, sizeof NOTHING);
}

void in_hand_close(struct in_hand *hand)
{
    hand->note[0] = '\0';
    munmap(hand->note, IN_HAND_SIZE);
    close(hand->fd);
}

static struct in_hand_found read_note(const char *note)
{
    struct in_hand_found found = {.what = IN_HAND_DIED};
    char word[IN_HAND_SIZE];
    const char *blank = strchr(note, ' ');
    if (note[0] == '\0')
        found.what = IN_HAND_ENDED;
    if (blank == NULL)
        return found;
    snprintf(word, sizeof word, "%.*s", (int)(blank - note), note);
    snprintf(found.subject, sizeof found.subject, "%s", blank + 1);
    int kind = names_find(&work_kind_names, word);
    if (strcmp(word, EXECUTION) == 0)
        found.what = IN_HAND_EXECUTION;
    else if (kind >= 0) {
        found.what = IN_HAND_WORK;
        found.kind = (enum work_kind)kind;
    }
    return found;
}

/* A file that is gone, with the folder perhaps, is of one that died. */
struct in_hand_found in_hand_find(const char *folder, int64_t reaper)
{
    char path[PATH_MAX];
    char note[IN_HAND_SIZE + 1] = NOTHING;
    name_file(path, folder, reaper);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return (struct in_hand_found){.what = IN_HAND_DIED};
    bool alive = flock(fd, LOCK_SH | LOCK_NB) != 0 && errno == EWOULDBLOCK;
    ssize_t length = alive ? 0 : pread(fd, note, IN_HAND_SIZE, 0);
    close(fd);
    if (alive)
        return (struct in_hand_found){.what = IN_HAND_ALIVE};
    note[length < 0 ? 0 : length] = '\0';
    return read_note(note);
}

void in_hand_remove(const char *folder, int64_t reaper)
{
    char path[PATH_MAX];
    name_file(path, folder, reaper);
    unlink(path);
}
