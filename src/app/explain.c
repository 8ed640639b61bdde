/*
 * "whyreg explain": what a finding means, from the rule that makes it; and what
 * a status code means as the answer to a REGISTER.
 */

#include "explain.h"

#include <glib.h>

#include "base/str.h"
#include "course.h"
#include "prose.h"
#include "rules/rule.h"
#include "rules/status.h"

#define INDENT 2

static const char *places_of(uint32_t vantage)
{
    if (vantage == REG_VANTAGE_ANY)
        return "any place";
    if (vantage & REG_VANTAGE_CLIENT)
        return "beside the phone";
    return vantage & REG_VANTAGE_MIDDLE ? "on the path or beside the server" : "beside the server";
}

static void print_views(FILE *stream, const RuleViews *seen)
{
    if (seen->client == NULL && seen->middle == NULL && seen->server == NULL)
        return;
    fputs("\nHow it looks\n", stream);
    prose_print_item(stream, "beside the phone", seen->client);
    prose_print_item(stream, "on the path", seen->middle);
    prose_print_item(stream, "beside the registrar", seen->server);
}

static void print_fixes(FILE *stream, const RuleFixes *fix)
{
    if (fix->phone == NULL && fix->router == NULL && fix->asterisk == NULL && fix->kamailio == NULL)
        return;
    fputs("\nHow to mend it\n", stream);
    prose_print_item(stream, "on the phone", fix->phone);
    prose_print_item(stream, "on the router", fix->router);
    prose_print_item(stream, "Asterisk", fix->asterisk);
    prose_print_item(stream, "Kamailio", fix->kamailio);
}

static bool names(const char *findings, const char *id)
{
    g_auto(GStrv) words = g_strsplit_set(findings, ", ", -1);

    return g_strv_contains((const char *const *)words, id);
}

/* Where there is a course, and a lesson in it that is about this. */
static void print_lesson(FILE *stream, const Rule *rule)
{
    g_autofree char *folder = course_folder();
    g_autoptr(Course) course = folder != NULL ? course_load(folder, NULL) : NULL;

    for (unsigned i = 0; course != NULL && i < course->lessons->len; i++) {
        if (names(course_lesson(course, i)->findings, rule->id)) {
            g_autofree char *command = g_strdup_printf("whyreg lesson %u", i + 1);

            prose_print_line(stream, "To see one", command);
            return;
        }
    }
}

static void print_rule(FILE *stream, const Rule *rule)
{
    fprintf(stream, "%s: %s\n", rule->id, rule->title);
    fprintf(stream, "%*sseverity %s, area %s, believed from %s\n", INDENT, "",
            finding_severity_name(rule->severity), rule->area, places_of(rule->vantage));
    if (rule->should != NULL)
        prose_print(stream, "What should happen", rule->should);
    prose_print(stream, "What it means", rule->meaning);
    print_views(stream, &rule->seen);
    prose_print(stream, "Not to be confused with", rule->confusion);
    prose_print(stream, "What to do", rule->advice);
    print_fixes(stream, &rule->fix);
    prose_print(stream, "See", rule->reference);
    print_lesson(stream, rule);
}

/* The row's texts are parts of sentences. */
static void print_clause(FILE *stream, const char *label, const char *clause)
{
    g_autofree char *sentence = g_strdup_printf("%c%s.", g_ascii_toupper(*clause), clause + 1);

    prose_print(stream, label, sentence);
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
    prose_print(stream, "When it does not, and where to look", row->missing);
    prose_print(stream, "See", row->reference);
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
