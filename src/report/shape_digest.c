/*
 * The object of the JSON report that describes a set of credentials.
 */

#include "shape.h"

static void hypothesis(ReportShaper *shaper, const char *name, const RegHypothesis *found)
{
    if (found == NULL) {
        report_shape_text(shaper, name, NULL);
        return;
    }
    report_shape_open(shaper, name);
    report_shape_text(shaper, "id", found->id);
    report_shape_text(shaper, "code", found->code);
    report_shape_text(shaper, "ingredient", reg_ingredient_name(found->ingredient));
    report_shape_text(shaper, "text", found->text);
    report_shape_close(shaper);
}

static void row(ReportShaper *shaper, const RegDigestRow *r)
{
    report_shape_open(shaper, NULL);
    report_shape_text(shaper, "ingredient", reg_ingredient_name(r->ingredient));
    report_shape_text(shaper, "challenge", r->challenge.data);
    report_shape_text(shaper, "answer", r->answer.data);
    report_shape_text(shaper, "known", r->known.data);
    report_shape_text(shaper, "verdict", reg_row_verdict_name(r->verdict));
    if (r->verdict == REG_ROW_FITS_ONLY)
        report_shape_text(shaper, "fits", r->fits.data);
    report_shape_close(shaper);
}

static void detail(ReportShaper *shaper, const RegDigestDetail *d)
{
    report_shape_text(shaper, "used", d->used);
    if (d->second_used != NULL)
        report_shape_text(shaper, "second_used", d->second_used);
    report_shape_open_list(shaper, "table");
    for (unsigned i = 0; i < REG_DIGEST_ROWS; i++)
        row(shaper, &d->rows[i]);
    report_shape_close_list(shaper);
}

void report_shape_digest(ReportShaper *shaper, const RegDigestFacts *facts)
{
    report_shape_text(shaper, "username", facts->username);
    report_shape_text(shaper, "realm", facts->realm);
    report_shape_text(shaper, "algorithm", facts->algorithm);
    report_shape_text(shaper, "qop", facts->qop);
    report_shape_text(shaper, "uri", facts->uri);
    report_shape_text(shaper, "nc", facts->nc);
    report_shape_text(shaper, "verdict", reg_digest_verdict_name(facts->verdict));
    report_shape_text(shaper, "challenge_use", reg_digest_facts_use(facts));
    hypothesis(shaper, "hypothesis", reg_digest_facts_hypothesis(facts));
    if (reg_digest_facts_second(facts) != NULL)
        hypothesis(shaper, "second_hypothesis", reg_digest_facts_second(facts));
    if (facts->detailed)
        detail(shaper, facts->detail);
}
