/*
 * libpcap's part of listening: how an interface is opened so that nothing is
 * lost in a burst, and what its counters say.
 */

#include "interface.h"

#include <errno.h>
#include <net/if.h>
#include <sys/ioctl.h>

#include "capture/filter.h"

/* Files number raw IP otherwise than the library does. */
#define LINK_RAW 101

/* Less than this at once is not worth a copy of its own, more is a burst. */
#define BATCH_BYTES 65536

static char *make_filter(const CaptureInterface *interface, bool tagged)
{
    if (interface->filter != NULL)
        return g_strdup(interface->filter);
    return filter_wanted(interface->ports, tagged);
}

CaptureInterface *capture_interface_new(const char *name, const CaptureListen *listen,
                                        unsigned index)
{
    CaptureInterface *interface = g_new0(CaptureInterface, 1);

    interface->source = capture_source_new(name, CAPTURE_PLACE_UNSAID, true);
    interface->source->index = index;
    interface->source->info.format = "live";
    interface->filter = g_strdup(listen->filter);
    interface->ports = listen->ports != NULL ? g_array_copy((GArray *)listen->ports) : NULL;
    interface->buffer_bytes = listen->buffer_bytes;
    interface->snaplen = listen->snaplen;
    interface->promiscuous = listen->promiscuous && !g_str_equal(name, "any");
    interface->timeout = listen->interfaces->len > 1 ? 20 : 100;
    interface->bytes = g_byte_array_sized_new(BATCH_BYTES);
    interface->drained = NSEC_NONE;
    interface->fd = -1;
    return interface;
}

void capture_interface_close(CaptureInterface *interface)
{
    g_clear_pointer(&interface->pcap, pcap_close);
    interface->fd = -1;
}

void capture_interface_free(CaptureInterface *interface)
{
    if (interface == NULL)
        return;
    capture_interface_close(interface);
    g_clear_pointer(&interface->ports, g_array_unref);
    g_byte_array_unref(interface->bytes);
    capture_source_free(interface->source);
    g_free(interface->filter);
    g_free(interface);
}

/* --- opening -------------------------------------------------------------- */

static bool fail(const CaptureInterface *interface, GError **error, int code, const char *why)
{
    const char *name = interface->source->path;
    bool named = g_str_has_prefix(why, name);

    g_set_error(error, CAPTURE_ERROR, code, "cannot listen on %s%s%s", name, named ? "" : ": ",
                named ? why + strlen(name) : why);
    return false;
}

static void prepare(CaptureInterface *interface, pcap_t *pcap, bool promiscuous)
{
    interface->nanoseconds = pcap_set_tstamp_precision(pcap, PCAP_TSTAMP_PRECISION_NANO) == 0;
    pcap_set_snaplen(pcap, (int)interface->snaplen);
    pcap_set_buffer_size(pcap, (int)MIN(interface->buffer_bytes, (size_t)INT32_MAX));
    pcap_set_promisc(pcap, promiscuous);
    pcap_set_timeout(pcap, interface->timeout);
}

static const char *describe_failure(pcap_t *pcap, int code)
{
    const char *text = pcap_geterr(pcap);

    if (code == PCAP_ERROR_PERM_DENIED)
        return "no permission: it takes root or the capability CAP_NET_RAW";
    return text != NULL && text[0] != '\0' ? text : pcap_statustostr(code);
}

static int activate(CaptureInterface *interface, pcap_t **pcap, bool promiscuous,
                    char why[PCAP_ERRBUF_SIZE])
{
    *pcap = pcap_create(interface->source->path, why);
    if (*pcap == NULL)
        return PCAP_ERROR;
    prepare(interface, *pcap, promiscuous);

    int code = pcap_activate(*pcap);

    if (code >= 0)
        return code;
    g_strlcpy(why, describe_failure(*pcap, code), PCAP_ERRBUF_SIZE);
    g_clear_pointer(pcap, pcap_close);
    return code;
}

/* Without promiscuous mode there is less to see on a mirror port, but something. */
static pcap_t *activate_anyhow(CaptureInterface *interface, GError **error)
{
    char why[PCAP_ERRBUF_SIZE] = "";
    pcap_t *pcap = NULL;
    int code = activate(interface, &pcap, interface->promiscuous, why);

    interface->refused = code == PCAP_WARNING_PROMISC_NOTSUP;
    if (code == PCAP_ERROR_PROMISC_PERM_DENIED) {
        interface->refused = true;
        code = activate(interface, &pcap, false, why);
    }
    if (code < 0)
        fail(interface, error, CAPTURE_ERROR_OPEN, why);
    return pcap;
}

static bool compile(CaptureInterface *interface, pcap_t *pcap, bool tagged)
{
    g_autofree char *text = make_filter(interface, tagged);
    GPtrArray *filters = interface->source->filters;
    struct bpf_program program;

    if (pcap_compile(pcap, &program, text, 1, PCAP_NETMASK_UNKNOWN) != 0)
        return false;

    bool set = pcap_setfilter(pcap, &program) == 0;

    pcap_freecode(&program);
    if (!set)
        return false;
    g_ptr_array_set_size(filters, 0);
    g_ptr_array_add(filters, g_steal_pointer(&text));
    return true;
}

/* Not every link type has tags. */
static bool set_filter(CaptureInterface *interface, pcap_t *pcap, GError **error)
{
    if (compile(interface, pcap, true)
        || (interface->filter == NULL && compile(interface, pcap, false)))
        return true;

    g_autofree char *text = make_filter(interface, true);

    g_set_error(error, CAPTURE_ERROR, CAPTURE_ERROR_FILTER,
                "cannot use the filter \"%s\" on %s: %s", text, interface->source->path,
                pcap_geterr(pcap));
    return false;
}

static uint16_t file_link(pcap_t *pcap)
{
    int link = pcap_datalink(pcap);

    return link == DLT_RAW ? LINK_RAW : (uint16_t)link;
}

static bool set_up(CaptureInterface *interface, pcap_t *pcap, GError **error)
{
    char why[PCAP_ERRBUF_SIZE];

    if (g_str_equal(interface->source->path, "any"))
        pcap_set_datalink(pcap, DLT_LINUX_SLL2);
    if (!set_filter(interface, pcap, error))
        return false;
    if (pcap_setnonblock(pcap, 1, why) != 0)
        return fail(interface, error, CAPTURE_ERROR_OPEN, why);
    return true;
}

bool capture_interface_open(CaptureInterface *interface, GError **error)
{
    pcap_t *pcap = activate_anyhow(interface, error);

    if (pcap == NULL)
        return false;
    if (!set_up(interface, pcap, error)) {
        pcap_close(pcap);
        return false;
    }
    interface->pcap = pcap;
    interface->fd = pcap_get_selectable_fd(pcap);
    interface->link = file_link(pcap);
    interface->nanoseconds = pcap_get_tstamp_precision(pcap) == PCAP_TSTAMP_PRECISION_NANO;
    interface->seen_drops = interface->seen_interface_drops = interface->seen_received = 0;
    interface->drained = NSEC_NONE;
    capture_source_add_link(interface->source, interface->link);
    return true;
}

/* --- frames --------------------------------------------------------------- */

static void on_frame(u_char *user, const struct pcap_pkthdr *header, const u_char *bytes)
{
    CaptureInterface *interface = (void *)user;
    Nsec fraction = interface->nanoseconds ? header->ts.tv_usec : header->ts.tv_usec * NSEC_USEC;

    interface->frames[interface->n_frames++] = (CaptureInterfaceFrame){
        .time = (Nsec)header->ts.tv_sec * NSEC_SEC + fraction,
        .wire_len = MAX(header->len, header->caplen),
        .len = header->caplen,
        .at = interface->bytes->len,
    };
    g_byte_array_append(interface->bytes, bytes, header->caplen);
}

bool capture_interface_fill(CaptureInterface *interface, char why[PCAP_ERRBUF_SIZE])
{
    interface->n_frames = interface->next_frame = 0;
    g_byte_array_set_size(interface->bytes, 0);
    if (interface->pcap == NULL)
        return true;

    int n = pcap_dispatch(interface->pcap, CAPTURE_INTERFACE_BATCH, on_frame, (u_char *)interface);

    if (n >= 0 || n == PCAP_ERROR_BREAK)
        return true;
    g_strlcpy(why, pcap_geterr(interface->pcap), PCAP_ERRBUF_SIZE);
    return false;
}

/* Any socket may be asked for the state of any interface. One that was removed and made anew
 * is another one, of which the library tells by an error. */
bool capture_interface_is_up(const CaptureInterface *interface, const char **why)
{
    struct ifreq request = { 0 };

    if (interface->pcap == NULL || g_str_equal(interface->source->path, "any"))
        return true;
    g_strlcpy(request.ifr_name, interface->source->path, sizeof(request.ifr_name));
    if (ioctl(pcap_fileno(interface->pcap), SIOCGIFFLAGS, &request) != 0) {
        *why = "it was removed";
        return errno != ENODEV;
    }
    *why = "it is down";
    return (request.ifr_flags & IFF_UP) != 0;
}

/* --- counters ------------------------------------------------------------- */

uint32_t capture_interface_gain(uint32_t before, uint32_t now)
{
    uint32_t gain = now - before;

    return gain > INT32_MAX ? 0 : gain;
}

uint64_t capture_interface_count_drops(CaptureInterface *interface)
{
    CaptureInfo *info = &interface->source->info;
    struct pcap_stat stat = { 0 };

    if (interface->pcap == NULL || pcap_stats(interface->pcap, &stat) != 0)
        return 0;

    uint32_t kernel = capture_interface_gain(interface->seen_drops, stat.ps_drop);
    uint32_t own = capture_interface_gain(interface->seen_interface_drops, stat.ps_ifdrop);

    interface->received += capture_interface_gain(interface->seen_received, stat.ps_recv);
    interface->seen_received = stat.ps_recv;
    interface->seen_drops = stat.ps_drop;
    interface->seen_interface_drops = stat.ps_ifdrop;
    info->dropped_kernel += kernel;
    info->dropped_interface += own;
    info->drops_known = true;
    return (uint64_t)kernel + own;
}
