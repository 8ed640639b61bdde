/*
 * What Wireshark needs to show the evidence of a report: the original frames in
 * a pcapng file, with the words of the findings as packet comments.
 */

#include "report/evidence.h"

#include "base/escape.h"
#include "base/hash.h"
#include "output.h"
#include "report/blocks.h"

typedef struct Interface {
    uint32_t capture;
    uint16_t link;
} Interface;

struct ReportEvidence {
    ReportOutput *output;
    GHashTable *wanted; /* CaptureRef to GPtrArray of comments */
    const GPtrArray *captures;
    GArray *interfaces; /* of Interface, in the order of their blocks */
    GByteArray *block;  /* that is being put together */
};

static guint ref_hash(gconstpointer key)
{
    const CaptureRef *ref = key;

    return (guint)hash_mix(ref->frame, ref->capture);
}

static gboolean ref_equal(gconstpointer a, gconstpointer b)
{
    const CaptureRef *x = a, *y = b;

    return x->frame == y->frame && x->capture == y->capture;
}

static void free_comments(gpointer comments)
{
    g_ptr_array_unref(comments);
}

static void write_block(ReportEvidence *evidence)
{
    report_output_write(evidence->output, (const char *)evidence->block->data,
                        evidence->block->len);
    g_byte_array_set_size(evidence->block, 0);
}

static void write_interface(ReportEvidence *evidence, const Interface *interface)
{
    const CaptureInfo *info = g_ptr_array_index(evidence->captures, interface->capture);

    report_blocks_add_interface(evidence->block, info->name, interface->link);
    write_block(evidence);
}

static uint32_t interface_of(ReportEvidence *evidence, const CapturePacket *packet)
{
    Interface interface = { .capture = packet->ref.capture, .link = packet->link };

    for (unsigned i = 0; i < evidence->interfaces->len; i++) {
        const Interface *known = &g_array_index(evidence->interfaces, Interface, i);

        if (known->capture == interface.capture && known->link == interface.link)
            return i;
    }
    write_interface(evidence, &interface);
    g_array_append_val(evidence->interfaces, interface);
    return evidence->interfaces->len - 1;
}

/* --- the frames ----------------------------------------------------------- */

ReportEvidence *report_evidence_open(const char *path, GError **error)
{
    ReportOutput *output = report_output_open(path, false, error);

    if (output == NULL)
        return NULL;

    ReportEvidence *evidence = g_new0(ReportEvidence, 1);

    evidence->output = output;
    evidence->wanted = g_hash_table_new_full(ref_hash, ref_equal, g_free, free_comments);
    evidence->interfaces = g_array_new(false, false, sizeof(Interface));
    evidence->block = g_byte_array_new();
    report_blocks_add_section(evidence->block);
    write_block(evidence);
    return evidence;
}

/* Longer texts are not read. */
#define COMMENT_MAX 2000

char *report_evidence_comment(const Finding *finding, const FindingFact *fact, bool first)
{
    g_autoptr(GString) text = g_string_new(finding->rule->id);

    g_string_append_printf(text, " (%s, %s)", finding_severity_name(finding->rule->severity),
                           finding_grade_name(finding->grade));
    if (first)
        g_string_append_printf(text, ": %s",
                               finding->summary != NULL ? finding->summary : finding->rule->title);
    g_string_append_printf(text, "; %s: %s", fact->name, fact->seen != NULL ? fact->seen : "");
    if (fact->expected != NULL)
        g_string_append_printf(text, "; expected: %s", fact->expected);

    GString *shown = g_string_new(NULL);

    escape_terminal(shown, str_of(text->str));
    if (shown->len > COMMENT_MAX) {
        const char *end;

        g_utf8_validate(shown->str, COMMENT_MAX, &end); /* no half of a character */
        g_string_truncate(shown, (gsize)(end - shown->str));
    }
    return g_string_free(shown, FALSE);
}

static void choose_fact(ReportEvidence *evidence, const Finding *finding, const FindingFact *fact,
                        bool first)
{
    GPtrArray *comments = g_hash_table_lookup(evidence->wanted, &fact->ref);

    if (comments == NULL) {
        comments = g_ptr_array_new_with_free_func(g_free);
        g_hash_table_insert(evidence->wanted, g_memdup2(&fact->ref, sizeof(fact->ref)), comments);
    }
    g_ptr_array_add(comments, report_evidence_comment(finding, fact, first));
}

void report_evidence_choose(ReportEvidence *evidence, const GPtrArray *findings,
                            const GPtrArray *captures)
{
    evidence->captures = captures;
    for (unsigned i = 0; i < findings->len; i++) {
        const Finding *finding = g_ptr_array_index(findings, i);

        for (unsigned k = 0; k < finding->facts->len; k++) {
            const FindingFact *fact = &g_array_index(finding->facts, FindingFact, k);

            if (fact->ref.frame != 0)
                choose_fact(evidence, finding, fact, k == 0);
        }
    }
}

unsigned report_evidence_size(const ReportEvidence *evidence)
{
    return g_hash_table_size(evidence->wanted);
}

bool report_evidence_wants(const ReportEvidence *evidence, CaptureRef ref)
{
    return g_hash_table_contains(evidence->wanted, &ref);
}

/* One comment with a line for each thing that is to be said: readers of today take several
 * comments, those of yesterday show one of them. */
static char *comment_on(ReportEvidence *evidence, const CapturePacket *packet, CaptureRef whole)
{
    const GPtrArray *lines = g_hash_table_lookup(evidence->wanted, &packet->ref);
    const CaptureInfo *info = g_ptr_array_index(evidence->captures, packet->ref.capture);
    g_autoptr(GString) text = g_string_new(NULL);

    escape_terminal(text, str_of(info->name));
    g_string_append_printf(text, ", frame %" G_GUINT64_FORMAT, packet->ref.frame);
    if (!ref_equal(&packet->ref, &whole))
        g_string_append_printf(
            text, "\npart of the message that frame %" G_GUINT64_FORMAT " completes", whole.frame);
    for (unsigned i = 0; lines != NULL && i < lines->len; i++) {
        const char *line = g_ptr_array_index(lines, i);

        if (text->len + strlen(line) < REPORT_BLOCKS_COMMENT)
            g_string_append_printf(text, "\n%s", line);
    }
    return g_string_free(g_steal_pointer(&text), FALSE);
}

void report_evidence_add(ReportEvidence *evidence, const CapturePacket *packet, CaptureRef whole)
{
    uint32_t interface = interface_of(evidence, packet);
    g_autofree char *comment = comment_on(evidence, packet, whole);

    report_blocks_add_packet(evidence->block, packet, interface, str_of(comment));
    write_block(evidence);
}

static void free_evidence(ReportEvidence *evidence)
{
    g_hash_table_unref(evidence->wanted);
    g_array_unref(evidence->interfaces);
    g_byte_array_unref(evidence->block);
    g_free(evidence);
}

bool report_evidence_close(ReportEvidence *evidence, GError **error)
{
    bool ok = report_output_close(evidence->output, error);

    free_evidence(evidence);
    return ok;
}

void report_evidence_abandon(ReportEvidence *evidence)
{
    report_output_abandon(evidence->output);
    free_evidence(evidence);
}
