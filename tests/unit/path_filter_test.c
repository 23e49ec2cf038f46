/* The filters of paths (lib/asl/path/path.h). */
#include "tests/unit/path_fixture.h"

#include <time.h>

#include "lib/base/text/text.h"

static void conditions_hold(void **state)
{
    (void)state;
    const struct scope scope = {
        .arena = &arena,
        .data = json("{'items':[{'i':0,'p':8.95,'s':'x'},{'i':1,'p':12,'s':'y',"
                     "'z':null},{'i':2,'p':10,'z':false,'d':{'e':[5]}},"
                     "{'i':3,'p':'10'}],'max':10}")};
    static const struct selection cases[] = {
        {"$.items[?(@.p < 10)].i", "[0]"},
        {"$.items[?(@.p <= 10)].i", "[0,2]"},
        {"$.items[?(@.p > 10)].i", "[1]"},
        {"$.items[?(@.p >= 10)].i", "[1,2]"},
        {"$.items[?(@.p == 10)].i", "[2]"},
        {"$.items[?(@.p != 10)].i", "[0,1,3]"},
        {"$.items[?(@.p == 1e1)].i", "[2]"},
        {"$.items[?(@.p == '10')].i", "[3]"},
        {"$.items[?(10 < @.p)].i", "[1]"},
        {"$.items[?(@.p < $.max)].i", "[0]"},
        {"$.items[?(@['p'] == $['max'])].i", "[2]"},
        {"$.items[?(@.i==-1)].i", "[]"},
        {"$.items[?(@.s == 'x')].i", "[0]"},
        {"$.items[?(@.s == \"y\")].i", "[1]"},
        {"$.items[?(@.s > 'x')].i", "[1]"},
        {"$.items[?(@.s)].i", "[0,1]"},
        {"$.items[?(@.z)].i", "[1,2]"},
        {"$.items[?(!(@.z))].i", "[0,3]"},
        {"$.items[?(!@.z)].i", "[0,3]"},
        {"$.items[?(!!@.z)].i", "[1,2]"},
        {"$.items[?(@.z == null)].i", "[1]"},
        {"$.items[?(@.z != null)].i", "[0,2,3]"},
        {"$.items[?(@.z == false)].i", "[2]"},
        {"$.items[?(@.z != true)].i", "[0,1,2,3]"},
        {"$.items[?(@.d.e[0] == 5)].i", "[2]"},
        {"$.items[?(@..e)].i", "[2]"},
        {"$.items[?(@.d.*)].i", "[2]"},
        {"$.items[?(@.d[?(@[0] == 5)])].i", "[2]"},
        {"$.items[?($.max)].i", "[0,1,2,3]"},
        {"$.items[?($.min)].i", "[]"},
        {"$.items[?(@)].i", "[0,1,2,3]"},
        {"$.items[?(@.s == 'x' || @.s == 'y')].i", "[0,1]"},
        {"$.items[?(@.s=='x'||@.s=='y'&&@.p>99)].i", "[0]"},
        {"$.items[?((@.s=='x'||@.s=='y')&&@.p>9)].i", "[1]"},
        {"$.items[?(@.p < 10 && @.s == 'x' || !(@.z))].i", "[0,3]"},
        {"$.items[?(!(@.s == 'x' || @.z))].i", "[3]"},
        {"$.items[ ? ( ( @.i ) ) ].i", "[0,1,2,3]"},
        {"$.items[?(@.p == 10)][?(@[0] == 5)]", "[]"},
        {"$.items[?(@.d)].d.e[*]", "[5]"},
        {"$..[?(@.e)].e[0]", "[5]"},
        {"$.max[?(@)]", "[]"},
        {"$.gone[?(@.a)]", "[]"},
        {"$[?(@ == 10)]", "[10]"},
        {"$[?(@[0].i == 0)][1].i", "[1]"},
    };
    selects(&scope, cases, COUNT(cases));
}

/* The pair's a and b are compared; nothing is a missing member. */
static void kinds_compare(void **state)
{
    (void)state;
    static const struct {
        const char *pair; /* {'a': ... , 'b': ...} */
        const char *holding;
    } cases[] = {
        {"{'a':1,'b':1.0}", "== <= >="},
        {"{'a':1,'b':2}", "!= < <="},
        {"{'a':-2,'b':-10}", "!= > >="},
        {"{'a':9007199254740993,'b':9007199254740992}", "!= > >="},
        {"{'a':'a','b':'B'}", "!= > >="},
        {"{'a':'a','b':'a'}", "== <= >="},
        {"{'a':'a','b':'aa'}", "!= < <="},
        {"{'a':'é','b':'z'}", "!= > >="},
        {"{'a':'1','b':1}", "!="},
        {"{'a':true,'b':true}", "=="},
        {"{'a':true,'b':false}", "!="},
        {"{'a':true,'b':'true'}", "!="},
        {"{'a':null,'b':null}", "=="},
        {"{'a':null,'b':0}", "!="},
        {"{'a':null,'b':false}", "!="},
        {"{'a':null}", "!="},
        {"{'b':null}", "!="},
        {"{'c':1}", "!="},
        {"{'a':[1,{'x':[2]}],'b':[1.0,{'x':[2]}]}", "=="},
        {"{'a':[1,2],'b':[1]}", "!="},
        {"{'a':[1],'b':[1,2]}", "!="},
        {"{'a':[],'b':{}}", "!="},
        {"{'a':{},'b':{}}", "=="},
        {"{'a':{'x':1,'y':2},'b':{'y':2,'x':1}}", "=="},
        {"{'a':{'x':1,'y':2},'b':{'y':1,'x':2}}", "!="},
        {"{'a':{'x':1},'b':{'y':1}}", "!="},
        {"{'a':{'x':1},'b':{'x':1,'y':2}}", "!="},
    };
    static const char *const signs[] = {"==", "!=", "<", "<=", ">", ">="};
    for (size_t i = 0; i < COUNT(cases); i++) {
        const char *data = arena_printf(&arena, "[%s]", cases[i].pair);
        const struct scope scope = {.arena = &arena, .data = json(data)};
        const char *holding = arena_printf(&arena, " %s ", cases[i].holding);
        for (size_t j = 0; j < COUNT(signs); j++) {
            char *spaced = arena_printf(&arena, " %s ", signs[j]);
            bool expected = strstr(holding, spaced) != NULL;
            const char *path = arena_printf(&arena, "$[?(@.a%s@.b)]", signs[j]);
            const char *fault;
            const struct json *got = path_get(parsed(path), &scope, &fault);
            if (json_count(got) != (size_t)expected)
                fail_msg("%s in %s", path, data);
        }
    }
}

static void literals_are_read(void **state)
{
    (void)state;
    const struct scope scope = {
        .arena = &arena,
        .data = json("['it\\u0027s','a\\nb','','-1.5e3',-1500,0,'é','a)b]',"
                     "'a\\u0022b']")};
    static const struct selection cases[] = {
        {"$[?(@ == 'it\\'s')]", "['it\\u0027s']"},
        {"$[?(@ == \"it's\")]", "['it\\u0027s']"},
        {"$[?(@ == 'a\\nb')]", "['a\\nb']"},
        {"$[?(@ == '')]", "['']"},
        {"$[?(@ == -1.5e3)]", "[-1500]"},
        {"$[?(@ == -0)]", "[0]"},
        {"$[?(@ == '\\u00e9')]", "['é']"},
        {"$[?(@ == 'a)b]')]", "['a)b]']"},
        {"$[?('a\"b' == @)]", "['a\\u0022b']"},
        {"$[?(null == @ || true == @ || false == @)]", "[]"},
    };
    selects(&scope, cases, COUNT(cases));
}

static void values_of_objects_are_filtered(void **state)
{
    (void)state;
    const struct scope scope = {
        .arena = &arena,
        .data = json("{'b':{'ok':true,'n':1},'a':{'ok':false,'n':2},'c':[3,{"
                     "'ok':true,'n':4}],'we&ird|':{'ok':1}}")};
    static const struct selection cases[] = {
        {"$[?(@.ok == true)].n", "[1]"},
        {"$[?(@.ok)].n", "[1,2]"},
        {"$.*[?(@.ok)].n", "[4]"},
        {"$..[?(@.ok == true)].n", "[1,4]"},
        {"$..[?(@.n > 1)].n", "[2,4]"},
        {"$[?($.we\\&ird\\|.ok&&@.n==2)].n", "[2]"},
        {"$[?($['we&ird|'].ok==1&&@.n==2)].n", "[2]"},
        {"$.we&ird|.ok", "1"},
    };
    selects(&scope, cases, COUNT(cases));
}

static void what_is_no_filter_is_refused(void **state)
{
    (void)state;
    static const struct refusal cases[] = {
        {"$[?]", "is written [?( )]"},
        {"$[?@.a]", "is written [?( )]"},
        {"$[?(", "a filter compares"},
        {"$[?()]", "a filter compares"},
        {"$[?(@.a", "a ) is missing"},
        {"$[?(@.a]", "a ) is missing"},
        {"$[?((@.a)]", "a ) is missing"},
        {"$[?(@.a)", "a ] is missing"},
        {"$[?(@.a))]", "a ] is missing"},
        {"$[?(@.a) && (@.b)]", "a ] is missing"},
        {"$[?(@.a ==)]", "a filter compares"},
        {"$[?(@.a && )]", "a filter compares"},
        {"$[?(&& @.a)]", "a filter compares"},
        {"$[?(@.a === 1)]", "a filter compares"},
        {"$[?(@.a == 1.)]", "a filter compares"},
        {"$[?(@.a == 01)]", "a filter compares"},
        {"$[?(@.a == 1e999)]", "a filter compares"},
        {"$[?(@.a == [1])]", "a filter compares"},
        {"$[?(@.a == {})]", "a filter compares"},
        {"$[?(@.a == TRUE)]", "a filter compares"},
        {"$[?(@.a == b)]", "a filter compares"},
        {"$[?(a == 1)]", "a filter compares"},
        {"$[?(@.a == 'b)]", "quote"},
        {"$[?(@.a = 1)]", "operator"},
        {"$[?(@.a =~ /x/)]", "operator"},
        {"$[?(@.a in ['x'])]", "operator"},
        {"$[?(@.a & @.b)]", "operator"},
        {"$[?(@.a @.b)]", "operator"},
        {"$[?(@.a == 1 == 2)]", "operator"},
        {"$[?((@.a) == 1)]", "operator"},
        {"$[?(@a)]", "operator"},
        {"$[?(@.length() > 1)]", "functions"},
        {"$[?(@.a.b[", "a ] is missing"},
        {"$[?(@.)]", "a name is missing"},
        {"$[?(true)]", "needs a path"},
        {"$[?('a')]", "needs a path"},
        {"$[?(1 == 1)]", "needs a path"},
        {"$[?(!@.a == 1)]", "after !"},
        {"$[?(!1 == @.a)]", "after !"},
        {"$[?(!!@.a == 1)]", "after !"},
        {"$[?($$.a == 1)]", "$$ cannot stand in a filter"},
        {"$[?(@..a == 1)]", "name one value"},
        {"$[?(1 < @.a[*])]", "name one value"},
        {"$[?(@[?(@[?(@[?(@[?(@.a)])])])])]", "too many filters"},
    };
    refuses(cases, COUNT(cases));
}

static void nesting_is_bounded(void **state)
{
    (void)state;
    static const char *const pairs[][2] = {{"(", ")"}, {"!", ""}};
    for (size_t i = 0; i < COUNT(pairs); i++) {
        for (int depth = 31; depth <= 1500; depth += depth == 32 ? 1468 : 1) {
            struct text text = text_create(&arena, 4096);
            text_puts(&text, "$[?(");
            for (int j = 0; j < depth; j++)
                text_puts(&text, pairs[i][0]);
            text_puts(&text, "@");
            for (int j = 0; j < depth; j++)
                text_puts(&text, pairs[i][1]);
            text_puts(&text, ")]");
            if (depth <= 32)
                parsed(text.bytes);
            else
                refuses(&(struct refusal){text.bytes, "inside the other"}, 1);
        }
    }
}

static void what_is_closed_does_not_count(void **state)
{
    (void)state;
    struct text text = text_create(&arena, 1000);
    text_puts(&text, "$[?(@");
    for (int i = 0; i < 40; i++)
        text_puts(&text, " && (!@.x)");
    text_puts(&text, ")]");
    for (int i = 0; i < 5; i++)
        text_puts(&text, "[?(@)]");
    parsed(text.bytes);
}

/* An array of so many elements, each the JSON text, in an object of which
 * $.more is another. */
static const struct json *table(size_t count, const char *element,
                                const char *more)
{
    struct text text = text_create(&arena, 300000);
    text_puts(&text, "{'rows':[");
    for (size_t i = 0; i < count; i++)
        text_printf(&text, "%s%s", i > 0 ? "," : "", element);
    text_printf(&text, "],'more':%s}", more);
    return json(text.bytes);
}

static void work_is_bounded(void **state)
{
    (void)state;
    char *zeros = arena_alloc(&arena, 100001);
    memset(zeros, '0', 100000);
    const char *string = arena_printf(&arena, "'%s'", zeros);
    const char *fraction = arena_printf(&arena, "0.%s", zeros);
    struct text members = text_create(&arena, 300000);
    for (int i = 0; i < 9999; i++)
        text_printf(&members, "%s'm%d':0", i > 0 ? "," : "{", i);
    text_puts(&members, "}");
    const struct {
        const struct json *data;
        const char *path;
    } cases[] = {
        {table(100000, "0", string), "$.rows[?($.more == $.more)]"},
        {table(100000, "0", string), "$.rows[?($.more <= $.more)]"},
        {table(20000, "0", fraction), "$.rows[?($.more != $.more)]"},
        {table(20000, "0", members.bytes), "$.rows[?($.more.x)]"},
        {table(20000, "0", members.bytes), "$.rows[?($.more == $.more)]"},
        {table(20000, "0", members.bytes), "$.rows[?($.rows[-1] == 1)]"},
        {table(20000, "{}", "0"), "$..[?(@..a || $..b)]"},
        {table(20000, "{}", "0"), "$..[?(!($ != $))]"},
        {table(20000, "[[[[[0]]]]]", "0"), "$..*..*..*"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        const struct scope scope = {.arena = &arena, .data = cases[i].data};
        const char *fault = NULL;
        clock_t start = clock();
        if (path_get(parsed(cases[i].path), &scope, &fault) != NULL)
            fail_msg("%s", cases[i].path);
        double ms = (double)(clock() - start) * 1e3 / CLOCKS_PER_SEC;
        assert_non_null(fault);
        if (ms > 2000) /* sanitizers included */
            fail_msg("%s takes %.0f ms", cases[i].path, ms);
    }
}

static void great_tables_are_filtered(void **state)
{
    (void)state;
    const struct json *data =
        table(9000, "{'sku':'A-1','n':1,'tags':[1]}", "{'wanted':'A-1'}");
    const struct scope scope = {.arena = &arena, .data = data};
    static const struct {
        const char *path;
        size_t count;
    } cases[] = {
        {"$.rows[?(@.sku == $.more.wanted)].n", 9000},
        {"$.rows[?(@.sku == 'B' || @.n > 1 && @.tags)]", 0},
        {"$..[?(@.n == 1)].sku", 9000},
        {"$..tags[0]", 9000},
        {"$..*", 45003},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        const char *fault;
        const struct json *got =
            path_get(parsed(cases[i].path), &scope, &fault);
        if (fault != NULL || json_count(got) != cases[i].count)
            fail_msg("%s: %s, %zu", cases[i].path, fault, json_count(got));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(conditions_hold),
        cmocka_unit_test(kinds_compare),
        cmocka_unit_test(literals_are_read),
        cmocka_unit_test(values_of_objects_are_filtered),
        cmocka_unit_test(what_is_no_filter_is_refused),
        cmocka_unit_test(nesting_is_bounded),
        cmocka_unit_test(what_is_closed_does_not_count),
        cmocka_unit_test(work_is_bounded),
        cmocka_unit_test(great_tables_are_filtered),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
