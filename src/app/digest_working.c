/*
 * "How is that number made, and which part of it is not what I think?"
 *
 * Shows the steps of RFC 7616 section 3.4.1 with the values of this login.
 * A1, HA1 and the session's key are as good as the password and are masked.
 */

#include "digest_working.h"

#include <glib.h>

#include "base/escape.h"
#include "reg/digest_facts.h"

#define MASK "********"

void digest_line_print(FILE *stream, const char *label, const char *format, ...)
{
    g_autoptr(GString) shown = g_string_new(NULL);
    va_list list;

    va_start(list, format);

    g_autofree char *text = g_strdup_vprintf(format, list);

    va_end(list);
    escape_terminal(shown, str_of(text));
    fprintf(stream, "  %-11s  %s\n", label, shown->str);
    explicit_bzero(text, strlen(text));
    explicit_bzero(shown->str, shown->len);
}

char *digest_verdict_text(const RegDigestResult *result)
{
    const char *name = reg_digest_verdict_name(result->verdict);
    bool plain =
        result->hypothesis == NULL || result->hypothesis->ingredient == REG_INGREDIENT_NONE;

    if (plain)
        return g_strdup(name);
    return g_strdup_printf("%s (%s%s%s)", name, result->hypothesis->id,
                           result->second != NULL ? ", " : "",
                           result->second != NULL ? result->second->id : "");
}

static void print_ingredients(FILE *stream, const DigestCase *shown)
{
    RegDigestRow rows[REG_DIGEST_ROWS];
    RegDigestTable table = {
        .challenge = shown->challenge,
        .auth = &shown->input->auth,
        .method = shown->input->method,
        .request_uri = shown->input->request_uri,
        .result = shown->result,
    };

    reg_digest_table(&table, rows);
    for (unsigned i = 0; i < REG_DIGEST_ROWS; i++) {
        const RegDigestRow *row = &rows[i];
        const char *verdict = reg_row_verdict_name(row->verdict);
        Str value = str_present(row->answer) ? row->answer : row->known;
        bool asked = str_present(row->challenge) && row->verdict != REG_ROW_SAME;
        bool known = str_present(row->known) && row->verdict != REG_ROW_SAME
                     && row->known.data != value.data;

        if (!str_present(value) && !asked)
            continue;

        g_autoptr(GString) line = g_string_new(NULL);

        g_string_append_printf(line, "%-34.*s", STR_ARG(value));
        if (asked)
            g_string_append_printf(line, "  in the challenge: %.*s", STR_ARG(row->challenge));
        if (known)
            g_string_append_printf(line, "  as we know it: %.*s", STR_ARG(row->known));
        if (verdict != NULL)
            g_string_append_printf(line, "  %s", verdict);
        if (row->verdict == REG_ROW_FITS_ONLY)
            g_string_append_printf(line, " %.*s", STR_ARG(row->fits));
        digest_line_print(stream, reg_ingredient_name(row->ingredient), "%s",
                          g_strchomp(line->str));
    }
}

/* A text that ends in the password, or begins with a hash made of it. */
static void print_secret(FILE *stream, const char *label, const char *text, size_t from, size_t len,
                         bool show)
{
    if (show)
        digest_line_print(stream, label, "%s", text);
    else
        digest_line_print(stream, label, "%.*s%s%s", (int)from, text, MASK, text + from + len);
}

static void print_a1(FILE *stream, const RegSecret *secret, const RegDigestWorking *working,
                     bool show)
{
    if (secret == NULL) {
        digest_line_print(stream, "A1", "not known: no account was supplied that it may be of");
        return;
    }
    if (working->a1 != NULL)
        print_secret(stream, "A1", working->a1, strlen(working->a1) - secret->secret.len,
                     secret->secret.len, show);
    else
        digest_line_print(stream, "A1", "not known: the account was supplied as its hash");
    print_secret(stream, "HA1 = H(A1)", working->ha1, 0, strlen(working->ha1), show);
    if (working->session_a1 == NULL)
        return;
    print_secret(stream, "session A1", working->session_a1, 0, strlen(working->ha1), show);
    print_secret(stream, "its hash", working->session_ha1, 0, strlen(working->session_ha1), show);
}

static const char *last_formula(const RegDigestInput *input)
{
    return str_present(input->auth.qop) ? "HA1:nonce:nc:cnonce:qop:HA2" : "HA1:nonce:HA2";
}

static void print_steps(FILE *stream, const DigestCase *shown, const RegSecret *secret,
                        const RegDigestWorking *working, bool show)
{
    const RegDigestInput *input = shown->input;
    size_t ha1 = strlen(working->session_a1 != NULL ? working->session_ha1 : working->ha1);

    digest_line_print(stream, "H", "%s, as lower-case hex digits", working->algorithm);
    print_a1(stream, secret, working, show);
    digest_line_print(stream, "A2", "%s", working->a2);
    digest_line_print(stream, "HA2 = H(A2)", "%s", working->ha2);
    if (secret == NULL) {
        digest_line_print(stream, "response", "H(%s)", last_formula(input));
        return;
    }
    digest_line_print(stream, "last", "%s", last_formula(input));
    print_secret(stream, "", working->input, 0, ha1, show);
    digest_line_print(stream, "expected", "%s", working->response);
}

/* The message as it would read with the value that was hashed. */
static void replace(RegDigestInput *input, const RegHypothesis *hypothesis, const char *used)
{
    Str value = str_of(used);

    if (hypothesis == NULL || used == NULL)
        return;
    switch (hypothesis->ingredient) {
    case REG_INGREDIENT_USER:
        input->auth.username = value;
        break;
    case REG_INGREDIENT_REALM:
        input->auth.realm = value;
        break;
    case REG_INGREDIENT_URI:
        input->auth.uri = value;
        break;
    case REG_INGREDIENT_METHOD:
        input->method = value;
        break;
    case REG_INGREDIENT_NONCE:
        input->auth.nonce = value;
        break;
    case REG_INGREDIENT_QOP:
        input->auth.qop = value;
        break;
    case REG_INGREDIENT_NC:
        input->auth.nc = value;
        break;
    case REG_INGREDIENT_CNONCE:
        input->auth.cnonce = value;
        break;
    case REG_INGREDIENT_ALGORITHM:
        input->auth.algorithm = value;
        break;
    case REG_INGREDIENT_NONE:
    case REG_INGREDIENT_SECRET:
    case REG_INGREDIENT_RESPONSE:
        break;
    }
}

/* The proof of a deviation: the same steps, and now it fits. Not every
 * deviation can be written as another value; then the name has to do. */
static void print_fitting(FILE *stream, RegDigest *digest, const DigestCase *shown, bool show)
{
    const RegDigestResult *result = shown->result;
    RegDigestInput input = *shown->input;
    DigestCase fitting = { &input, result, shown->challenge };
    RegDigestWorking working;

    if (result->verdict != REG_DIGEST_OTHER_INPUT)
        return;
    replace(&input, result->hypothesis, result->used);
    replace(&input, result->second, result->second_used);
    reg_digest_work(digest, result->secret, &input, &working);
    if (working.ok && str_equal_nocase(str_of(working.response), input.auth.response)) {
        fprintf(stream, "\nWhat was hashed instead\n");
        print_steps(stream, &fitting, result->secret, &working, show);
    }
    reg_digest_working_clear(&working);
}

static void print_verdict(FILE *stream, const DigestCase *shown)
{
    const RegDigestResult *result = shown->result;
    g_autofree char *verdict = digest_verdict_text(result);

    if (shown->input->auth.response.len == 0)
        return;
    digest_line_print(stream, "received", "%.*s", STR_ARG(shown->input->auth.response));
    digest_line_print(stream, "verdict", "%s", verdict);
    if (result->hypothesis != NULL)
        digest_line_print(stream, "", "%s: %s", result->hypothesis->code, result->hypothesis->text);
    if (result->second != NULL)
        digest_line_print(stream, "", "%s: %s", result->second->code, result->second->text);
    if (result->verdict == REG_DIGEST_MISMATCH)
        digest_line_print(stream, "", "%u hashes tried", result->tried);
}

void digest_working_print(FILE *stream, RegDigest *digest, const DigestCase *shown,
                          bool show_secrets)
{
    static const RegSecret none = { .kind = REG_SECRET_PASSWORD, .secret = { "", 0 } };
    const RegSecret *secret = shown->result->secret;
    RegDigestWorking working;

    print_ingredients(stream, shown);
    fprintf(stream, "\nThe working\n");
    reg_digest_work(digest, secret != NULL ? secret : &none, shown->input, &working);
    if (working.ok)
        print_steps(stream, shown, secret, &working, show_secrets);
    else
        digest_line_print(stream, "H", "%s",
                          working.algorithm != NULL ? "the supplied hash is of another algorithm"
                                                    : "this algorithm cannot be computed here");
    reg_digest_working_clear(&working);
    print_verdict(stream, shown);
    print_fitting(stream, digest, shown, show_secrets);
}
