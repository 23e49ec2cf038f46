/* Paths (lib/asl/path/path.h), save their filters: path_filter_test.c. */
#include "tests/unit/path_fixture.h"

#include <time.h>

#include "lib/base/text/text.h"

/* Goessner's example, shortened. */
static const char store[] =
    "{'store':{'book':["
    "{'author':'Rees','title':'Sayings','price':8.95},"
    "{'author':'Waugh','title':'Sword','price':12.99},"
    "{'author':'Melville','title':'Moby Dick','isbn':'0-553','price':8.99},"
    "{'author':'Tolkien','title':'Lord','isbn':'0-395','price':22.99}],"
    "'bicycle':{'color':'red','price':19.95}},'expensive':10}";

static void goessners_examples(void **state)
{
    (void)state;
    const struct scope scope = {.arena = &arena, .data = json(store)};
    static const struct selection cases[] = {
        {"$.store.book[*].author", "['Rees','Waugh','Melville','Tolkien']"},
        {"$..author", "['Rees','Waugh','Melville','Tolkien']"},
        {"$.store..price", "[8.95,12.99,8.99,22.99,19.95]"},
        {"$..book[2].title", "['Moby Dick']"},
        {"$..book[-1].title", "['Lord']"},
        {"$..book[0,1].author", "['Rees','Waugh']"},
        {"$..book[:2].author", "['Rees','Waugh']"},
        {"$..book[-1:].author", "['Tolkien']"},
        {"$..book[?(@.isbn)].title", "['Moby Dick','Lord']"},
        {"$..book[?(@.price<10)].title", "['Sayings','Moby Dick']"},
        {"$..book[?(@.price <= $.expensive)].price", "[8.95,8.99]"},
        {"$.store.bicycle.*", "['red',19.95]"},
        {"$.store.book[0]['title','price']", "['Sayings',8.95]"},
        {"$['store']['book'][0]['title']", "'Sayings'"},
        {"$.store.book[1].title", "'Sword'"},
        {"$.expensive", "10"},
        {"$.store.book.author", NULL},
        {"$.store.bicycle[0]", NULL},
    };
    selects(&scope, cases, COUNT(cases));
}

static void names_are_read(void **state)
{
    (void)state;
    const struct scope scope = {
        .arena = &arena,
        .data = json("{'a':{'b':1,'':2},'detail-type':3,'_x9':4,'Größe':5,"
                     "'a.b':6,'it\\u0027s':7,'say \\u0022hi\\u0022':8,"
                     "'back\\\\slash':9,'7':10,'line\\nbreak':11,'&Ж中.𐍆':12,"
                     "'@[?':13,'$ref':14,'n':null,'f':false,'z]':15,'-':16}")};
    static const struct selection cases[] = {
        {"$.a.b", "1"},
        {"$['a'].b", "1"},
        {"$[\"a\"][\"b\"]", "1"},
        {"$[ 'a' ][\t'b' ]", "1"},
        {"$.a.['b']", "1"},
        {"$.a['']", "2"},
        {"$.detail-type", "3"},
        {"$._x9", "4"},
        {"$.Größe", "5"},
        {"$['Gr\\u00f6\\u00DFe']", "5"},
        {"$['a.b']", "6"},
        {"$.a\\.b", "6"},
        {"$.\\a\\.\\b", "6"},
        {"$['it\\'s']", "7"},
        {"$[\"it's\"]", "7"},
        {"$['say \"hi\"']", "8"},
        {"$['back\\\\slash']", "9"},
        {"$.back\\\\slash", "9"},
        {"$.7", "10"},
        {"$['line\\nbreak']", "11"},
        {"$.&Ж中\\.\\uD800\\uDF46", "12"},
        {"$.\\@\\[\\?", "13"},
        {"$.$ref", "14"},
        {"$.n", "null"},
        {"$.f", "false"},
        {"$['z]']", "15"},
        {"$.-", "16"},
        {"$.n.x", NULL},
        {"$.N", NULL},
        {"$.a.b.c", NULL},
        {"$.gone", NULL},
        {"$.gone.too[3]", NULL},
    };
    selects(&scope, cases, COUNT(cases));
}

static void indexes_and_slices_count(void **state)
{
    (void)state;
    const struct scope scope = {.arena = &arena,
                                .data = json("[0,1,2,3,[4,5],{'0':6}]")};
    static const struct selection cases[] = {
        {"$[0]", "0"},
        {"$[-1]", "{'0':6}"},
        {"$[-6]", "0"},
        {"$[-7]", NULL},
        {"$[6]", NULL},
        {"$[999999999]", NULL},
        {"$[-999999999]", NULL},
        {"$[ 4 ][ -1 ]", "5"},
        {"$[5][0]", NULL},
        {"$[5]['0']", "6"},
        {"$['0']", NULL},
        {"$[0,2]", "[0,2]"},
        {"$[2,0,-3,9,2]", "[2,0,3,2]"},
        {"$[4,5][0]", "[4]"},
        {"$[1:3]", "[1,2]"},
        {"$[1:]", "[1,2,3,[4,5],{'0':6}]"},
        {"$[:2]", "[0,1]"},
        {"$[-2:-1]", "[[4,5]]"},
        {"$[:]", "[0,1,2,3,[4,5],{'0':6}]"},
        {"$[::]", "[0,1,2,3,[4,5],{'0':6}]"},
        {"$[0:4:2]", "[0,2]"},
        {"$[1::2]", "[1,3,{'0':6}]"},
        {"$[::999999999]", "[0]"},
        {"$[ 1 : 4 : 2 ]", "[1,3]"},
        {"$[3:1]", "[]"},
        {"$[7:9]", "[]"},
        {"$[-99:99999]", "[0,1,2,3,[4,5],{'0':6}]"},
        {"$[5][:]", "[]"},
        {"$[0][:]", "[]"},
        {"$[4][:][0]", "[]"},
    };
    selects(&scope, cases, COUNT(cases));
}

static void wildcards_and_descent_keep_the_order(void **state)
{
    (void)state;
    const struct scope scope = {
        .arena = &arena,
        .data = json("{'a':{'b':[1,{'b':2}]},'b':null,'c':3}")};
    static const struct selection cases[] = {
        {"$", "{'a':{'b':[1,{'b':2}]},'b':null,'c':3}"},
        {"$.*", "[{'b':[1,{'b':2}]},null,3]"},
        {"$[*]", "[{'b':[1,{'b':2}]},null,3]"},
        {"$.a.b[*]", "[1,{'b':2}]"},
        {"$.*.b", "[[1,{'b':2}]]"},
        {"$.c.*", "[]"},
        {"$.b[*]", "[]"},
        {"$.gone[*]", "[]"},
        {"$..b", "[null,[1,{'b':2}],2]"},
        {"$..['b']", "[null,[1,{'b':2}],2]"},
        {"$..[0]", "[1]"},
        {"$..[-1]", "[{'b':2}]"},
        {"$..[0,1].b", "[2]"},
        {"$..[:1]", "[1]"},
        {"$..*", "[{'b':[1,{'b':2}]},null,3,[1,{'b':2}],1,{'b':2},2]"},
        {"$..b..b", "[2]"},
        {"$.a..b[0]", "[1]"},
        {"$..['c','b']", "[3,null,[1,{'b':2}],2]"},
        {"$['c','gone','b']", "[3,null]"},
        {"$..gone", "[]"},
    };
    selects(&scope, cases, COUNT(cases));
}

static void context_is_read(void **state)
{
    (void)state;
    const struct scope scope = {.arena = &arena,
                                .data = json("{'a':1}"),
                                .context = json("{'a':2,'b':[{'a':2},{}]}")};
    static const struct selection cases[] = {
        {"$$", "{'a':2,'b':[{'a':2},{}]}"},
        {"$$.a", "2"},
        {"$$['a']", "2"},
        {"$$..a", "[2,2]"},
        {"$$.b[?(@.a == $.a)]", "[{'a':2}]"},
        {"$.a", "1"},
    };
    selects(&scope, cases, COUNT(cases));
    const struct scope without = {.arena = &arena, .data = json("{'a':1}")};
    static const struct selection nothing[] = {
        {"$$", NULL}, {"$$.a", NULL}, {"$$..a", "[]"}, {"$$[*]", "[]"}};
    selects(&without, nothing, COUNT(nothing));
    assert_true(path_is_context(parsed("$$")));
    assert_true(path_is_context(parsed("$$.Execution.Id")));
    assert_false(path_is_context(parsed("$")));
    assert_false(path_is_context(parsed("$.$$")));
}

static void definite_paths_are_told_apart(void **state)
{
    (void)state;
    static const char *const definite[] = {"$", "$$", "$.a['b'][0][-1]",
                                           "$['*']", "$['a,b']"};
    static const char *const others[] = {
        "$.*",   "$[*].a",    "$..a",      "$.a[0,1]",      "$['a','b'].c",
        "$[0:]", "$[0:1][0]", "$[?(@.a)]", "$.a[?(@.b)].c", "$$..a",
    };
    for (size_t i = 0; i < COUNT(definite); i++)
        if (!path_is_definite(parsed(definite[i])))
            fail_msg("%s", definite[i]);
    for (size_t i = 0; i < COUNT(others); i++)
        if (path_is_definite(parsed(others[i])))
            fail_msg("%s", others[i]);
}

static void what_is_no_path_is_refused(void **state)
{
    (void)state;
    static const struct refusal cases[] = {
        {"", "begins with $"},
        {"a", "begins with $"},
        {" $", "begins with $"},
        {"@.a", "begins with $"},
        {"$a", "after $ comes . or ["},
        {"$ ", "after $ comes . or ["},
        {"$$a", "after $ comes . or ["},
        {"$$$", "after $ comes . or ["},
        {"$]", "after $ comes . or ["},
        {"$.", "a name is missing"},
        {"$..", "a name is missing"},
        {"$...a", "a name is missing"},
        {"$.a.", "a name is missing"},
        {"$.a..", "a name is missing"},
        {"$. a", "a name is missing"},
        {"$.?(@.a)", "a name is missing"},
        {"$.a ", "a blank"},
        {"$.a b", "a blank"},
        {"$.a]", "has no ["},
        {"$.a,b", "this character"},
        {"$.a:b", "this character"},
        {"$.a=b", "this character"},
        {"$.a@b", "this character"},
        {"$.a\tb", "this character"},
        {"$.*a", "this character"},
        {"$.a*", "this character"},
        {"$['a']b", "this character"},
        {"$.length()", "functions"},
        {"$.a.length()", "functions"},
        {"$..price.min()", "functions"},
        {"$['a'](b)", "functions"},
    };
    refuses(cases, COUNT(cases));
}

static void what_is_no_bracket_is_refused(void **state)
{
    (void)state;
    static const struct refusal cases[] = {
        {"$[", "a ] is missing"},
        {"$['a'", "a ] is missing"},
        {"$['a' 'b']", "a ] is missing"},
        {"$[0", "a ] is missing"},
        {"$[0 1]", "a ] is missing"},
        {"$[0.5]", "a ] is missing"},
        {"$[*", "a ] is missing"},
        {"$['a',", "a ] is missing"},
        {"$[1:2:3:4]", "a ] is missing"},
        {"$[]", "brackets hold"},
        {"$[a]", "brackets hold"},
        {"$[+1]", "brackets hold"},
        {"$['a',]", "brackets hold"},
        {"$[,'a']", "brackets hold"},
        {"$[(@.length-1)]", "[-1]"},
        {"$['a", "quote"},
        {"$['a\\']", "quote"},
        {"$['a\"]", "quote"},
        {"$['a\\", "follows a \\"},
        {"$.a\\", "follows a \\"},
        {"$['\\u0000']", "\\u0000"},
        {"$['\\ud800']", "half a character"},
        {"$['\\ud800\\u0041']", "half a character"},
        {"$.\\udc00", "half a character"},
        {"$[-]", "a digit is missing"},
        {"$[1:-]", "a digit is missing"},
        {"$[1234567890]", "9 digits"},
        {"$[0:1:0]", "at least 1"},
        {"$[0:1:-1]", "at least 1"},
        {"$['a',0]", "together"},
        {"$[0,'a']", "together"},
        {"$[0,1:2]", "together"},
        {"$[*,*]", "only names or indexes"},
        {"$[0:1,2]", "only names or indexes"},
        {"$[?(@.a),?(@.b)]", "only names or indexes"},
        {"$.\xff", "UTF-8"},
        {"$['\xc3']", "UTF-8"},
    };
    refuses(cases, COUNT(cases));
}

static void long_paths_are_refused(void **state)
{
    (void)state;
    struct text text = text_create(&arena, 5000);
    text_puts(&text, "$['");
    while (text.length < 4094)
        text_putc(&text, 'a');
    text_puts(&text, "']");
    assert_int_equal(text.length, 4096);
    parsed(text.bytes);
    text_puts(&text, "['b']");
    text = text_create(&arena, 5000);
    text_puts(&text, "$");
    for (int i = 0; i < 200; i++)
        text_puts(&text, "[0]");
    parsed(text.bytes);
    text_puts(&text, ".a");
    refuses(&(struct refusal){text.bytes, "more than 200 steps"}, 1);
    while (text.length < 4097)
        text_putc(&text, 'a');
    refuses(&(struct refusal){text.bytes, "longer than 4,096 bytes"}, 1);
}

static const struct json *numbers(size_t count)
{
    struct json *array = json_make_array(&arena);
    const struct json *number = json("7");
    while (count-- > 0)
        json_append(&arena, array, number);
    return array;
}

static void selections_are_bounded(void **state)
{
    (void)state;
    struct scope scope = {.arena = &arena, .data = numbers(100000)};
    const char *fault = "not set";
    assert_int_equal(json_count(path_get(parsed("$[*]"), &scope, &fault)),
                     100000);
    assert_null(fault);
    scope.data = numbers(100001);
    assert_null(path_get(parsed("$[*]"), &scope, &fault));
    assert_string_equal(fault, "the path selects more than 100,000 values");
    assert_null(path_get(parsed("$.a"), &scope, &fault));
    assert_null(fault);
}

static void deep_data_is_walked(void **state)
{
    (void)state;
    enum { LEVELS = 1000 };
    char text[2 * LEVELS + 1];
    memset(text, '[', LEVELS);
    memset(text + LEVELS, ']', LEVELS);
    text[2 * LEVELS] = '\0';
    const struct scope scope = {.arena = &arena, .data = json(text)};
    const char *fault;
    assert_int_equal(json_count(path_get(parsed("$..*"), &scope, &fault)),
                     LEVELS - 1);
    clock_t start = clock();
    static const char *const hard[] = {
        "$..*..*..*", "$..[?(@..*[?(@..*[?(@..*[?(@..x)])])])]",
        "$..[?(@..[?(@ == $)])]", "$..[?($..[?($..[?($..x)])])]"};
    for (size_t i = 0; i < COUNT(hard); i++) {
        if (path_get(parsed(hard[i]), &scope, &fault) != NULL)
            fail_msg("%s", hard[i]);
        assert_non_null(fault);
    }
    assert_true(clock() - start < 10 * CLOCKS_PER_SEC);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(goessners_examples),
        cmocka_unit_test(names_are_read),
        cmocka_unit_test(indexes_and_slices_count),
        cmocka_unit_test(wildcards_and_descent_keep_the_order),
        cmocka_unit_test(context_is_read),
        cmocka_unit_test(definite_paths_are_told_apart),
        cmocka_unit_test(what_is_no_path_is_refused),
        cmocka_unit_test(what_is_no_bracket_is_refused),
        cmocka_unit_test(long_paths_are_refused),
        cmocka_unit_test(selections_are_bounded),
        cmocka_unit_test(deep_data_is_walked),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
