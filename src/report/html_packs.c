/*
 * The part of the page's data of which there may be thousands: devices,
 * findings, messages.
 *
 * A list is cut into blocks of some objects each, so that the page takes apart
 * only what it shows. In a large report a block is compressed (zlib, RFC 1950)
 * and written as base64: ten thousand devices still fit into a mail. In a small
 * one it stands there as JSON.
 */

#include <zlib.h>

#include "base/escape.h"
#include "html.h"
#include "output.h"

/* Bytes of JSON in a block: large enough to compress well, small enough to be
 * taken apart while somebody waits. */
#define BLOCK_BYTES 65536

/* Of devices and findings together; beyond that blocks are compressed. */
#define PLAIN_MAX 200

/* Of one message; the rest of a longer one is only counted. */
#define MAX_MESSAGE_BYTES 4096

typedef struct Pack {
    ReportHtml *html;
    bool compressed;
    bool any;       /* a block was written */
    GString *block; /* objects with commas between them */
    unsigned items; /* in it */
    GArray *sizes;  /* of unsigned: items of each block */
} Pack;

static Pack pack_begin(ReportHtml *html, const char *name)
{
    const ReportResult *result = html->result;

    report_html_put(html, "\"");
    report_html_put(html, name);
    report_html_put(html, "\":{\"blocks\":[");
    return (Pack){
        .html = html,
        .compressed = result->devices->len + result->findings->len > PLAIN_MAX,
        .block = g_string_sized_new(BLOCK_BYTES),
        .sizes = g_array_new(FALSE, FALSE, sizeof(unsigned)),
    };
}

static void put_compressed(ReportHtml *html, const GString *block)
{
    uLongf len = compressBound(block->len);
    g_autofree Bytef *bytes = g_malloc(len);
    int status =
        compress2(bytes, &len, (const Bytef *)block->str, block->len, Z_DEFAULT_COMPRESSION);

    g_assert(status == Z_OK); /* there is memory, and there is room */

    g_autofree char *text = g_base64_encode(bytes, len);

    report_html_put(html, "\"");
    report_html_put(html, text);
    report_html_put(html, "\"");
}

static void flush(Pack *pack)
{
    if (pack->items == 0)
        return;
    report_html_put(pack->html, pack->any ? ",\n" : "\n");
    g_string_prepend_c(pack->block, '[');
    g_string_append_c(pack->block, ']');
    if (pack->compressed)
        put_compressed(pack->html, pack->block);
    else
        report_html_put_json(pack->html, pack->block->str, pack->block->len);
    g_array_append_val(pack->sizes, pack->items);
    g_string_truncate(pack->block, 0);
    pack->items = 0;
    pack->any = true;
}

/* What was shaped is one more item. */
static void pack_add(Pack *pack)
{
    const GString *object = report_shape_end(pack->html->shaper);

    if (pack->items++ > 0)
        g_string_append(pack->block, ",\n");
    g_string_append_len(pack->block, object->str, (gssize)object->len);
    if (pack->block->len >= BLOCK_BYTES)
        flush(pack);
}

static void pack_end(Pack *pack)
{
    g_autoptr(GString) sizes = g_string_new("],\"sizes\":[");

    flush(pack);
    for (unsigned i = 0; i < pack->sizes->len; i++)
        g_string_append_printf(sizes, "%s%u", i > 0 ? "," : "",
                               g_array_index(pack->sizes, unsigned, i));
    report_html_put(pack->html, sizes->str);
    report_html_put(pack->html, "]}");
    g_string_free(pack->block, TRUE);
    g_array_unref(pack->sizes);
}

static void put_devices(ReportHtml *html, const char *name, bool rows)
{
    const ReportResult *result = html->result;
    Pack pack = pack_begin(html, name);

    for (unsigned i = 0; i < result->devices->len; i++) {
        const RegDevice *device = g_ptr_array_index(result->devices, i);

        if (report_output_failed(html->base.output))
            break;
        if (device->scanner) /* an account that somebody tries is no device */
            continue;
        report_shape_begin(html->shaper);
        if (rows)
            report_html_device_row(html, device);
        else
            report_shape_device(html->shaper, device, report_device_end(result, device));
        pack_add(&pack);
    }
    pack_end(&pack);
}

static void put_findings(ReportHtml *html, const char *name, bool rows)
{
    const GPtrArray *findings = html->result->findings;
    Pack pack = pack_begin(html, name);

    for (unsigned i = 0; i < findings->len; i++) {
        const Finding *finding = g_ptr_array_index(findings, i);

        report_shape_begin(html->shaper);
        if (rows)
            report_html_finding_row(html, finding);
        else
            report_shape_finding(html->shaper, finding);
        pack_add(&pack);
    }
    pack_end(&pack);
}

/* A NUL byte ends a text of JSON, so its picture stands for it. */
static const char *shown_text(ReportHtml *html, Str text)
{
    Str rest = text;
    Str part;

    g_string_truncate(html->scratch, 0);
    while (str_split(rest, '\0', &part, &rest)) {
        escape_utf8(html->scratch, part);
        g_string_append(html->scratch, "\342\220\200"); /* U+2400 */
    }
    escape_utf8(html->scratch, part);
    return html->scratch->str;
}

static void shape_message(ReportHtml *html, const ReportMessage *message)
{
    char text[NET_ENDPOINT_TEXT];
    ReportShaper *shaper = html->shaper;

    report_shape_ref(shaper, message->ref, message->time);
    report_shape_text(shaper, "from", net_endpoint_to_text(&message->flow.src, text));
    report_shape_text(shaper, "to", net_endpoint_to_text(&message->flow.dst, text));
    report_shape_flag(shaper, "tcp", message->flow.transport == NET_TCP);
    report_shape_text(shaper, "text",
                      shown_text(html, str_first(message->text, MAX_MESSAGE_BYTES)));
    if (message->text.len > MAX_MESSAGE_BYTES)
        report_shape_count(shaper, "left_out", message->text.len - MAX_MESSAGE_BYTES);
}

static void put_messages(ReportHtml *html)
{
    const GArray *messages = html->result->messages;
    Pack pack = pack_begin(html, "messages");

    for (unsigned i = 0; messages != NULL && i < messages->len; i++) {
        report_shape_begin(html->shaper);
        shape_message(html, &g_array_index(messages, ReportMessage, i));
        pack_add(&pack);
    }
    pack_end(&pack);
}

/* Which frames the messages are of, in their order: capture, frame, capture ... */
static void put_frames(ReportHtml *html)
{
    const GArray *messages = html->result->messages;
    g_autoptr(GString) list = g_string_new("\"frames\":[");

    for (unsigned i = 0; messages != NULL && i < messages->len; i++) {
        CaptureRef ref = g_array_index(messages, ReportMessage, i).ref;

        g_string_append_printf(list, "%s%u,%" G_GUINT64_FORMAT, i > 0 ? "," : "", ref.capture,
                               ref.frame);
    }
    report_html_put(html, list->str);
    report_html_put(html, "]");
}

void report_html_packs(ReportHtml *html)
{
    report_html_put(html, "{");
    put_devices(html, "device_rows", true);
    report_html_put(html, ",\n");
    put_findings(html, "finding_rows", true);
    report_html_put(html, ",\n");
    put_devices(html, "devices", false);
    report_html_put(html, ",\n");
    put_findings(html, "findings", false);
    report_html_put(html, ",\n");
    put_messages(html);
    report_html_put(html, ",\n");
    put_frames(html);
    report_html_put(html, "}\n");
}
