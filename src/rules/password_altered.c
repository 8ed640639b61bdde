/*
 * The password is right, and arrived damaged.
 *
 * Provisioning files, web forms and configuration syntax change passwords: a
 * semicolon begins a comment, an ampersand becomes "&amp;", a line end is kept, a
 * field holds only so many characters. The digest of such a form of the supplied
 * password fits what the phone sent.
 */

#include "login.h"

/* What happened to it, without telling what it is. */
static const char *class_of(const RegHypothesis *hypothesis)
{
    static const struct {
        const char *code;
        const char *words;
    } classes[] = {
        { "DG-14", "with a blank or line end more or less at its edge" },
        { "DG-15", "but only a part of it" },
        { "DG-16", "but another encoding or quoting of it" },
        { "DG-17", "but in another letter case" },
        { "DG-18", "but an empty one or the user name in its place" },
        { "DG-19", "but its HA1 hash in its place" },
    };

    for (unsigned i = 0; i < G_N_ELEMENTS(classes); i++) {
        if (strcmp(hypothesis->code, classes[i].code) == 0)
            return classes[i].words;
    }
    return "but another form of it";
}

static RuleVerdict check(const RegChain *chain, Finding *finding)
{
    const RegStep *step = chain_refused_login(chain);

    if (step == NULL)
        return RULE_CLEAN;

    const RegHypothesis *hypothesis = step_deviates_in(step, REG_INGREDIENT_SECRET);

    /* The whole password of another account is not a damaged one. */
    if (hypothesis == NULL || strcmp(hypothesis->code, "DG-02") == 0)
        return RULE_CLEAN;
    finding_say(finding, "%s does not use the supplied password as it is, %s (%s, %s)",
                chain_who(chain), class_of(hypothesis), hypothesis->code, hypothesis->id);
    finding_cite_login(finding, chain, step);
    finding_reject(finding, "password_wrong", "a form of the supplied password gives the answer");
    return RULE_FIRES;
}

const Rule rule_password_altered = {
    .id = "password_altered",
    .area = "digest",
    .title = "The phone damaged the password",
    .severity = FINDING_FAILURE,
    .vantage = REG_VANTAGE_ANY,
    .needs = RULE_NEEDS_ANSWER | RULE_NEEDS_FAILURE,
    .meaning = "The digest fits a changed form of the supplied password: cut, escaped, encoded, in "
               "another case, or with a blank more.",
    .advice = "Enter the password on the phone by hand and compare. For provisioning: quote or "
              "escape special characters as the file format wants it, or choose a password of "
              "letters and digits only.",
    .confusion = "A password that is simply another one: then no form fits.",
    .should = "The password goes into the digest byte by byte as it was given (RFC 7616 section "
              "3.4.2).",
    .seen = {
        .client = "The refused response fits the supplied password in a changed form: cut, "
                  "escaped, in another case.",
        .middle = "The same.",
        .server = "The same.",
    },
    .fix = {
        .phone = "A password of letters and digits; in provisioning files the quotes and escapes "
                 "that the format asks for.",
        .router = "Nothing.",
        .asterisk = "In pjsip.conf a semicolon begins a comment: write \\; or choose another "
                    "password.",
        .kamailio = "Load the password into the database without blanks or a line end behind it.",
    },
    .reference = "RFC 7616 section 3.4.2",
    .check_chain = check,
};
