/*
 * A list of all logins in the captures, or one of them taken apart.
 */

#include "digest.h"

#include <glib.h>

#include "base/escape.h"
#include "digest_scan.h"
#include "digest_working.h"
#include "reg/digest_facts.h"

typedef struct Printer {
    FILE *stream;
    const CaptureSet *captures;
    const RegSecrets *secrets;
    const DigestOptions *options;
    RegDigest *digest;
    unsigned n; /* printed */
    bool differs;
} Printer;

static void append_frame(const Printer *printer, GString *out, CaptureRef ref)
{
    if (capture_set_size(printer->captures) > 1)
        g_string_append_printf(out, "%s:", capture_set_info(printer->captures, ref.capture)->name);
    g_string_append_printf(out, "%" G_GUINT64_FORMAT, ref.frame);
}

/* "frame 2", "nextnonce of frame 9", "not in the capture"; g_free() it. */
static char *challenge_text(const Printer *printer, const DigestSighting *sighting)
{
    GString *out = g_string_new(NULL);

    if (sighting->issuer == NULL) {
        g_string_append(out, "not in the capture");
    } else {
        g_string_append(out, sighting->next ? "nextnonce of frame " : "frame ");
        append_frame(printer, out, sighting->issuer->meta.ref);
    }
    return g_string_free(out, FALSE);
}

static void append_cell(GString *line, const char *text, int columns)
{
    g_autoptr(GString) shown = g_string_new(NULL);

    escape_terminal(shown, str_of(text));
    g_string_append_printf(line, "%s%*s  ", shown->str,
                           MAX(columns - (int)escape_columns(shown->str), 0), "");
}

static void append_value(GString *line, Str value, int columns)
{
    g_autofree char *text = str_dup(value);

    append_cell(line, text != NULL ? text : "-", columns);
}

static void print_line(Printer *printer, const DigestSighting *sighting,
                       const RegDigestResult *result)
{
    const NetMeta *meta = &sighting->request->meta;
    const SipAuth *auth = &sighting->auth;
    g_autofree char *verdict = digest_verdict_text(result);
    g_autofree char *challenge = challenge_text(printer, sighting);
    g_autoptr(GString) frame = g_string_new(NULL);
    g_autoptr(GString) line = g_string_new(NULL);
    char clock[NSEC_TEXT];

    if (printer->n == 0)
        fprintf(printer->stream, "%6s  %-12s  %-9s  %-12s  %-20s  %-9s  %-8s  %-12s  %s\n", "frame",
                "time", "method", "user", "realm", "algorithm", "qop", "verdict", "challenge");
    append_frame(printer, frame, meta->ref);
    g_string_append_printf(line, "%*s", MAX(6 - (int)frame->len, 0), "");
    append_cell(line, frame->str, 0);
    append_cell(line, nsec_to_clock(meta->time, clock), 12);
    append_value(line, sighting->request->method_name, 9);
    append_value(line, str_present(auth->username) ? auth->username : auth->username_ext, 12);
    append_value(line, auth->realm, 20);
    append_value(line, auth->algorithm, 9);
    append_value(line, auth->qop, 8);
    append_cell(line, verdict, 12);
    g_string_append(line, challenge);
    fprintf(printer->stream, "%s\n", line->str);
}

static void print_whole(Printer *printer, const DigestSighting *sighting,
                        const RegDigestInput *input, const RegDigestResult *result)
{
    const SipMessage *request = sighting->request;
    g_autofree char *issuer = challenge_text(printer, sighting);
    g_autoptr(GString) frame = g_string_new(NULL);
    char clock[NSEC_TEXT];
    SipAuth challenge;
    bool known = sighting->issuer != NULL && !sighting->next
                 && reg_digest_challenge_for(sighting->issuer, &sighting->auth, &challenge);

    append_frame(printer, frame, request->meta.ref);
    fprintf(printer->stream, "%sThe %s of frame %s\n", printer->n > 0 ? "\n" : "",
            sip_header_long_name(sighting->header->id), frame->str);
    digest_line_print(printer->stream, "request", "%.*s %.*s, %s", STR_ARG(request->method_name),
                      STR_ARG(request->request_uri), nsec_to_clock(request->meta.time, clock));
    digest_line_print(printer->stream, "challenge", "%s", issuer);
    digest_working_print(printer->stream, printer->digest,
                         &(DigestCase){ input, result, known ? &challenge : NULL },
                         printer->options->show_secrets);
}

static bool is_wrong(const RegDigestResult *result)
{
    return result->verdict == REG_DIGEST_MISMATCH || result->verdict == REG_DIGEST_OTHER_INPUT;
}

static void visit(const DigestSighting *sighting, void *user)
{
    Printer *printer = user;
    const SipMessage *request = sighting->request;
    RegDigestResult result = { 0 };
    RegDigestInput input = {
        .auth = sighting->auth,
        .method = request->method_name,
        .request_uri = request->request_uri,
        .body = request->body,
        .request = request,
        .challenges = sighting->challenges,
        .n_challenges = sighting->n_challenges,
        .nonces = &sighting->auth.nonce,
        .n_nonces = sighting->next,
        .search = true,
    };

    if (printer->options->frame != 0 && request->meta.ref.frame != printer->options->frame)
        return;
    reg_digest_check(printer->digest, printer->secrets, &input, &result);
    if (printer->options->frame != 0)
        print_whole(printer, sighting, &input, &result);
    else
        print_line(printer, sighting, &result);
    printer->n++;
    printer->differs |= is_wrong(&result);
    reg_digest_result_clear(&result);
}

DigestOutcome digest_print_captures(FILE *stream, CaptureSet *captures, const RegSecrets *secrets,
                                    const DigestOptions *options)
{
    g_autoptr(RegDigest) digest = reg_digest_new();
    Printer printer = { stream, captures, secrets, options, digest, 0, false };

    digest_scan(captures, visit, &printer);
    if (printer.n == 0 && options->frame != 0)
        return DIGEST_NOT_FOUND;
    if (printer.n == 0)
        fprintf(stream, "No request in the capture carries credentials.\n");
    return printer.differs ? DIGEST_DIFFERS : DIGEST_FITS;
}

DigestOutcome digest_print_values(FILE *stream, const RegSecrets *secrets,
                                  const DigestOptions *options)
{
    g_autoptr(RegDigest) digest = reg_digest_new();
    RegDigestResult result = { 0 };
    RegDigestInput input = {
        .auth = { .scheme = STR("Digest"),
                  .username = str_of(options->user),
                  .realm = str_of(options->realm),
                  .uri = str_of(options->uri),
                  .nonce = str_of(options->nonce),
                  .qop = str_of(options->qop),
                  .nc = str_of(options->nc),
                  .cnonce = str_of(options->cnonce),
                  .algorithm = str_of(options->algorithm),
                  .response = str_of(options->response),
                  .ok = true },
        .method = options->method != NULL ? str_of(options->method) : STR("REGISTER"),
        .search = true,
    };

    reg_digest_check(digest, secrets, &input, &result);
    if (result.secret == NULL
        && reg_secrets_find(secrets, input.auth.username, input.auth.realm, STR_NONE,
                            &result.secret, 1)
               == 0)
        return DIGEST_NOT_FOUND;
    fprintf(stream, "The values given\n");
    digest_working_print(stream, digest, &(DigestCase){ &input, &result, NULL },
                         options->show_secrets);

    bool differs = is_wrong(&result);

    reg_digest_result_clear(&result);
    return differs ? DIGEST_DIFFERS : DIGEST_FITS;
}
