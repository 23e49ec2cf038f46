/* An order's steps: which a definition has, and what events say of them. */
#include "tests/unit/definition_fixture.h"

#include "lib/workflow/execution/progress.h"

static struct progress_step steps[PROGRESS_MAX_STEPS];

static size_t list(const char *text)
{
    const struct asl_definition *definition;
    const struct asl_mistake *mistakes;
    if (!asl_parse(&arena, json(text), &definition, &mistakes))
        fail_msg("%s: %s %s", text, mistakes->pointer, mistakes->text);
    return progress_steps(definition, steps, &arena);
}

static const char *titles(size_t count)
{
    const char *all = "";
    for (size_t i = 0; i < count; i++)
        all = arena_printf(&arena, "%s%s%s", all, i == 0 ? "" : ", ",
                           steps[i].title);
    return all;
}

#define MACHINE(start, states) "{'StartAt':'" start "','States':{" states "}}"
#define TASK(name, resource, rest)                                             \
    "'" name "':{'Type':'Task','Resource':'" resource "'," rest "}"
#define LAST(name) TASK(name, "https://shop.example/" name, "'End':true")

static void steps_follow_the_first_way(void **state)
{
    (void)state;
    static const struct {
        const char *text, *wanted;
    } cases[] = {
        {MACHINE("A",
                 TASK("A", "task:ValidateOrder", "'Next':'B'") "," TASK(
                     "B", "task:ProcessPayment", "'Next':'C'") "," LAST("C")),
         "Checked, Payment, C"},
        {MACHINE("B", LAST("C") "," TASK(
                          "B",
                          "arn:aws:lambda:eu-west-1:"
                          "123456789012:function:"
                          "SendNotification",
                          "'Next':'C','Catch':[{'ErrorEquals':"
                          "['States.ALL'],'Next':'F'}]") "," LAST("F")),
         "Confirmation mail, C"},
        {MACHINE("A", "'A':{'Type':'Choice','Choices':[{'Variable':'$.x',"
                      "'IsPresent':true,'Next':'B'}],'Default':'C'}," LAST(
                          "B") "," LAST("C")),
         "C"},
        {MACHINE("A", "'A':{'Type':'Choice','Choices':[{'Variable':'$.x',"
                      "'IsPresent':true,'Next':'B'}]}," LAST("B")),
         "B"},
        {MACHINE(
             "P",
             "'P':{'Type':'Parallel','Next':'Z','Branches':[" MACHINE(
                 "A", LAST("A")) "," MACHINE("M",
                                             "'M':{'Type':'Map','End'"
                                             ":true,'Iterator':" MACHINE(
                                                 "I", LAST("I")) "}") "]"
                                                                      "}," LAST(
                                                                          "Z")),
         "A, I, Z"},
        {MACHINE(
             "W",
             "'W':{'Type':'Wait','Seconds':1,'Next':'A'}," TASK(
                 "A", "task:ValidateOrder",
                 "'Next':'Q'") ",'Q':{"
                               "'Type':'Choice','Choices':[{'Variable':'$.x',"
                               "'IsPresent':true,'Next':'Z'}],'Default':'W'}"
                               "," LAST("Z")),
         "Checked, Z"},
        {MACHINE("S", "'S':{'Type':'Succeed'}"), ""},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        assert_string_equal(titles(list(cases[i].text)), cases[i].wanted);
}

static void the_mail_is_known(void **state)
{
    (void)state;
    assert_int_equal(
        list(MACHINE("A", TASK("A", "task:SendNotification", "'End':true"))),
        1);
    assert_true(steps[0].is_mail);
    assert_int_equal(list(MACHINE("A", LAST("A"))), 1);
    assert_false(steps[0].is_mail);
}

static void events_move_a_step(void **state)
{
    (void)state;
    static const struct {
        const char *types[6]; /* TaskFailed*: tried again */
        bool running;
        enum progress_state wanted;
        int attempts;
    } cases[] = {
        {{NULL}, true, PROGRESS_WAITING, 0},
        {{NULL}, false, PROGRESS_NOT_REACHED, 0},
        {{"TaskStateEntered"}, true, PROGRESS_CURRENT, 0},
        {{"TaskStateEntered", "TaskScheduled"}, true, PROGRESS_CURRENT, 1},
        {{"TaskStateEntered", "TaskScheduled"}, false, PROGRESS_NOT_REACHED, 1},
        {{"TaskStateEntered", "TaskScheduled", "TaskFailed*"},
         true,
         PROGRESS_CURRENT,
         1},
        {{"TaskStateEntered", "TaskScheduled", "TaskFailed*", "TaskScheduled",
          "TaskSucceeded"},
         true,
         PROGRESS_DONE,
         2},
        {{"TaskStateEntered", "TaskScheduled", "TaskTimedOut"},
         true,
         PROGRESS_FAILED,
         1},
        {{"TaskStateEntered", "TaskScheduled", "TaskFailed"},
         false,
         PROGRESS_FAILED,
         1},
        {{"TaskStateEntered", "TaskStateAborted"},
         false,
         PROGRESS_NOT_REACHED,
         0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        size_t count = list(MACHINE("A", LAST("A")));
        for (size_t e = 0; e < 6 && cases[i].types[e] != NULL; e++) {
            char *type = arena_string(&arena, cases[i].types[e]);
            char *again = strchr(type, '*');
            if (again != NULL)
                *again = '\0';
            struct history_event event = {
                .type = type,
                .state = "A",
                .at_ms = 7,
                .detail = again == NULL ? NULL : json("{'retry_after_ms':1}")};
            progress_event(steps, count, &event);
            event.state = NULL;
            progress_event(steps, count, &event);
        }
        progress_end(steps, count, cases[i].running);
        assert_int_equal(steps[0].state, cases[i].wanted);
        assert_int_equal(steps[0].attempts, cases[i].attempts);
        assert_int_equal(steps[0].at_ms, cases[i].types[0] == NULL ? 0 : 7);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(steps_follow_the_first_way),
        cmocka_unit_test(the_mail_is_known),
        cmocka_unit_test(events_move_a_step),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
