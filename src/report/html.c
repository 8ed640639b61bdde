/*
 * The report for looking at: one file that opens in a browser, from a mail or
 * a folder, without a network and without anything beside it.
 *
 * The page is made of the source files in html/, which are compiled into the
 * program, and of data: the objects of the JSON report in a compact form, as
 * text that no browser runs. The page's policy names the hashes of its one
 * script and its one style sheet, so nothing else runs either, whatever a
 * User-Agent says.
 */

#include "html.h"

#include <openssl/evp.h>

#include "formats.h"
#include "html_resource.h"

/* In the order in which they are run. */
static const char *const scripts[] = {
    "data.js",    "words.js", "dom.js",     "route.js", "capture.js", "overview.js",
    "plot.js",    "list.js",  "message.js", "steps.js", "ladder.js",  "digest.js",
    "finding.js", "lane.js",  "device.js",  "main.js",
};

static const char *const styles[] = { "style.css", "overview.css", "device.css", "media.css" };

static void put_bytes(ReportHtml *html, const char *bytes, size_t len)
{
    report_output_write(html->base.output, bytes, len);
}

void report_html_put(ReportHtml *html, const char *text)
{
    put_bytes(html, text, strlen(text));
}

/* JSON has these characters only inside strings, where an escape means the
 * same. Without them there is no end tag and no comment in the text, whatever
 * it says. */
void report_html_put_json(ReportHtml *html, const char *json, size_t len)
{
    const char *end = json + len;

    while (json < end) {
        size_t plain = strcspn(json, "<>&");

        put_bytes(html, json, plain);
        json += plain;
        if (json < end)
            report_html_put(html, *json == '<' ? "\\u003c" : *json == '>' ? "\\u003e" : "\\u0026");
        json += json < end;
    }
}

/* "sha256-...", as the policy names a script (CSP level 3, section 2.3.1). */
static void put_hash(ReportHtml *html, const GString *text)
{
    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned len = 0;

    EVP_Digest(text->str, text->len, digest, &len, EVP_sha256(), NULL);

    g_autofree char *name = g_base64_encode(digest, len);

    report_html_put(html, "sha256-");
    report_html_put(html, name);
}

static Nsec first_time(const ReportResult *result)
{
    Nsec first = NSEC_NONE;

    for (unsigned i = 0; i < result->captures->len; i++) {
        const RegCaptureSite *site = g_ptr_array_index(result->captures, i);
        Nsec begins = site->info->first;

        if (begins != NSEC_NONE && (first == NSEC_NONE || begins < first))
            first = begins;
    }
    return first != NSEC_NONE ? first : 0;
}

static void put_part(ReportHtml *html, Str name)
{
    if (str_equal(name, STR("script")))
        put_bytes(html, html->script->str, html->script->len);
    else if (str_equal(name, STR("style")))
        put_bytes(html, html->style->str, html->style->len);
    else if (str_equal(name, STR("script-hash")))
        put_hash(html, html->script);
    else if (str_equal(name, STR("style-hash")))
        put_hash(html, html->style);
    else if (str_equal(name, STR("report")))
        report_html_whole(html);
    else if (str_equal(name, STR("packs")))
        report_html_packs(html);
    else
        g_assert_not_reached();
}

static GBytes *read_resource(const char *name)
{
    g_autofree char *path = g_strconcat("/whyreg/html/", name, NULL);
    GBytes *bytes = g_resource_lookup_data(report_html_get_resource(), path,
                                           G_RESOURCE_LOOKUP_FLAGS_NONE, NULL);

    g_assert(bytes != NULL); /* the list above and html.gresource.xml are the same */
    return bytes;
}

static void append_resource(GString *out, const char *name)
{
    g_autoptr(GBytes) bytes = read_resource(name);
    size_t len;
    const char *text = g_bytes_get_data(bytes, &len);

    g_string_append_len(out, text, (gssize)len);
}

/* The page has "@@name@@" where a part goes. */
static void html_end(ReportWriter *writer, const ReportResult *result)
{
    ReportHtml *html = (ReportHtml *)writer;
    g_autoptr(GBytes) bytes = read_resource("page.html");
    size_t len;
    const char *page = g_bytes_get_data(bytes, &len);
    const char *end = page + len;
    const char *mark;

    html->result = result;
    html->begins = first_time(result);
    report_shaper_show(html->shaper, result->part);
    report_shaper_compact(html->shaper, html->begins);
    while ((mark = g_strstr_len(page, end - page, "@@")) != NULL) {
        const char *name = mark + 2;
        const char *close = g_strstr_len(name, end - name, "@@");

        g_assert(close != NULL);
        put_bytes(html, page, (size_t)(mark - page));
        put_part(html, (Str){ name, (size_t)(close - name) });
        page = close + 2;
    }
    put_bytes(html, page, (size_t)(end - page));
    html->result = NULL;
    report_output_flush(writer->output);
}

static void html_free(ReportWriter *writer)
{
    ReportHtml *html = (ReportHtml *)writer;

    report_shaper_free(html->shaper);
    g_string_free(html->scratch, TRUE);
    g_string_free(html->script, TRUE);
    g_string_free(html->style, TRUE);
    g_free(html);
}

static const ReportWriterOps html_ops = {
    .name = "html",
    .end = html_end,
    .free = html_free,
};

/* The scripts share one scope of their own, in which they can wait. */
static GString *join_scripts(void)
{
    GString *all = g_string_new("(async function () {\n'use strict';\n");

    for (size_t i = 0; i < G_N_ELEMENTS(scripts); i++)
        append_resource(all, scripts[i]);
    return g_string_append(all, "}());\n");
}

ReportWriter *report_html_new(ReportOutput *output, const ReportOptions *options)
{
    ReportHtml *html = g_new0(ReportHtml, 1);

    html->base = (ReportWriter){
        .ops = &html_ops, .output = output, .captures = options->captures, .shows_messages = true
    };
    html->shaper = report_shaper_new(options->captures);
    html->scratch = g_string_new(NULL);
    html->script = join_scripts();
    html->style = g_string_new(NULL);
    for (size_t i = 0; i < G_N_ELEMENTS(styles); i++)
        append_resource(html->style, styles[i]);
    return &html->base;
}
