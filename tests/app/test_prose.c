/* Paragraphs that fit a terminal. */

#include "app/prose.h"

#include <glib.h>
#include <stdlib.h>

#include "support/check.h"

typedef struct Paper {
    char *text;
    size_t len;
    FILE *stream;
} Paper;

static void open_paper(Paper *paper)
{
    paper->stream = open_memstream(&paper->text, &paper->len);
    assert_non_null(paper->stream);
}

static void assert_reads(Paper *paper, const char *expected)
{
    fclose(paper->stream);
    assert_string_equal(paper->text, expected);
    free(paper->text);
}

static void a_paragraph_stands_below_its_label(void **state)
{
    Paper paper;

    open_paper(&paper);
    prose_print(paper.stream, "The label", "Some words.");
    prose_print(paper.stream, NULL, "More.");
    assert_reads(&paper, "\nThe label\n  Some words.\n  More.\n");
}

static void no_line_is_longer_than_the_terminal(void **state)
{
    g_autoptr(GString) words = g_string_new("word");
    g_auto(GStrv) lines = NULL;
    Paper paper;

    for (unsigned i = 0; i < 100; i++)
        g_string_append(words, i % 3 ? " word" : " another");
    open_paper(&paper);
    prose_print(paper.stream, "x", words->str);
    prose_print_item(paper.stream, "name", words->str);
    fclose(paper.stream);
    lines = g_strsplit(paper.text, "\n", -1);
    free(paper.text);
    for (unsigned i = 0; lines[i] != NULL; i++)
        assert_true(strlen(lines[i]) <= 80);
    assert_true(g_strv_length(lines) > 14);
}

static void a_word_that_is_too_long_stays_whole(void **state)
{
    g_autofree char *word = g_strnfill(200, 'x');
    g_autofree char *expected = g_strdup_printf("  a\n  %s\n  b\n", word);
    g_autofree char *text = g_strdup_printf("a %s b", word);
    Paper paper;

    open_paper(&paper);
    prose_print(paper.stream, NULL, text);
    assert_reads(&paper, expected);
}

static void a_line_to_copy_is_not_wrapped(void **state)
{
    g_autofree char *line = g_strnfill(120, 'x');
    g_autofree char *expected = g_strdup_printf("\nRun\n  %s y\n", line);
    g_autofree char *text = g_strdup_printf("%s y", line);
    Paper paper;

    open_paper(&paper);
    prose_print_line(paper.stream, "Run", text);
    assert_reads(&paper, expected);
}

static void an_item_without_text_is_left_out(void **state)
{
    Paper paper;

    open_paper(&paper);
    prose_print_item(paper.stream, "phone", "Look.");
    prose_print_item(paper.stream, "router", NULL);
    assert_reads(&paper, "  phone: Look.\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_paragraph_stands_below_its_label),
        cmocka_unit_test(no_line_is_longer_than_the_terminal),
        cmocka_unit_test(a_word_that_is_too_long_stays_whole),
        cmocka_unit_test(a_line_to_copy_is_not_wrapped),
        cmocka_unit_test(an_item_without_text_is_left_out),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
