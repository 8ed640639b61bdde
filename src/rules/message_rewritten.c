/*
 * The message is another one behind a box that is no ALG.
 *
 * A proxy signs what it passes on, a session border controller opens a dialog of
 * its own, a firewall with SIP inspection writes headers anew. All of them are
 * usually meant to be there. Whoever compares two captures wants to know of them,
 * because what one side shows is not what the other side got.
 */

#include "facts.h"

static const struct {
    SipDiffClass class;
    const char *who;
    const char *does;
} boxes[] = {
    { SIP_DIFF_B2BUA, "a back-to-back agent (SBC)", "opens a dialog of its own" },
    { SIP_DIFF_PROXY, "a proxy", "passes them on under its own Via" },
    { SIP_DIFF_POLICY, "a box", "changes headers" },
    { SIP_DIFF_RESERIALIZED, "a box", "writes the same values in another form" },
};

static RegRewrites *find_rewrites(const RegChain *chain, unsigned box)
{
    for (unsigned i = 0; i < chain->n_rewrites; i++) {
        RegRewrites *rewrites = chain->rewrites[i];

        /* What an ALG does beside its addresses is told with them. */
        if (rewrites->classes[boxes[box].class] > 0 && rewrites->algs == 0)
            return rewrites;
    }
    return NULL;
}

/* "Via, Max-Forwards, Path": at most this many. */
#define TOLD 6

static char *subjects_of(const RegRewrites *rewrites)
{
    GString *text = g_string_new(NULL);
    unsigned n = 0;

    for (unsigned i = 0; i < rewrites->n_changes; i++) {
        bool told = false;

        for (unsigned k = 0; k < i && !told; k++)
            told = g_ascii_strcasecmp(rewrites->changes[k].name, rewrites->changes[i].name) == 0;
        if (told)
            continue;
        if (n++ == TOLD) {
            g_string_append(text, " and others");
            break;
        }
        g_string_append_printf(text, "%s%s", text->len > 0 ? ", " : "", rewrites->changes[i].name);
    }
    return g_string_free(text, false);
}

static RuleVerdict tell(const RegChain *chain, RegRewrites *rewrites, unsigned box,
                        Finding *finding)
{
    const RegPairSeen *first = &rewrites->examples[boxes[box].class];
    g_autofree char *subjects = subjects_of(rewrites);
    g_autofree char *message = reg_pair_message(first);

    finding_say(finding, "%s between the two places %s: %u of %u messages of %s differ, in %s",
                boxes[box].who, boxes[box].does, rewrites->classes[boxes[box].class],
                rewrites->pairs, chain_who(chain), subjects);
    finding_cite(finding, "inside", first->inside, first->inside_time, str_of(message), NULL);
    finding_cite(finding, "outside", first->outside, first->outside_time, str_of(message), NULL);
    finding_reject(finding, "sip_alg",
                   "no address in the text was replaced by that of the NAT alone");
    finding_show(finding, rewrites);
    finding_grade(finding, FINDING_PROVEN, NULL);
    return RULE_FIRES;
}

static RuleVerdict check(const RegChain *chain, Finding *finding)
{
    for (unsigned i = 0; i < G_N_ELEMENTS(boxes); i++) {
        RegRewrites *rewrites = find_rewrites(chain, i);

        if (rewrites != NULL)
            return tell(chain, rewrites, i, finding);
    }
    return RULE_CLEAN;
}

const Rule rule_message_rewritten = {
    .id = "message_rewritten",
    .area = "alg",
    .title = "The messages differ between the two places",
    .severity = FINDING_NOTE,
    .vantage = REG_VANTAGE_ANY,
    .meaning = "The same messages were seen at two places and are not the same text: a proxy, a "
               "session border controller or a firewall between them writes its own.",
    .advice = "Nothing, where that box is meant to be there. Compare the values when the server "
              "refuses what the phone sent, or the phone ignores what the server answered.",
    .confusion = "A SIP ALG, which replaces addresses and leaves everything else alone.",
    .should = "A proxy adds its Via, Record-Route or Path, lowers Max-Forwards and leaves the "
              "rest alone; a session border controller may write a message of its own (RFC 3261 "
              "section 16.6, RFC 5853 section 3).",
    .seen = {
        .client = "What the phone sent, before it was changed.",
        .middle = "On both sides of the box: pairs of messages with different text.",
        .server = "What the registrar got. Alone it does not show what the phone sent.",
    },
    .fix = {
        .phone = "TLS keeps boxes that are not meant to read it from changing it.",
        .router = "A firewall with SIP inspection: switch the inspection off when it changes what "
                  "matters.",
        .asterisk = "'pjsip set logger on' shows the messages as they arrived.",
        .kamailio = "Look in the script for what sets or removes headers, and for "
                    "fix_nated_contact() and topology hiding.",
    },
    .reference = "RFC 3261 section 16.6; RFC 5853",
    .check_chain = check,
};
