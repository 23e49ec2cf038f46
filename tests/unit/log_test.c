/* The log (lib/base/log/log.h): one line a message, by level. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "lib/base/log/log.h"
#include "tests/unit/death.h"

static void log_at_every_level(void *level_name)
{
    log_open("tester", level_name);
    log_debug("one %d", 1);
    log_info("two");
    log_warning("three");
    log_error("four");
}

static void levels_below_are_silent(void **state)
{
    (void)state;
    static const struct {
        const char *level;
        int lines;
    } cases[] = {{"debug", 4}, {"info", 3}, {"warning", 2},
                 {"error", 1}, {NULL, 3},   {"loud", 3}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char text[1024];
        char level[16] = "";
        if (cases[i].level != NULL)
            strcpy(level, cases[i].level);
        assert_int_equal(death_run(log_at_every_level,
                                   cases[i].level == NULL ? NULL : level, text,
                                   sizeof text),
                         0);
        int lines = 0;
        for (const char *at = text; (at = strchr(at, '\n')) != NULL; at++)
            lines++;
        assert_int_equal(lines, cases[i].lines);
        assert_non_null(strstr(text, " error tester["));
        assert_non_null(strstr(text, "] four\n"));
    }
}

static void log_nasty(void *argument)
{
    char wide[3000];
    memset(wide, 'x', sizeof wide);
    wide[sizeof wide - 1] = '\0';
    log_error("a\nb\rc\033[31m%s", (const char *)argument);
    log_error("%s", wide);
}

static void a_message_stays_one_short_line(void **state)
{
    (void)state;
    char text[8192];
    char nasty[] = "\n2026-01-01T00:00:00.000Z error forged";
    assert_int_equal(death_run(log_nasty, nasty, text, sizeof text), 0);
    char *end = strchr(text, '\n');
    assert_non_null(end);
    assert_non_null(strstr(text, "a b c [31m 2026"));
    assert_true(strstr(text, "forged") < end);
    assert_int_equal(strlen(end + 1), 1023);
    assert_int_equal(end[1 + 1022], '\n');
}

static void say_die(void *argument)
{
    die("no %s", (const char *)argument);
}

static void die_says_why_and_exits_1(void **state)
{
    (void)state;
    char what[] = "memory";
    assert_dies(say_die, what, "no memory\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(levels_below_are_silent),
        cmocka_unit_test(a_message_stays_one_short_line),
        cmocka_unit_test(die_says_why_and_exits_1),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
