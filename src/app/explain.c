/*
 * "whyreg explain": what a finding means, from the rule that makes it; and what
 * a status code means as the answer to a REGISTER.
 */

#include "explain.h"

#include <glib.h>

#include "base/str.h"
#include "rules/rule.h"
#include "rules/status.h"

#define WIDTH 80
#define INDENT 2

/* Words wrapped at the width, each line indented. */
static void print_wrapped(FILE *stream, const char *label, const char *text)
{
    g_auto(GStrv) words = g_strsplit(text, " ", -1);
    size_t column = INDENT;

    fprintf(stream, "\n%s\n%*s", label, INDENT, "");
    for (unsigned i = 0; words[i] != NULL; i++) {
        size_t len = strlen(words[i]);

        if (i > 0 && column + 1 + len > WIDTH) {
            fprintf(stream, "\n%*s", INDENT, "");
            column = INDENT;
        } else if (i > 0) {
            fputc(' ', stream);
            column++;
        }
        fputs(words[i], stream);
        column += len;
    }
    fputc('\n', stream);
}

static const char *places_of(uint32_t vantage)
{
    if (vantage == REG_VANTAGE_ANY)
        return "any place";
    if (vantage & REG_VANTAGE_CLIENT)
        return "beside the phone";
    return vantage & REG_VANTAGE_MIDDLE ? "on the path or beside the server" : "beside the server";
}

static void print_rule(FILE *stream, const Rule *rule)
{
    fprintf(stream, "%s: %s\n", rule->id, rule->title);
    fprintf(stream, "%*sseverity %s, area %s, believed from %s\n", INDENT, "",
            finding_severity_name(rule->severity), rule->area, places_of(rule->vantage));
    print_wrapped(stream, "What it means", rule->meaning);
    print_wrapped(stream, "What to do", rule->advice);
    print_wrapped(stream, "Not to be confused with", rule->confusion);
    print_wrapped(stream, "See", rule->reference);
}

/* The row's texts are parts of sentences. */
static void print_clause(FILE *stream, const char *label, const char *clause)
{
    g_autofree char *sentence = g_strdup_printf("%c%s.", g_ascii_toupper(*clause), clause + 1);

    print_wrapped(stream, label, sentence);
}

static bool print_status(FILE *stream, const char *word)
{
    uint64_t code;
    const RuleStatus *row =
        str_to_uint(str_of(word), 699, &code) ? rule_status_find((unsigned)code) : NULL;

    if (row == NULL)
        return false;
    if (row->code == code)
        fprintf(stream, "%u %s\n", row->code, row->name);
    else
        fprintf(stream, "%u: not in the table; to be taken for %u %s (RFC 3261 section 8.1.3.2)\n",
                (unsigned)code, row->code, row->name);
    print_clause(stream, "What it means as the answer to a REGISTER", row->means);
    print_clause(stream, "What should follow", row->next);
    print_wrapped(stream, "When it does not, and where to look", row->missing);
    print_wrapped(stream, "See", row->reference);
    return true;
}

static void print_catalogue(FILE *stream)
{
    for (unsigned i = 0; rule_table[i] != NULL; i++)
        fprintf(stream, "%-28s %-8s %s\n", rule_table[i]->id,
                finding_severity_name(rule_table[i]->severity), rule_table[i]->title);
    fprintf(stream, "\nwhyreg explain FINDING tells more about one of them, whyreg explain 403 "
                    "about a status code.\n");
}

bool explain_print(FILE *stream, const char *word)
{
    const Rule *rule = word != NULL ? rule_find(word) : NULL;

    if (word == NULL)
        print_catalogue(stream);
    else if (rule != NULL)
        print_rule(stream, rule);
    else
        return print_status(stream, word);
    return true;
}
