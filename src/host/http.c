/*
 * libmicrohttpd with everything off that can be: one thread, few connections,
 * little memory for each, short patience. A request is answered from what is
 * there, and never waits for the analysis.
 */

#include "http.h"

#include <microhttpd.h>
#include <signal.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "host/error.h"

#define CONNECTIONS 16
#define CONNECTION_BYTES 16384
#define PATIENCE_SECONDS 10

#define OPENMETRICS "application/openmetrics-text; version=1.0.0; charset=utf-8"
#define PLAIN_METRICS "text/plain; version=0.0.4; charset=utf-8"
#define JSON "application/json"
#define PLAIN "text/plain; charset=utf-8"

struct Http {
    HttpConfig config;
    char *version;
    struct MHD_Daemon *daemon;
};

typedef struct Page {
    unsigned status;
    const char *type;
    char *text; /* of malloc() */
} Page;

/* --- pages ---------------------------------------------------------------- */

static Page plain(unsigned status, const char *text)
{
    return (Page){ status, PLAIN, g_strdup(text) };
}

static const char *header(struct MHD_Connection *connection, const char *name)
{
    return MHD_lookup_connection_value(connection, MHD_HEADER_KIND, name);
}

static const char *argument(struct MHD_Connection *connection, const char *name)
{
    return MHD_lookup_connection_value(connection, MHD_GET_ARGUMENT_KIND, name);
}

static Page page_metrics(const Http *http, struct MHD_Connection *connection)
{
    g_autoptr(GBytes) bytes = board_text(http->config.board);
    const char *accept = header(connection, "Accept");
    bool knows = accept != NULL && strstr(accept, "application/openmetrics-text") != NULL;
    size_t len = 0;
    const char *text = g_bytes_get_data(bytes, &len);

    return (Page){ MHD_HTTP_OK, knows ? OPENMETRICS : PLAIN_METRICS, g_strndup(text, len) };
}

static BoardState state_now(const Http *http)
{
    return board_state(http->config.board, nsec_now(CLOCK_MONOTONIC));
}

static Page page_health(const Http *http, struct MHD_Connection *connection)
{
    BoardState state = state_now(http);

    return (Page){ state.health == BOARD_OK ? MHD_HTTP_OK : MHD_HTTP_SERVICE_UNAVAILABLE, JSON,
                   http_health(&state, http->version) };
}

static bool is_condition(const char *name)
{
    for (unsigned i = 0; i < REG_CONDITIONS; i++) {
        if (g_str_equal(reg_condition_name(i), name))
            return true;
    }
    return false;
}

static Page page_devices(const Http *http, struct MHD_Connection *connection)
{
    const char *condition = argument(connection, "condition");

    if (condition != NULL && !is_condition(condition))
        return plain(MHD_HTTP_BAD_REQUEST, "there is no such condition\n");
    return (Page){ MHD_HTTP_OK, JSON,
                   http_devices(http->config.roster, state_now(http).devices, condition,
                                argument(connection, "aor")) };
}

static const struct {
    const char *path;
    Page (*make)(const Http *http, struct MHD_Connection *connection);
} pages[] = {
    { "/metrics", page_metrics },
    { "/healthz", page_health },
    { "/devices", page_devices },
};

static Page make_page(const Http *http, struct MHD_Connection *connection, const char *path,
                      const char *method)
{
    if (!g_str_equal(method, MHD_HTTP_METHOD_GET) && !g_str_equal(method, MHD_HTTP_METHOD_HEAD))
        return plain(MHD_HTTP_METHOD_NOT_ALLOWED, "only to be read\n");
    if (http->config.local && !listen_is_ours(header(connection, "Host")))
        return plain(MHD_HTTP_FORBIDDEN, "ask by address, or as localhost\n");
    for (size_t i = 0; i < G_N_ELEMENTS(pages); i++) {
        if (g_str_equal(path, pages[i].path))
            return pages[i].make(http, connection);
    }
    return plain(MHD_HTTP_NOT_FOUND, "there are /metrics, /healthz and /devices\n");
}

/* --- the server ----------------------------------------------------------- */

/* For a browser that somebody makes look at it. */
static const struct {
    const char *name;
    const char *value;
} headers[] = {
    { "Cache-Control", "no-store" },
    { "Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'" },
    { "Cross-Origin-Resource-Policy", "same-origin" },
    { "Referrer-Policy", "no-referrer" },
    { "X-Content-Type-Options", "nosniff" },
};

static enum MHD_Result send_page(struct MHD_Connection *connection, const Page *page)
{
    struct MHD_Response *response =
        MHD_create_response_from_buffer(strlen(page->text), page->text, MHD_RESPMEM_MUST_FREE);

    if (response == NULL)
        return MHD_NO;
    MHD_add_response_header(response, "Content-Type", page->type);
    for (size_t i = 0; i < G_N_ELEMENTS(headers); i++)
        MHD_add_response_header(response, headers[i].name, headers[i].value);
    if (page->status == MHD_HTTP_METHOD_NOT_ALLOWED)
        MHD_add_response_header(response, "Allow", "GET, HEAD");

    enum MHD_Result result = MHD_queue_response(connection, page->status, response);

    MHD_destroy_response(response);
    return result;
}

static enum MHD_Result on_request(void *user, struct MHD_Connection *connection, const char *path,
                                  const char *method, const char *version, const char *upload,
                                  size_t *upload_len, void **request)
{
    Page page = make_page(user, connection, path, method);

    return send_page(connection, &page);
}

/* What a stranger's request does wrong is not for our standard error. */
static void on_log(void *user, const char *format, va_list values)
{
}

static struct MHD_Daemon *start_daemon(Http *http)
{
    return MHD_start_daemon(
        MHD_USE_AUTO | MHD_USE_INTERNAL_POLLING_THREAD | MHD_USE_ERROR_LOG, 0, NULL, NULL,
        on_request, http, MHD_OPTION_EXTERNAL_LOGGER, on_log, NULL, MHD_OPTION_LISTEN_SOCKET,
        http->config.socket, MHD_OPTION_CONNECTION_LIMIT, (unsigned)CONNECTIONS,
        MHD_OPTION_CONNECTION_TIMEOUT, (unsigned)PATIENCE_SECONDS,
        MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)CONNECTION_BYTES, MHD_OPTION_END);
}

/* Signals are for the main thread. */
static struct MHD_Daemon *start_quietly(Http *http)
{
    sigset_t all, before;

    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);

    struct MHD_Daemon *daemon = start_daemon(http);

    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return daemon;
}

Http *http_start(const HttpConfig *config, GError **error)
{
    Http *http = g_new0(Http, 1);

    http->config = *config;
    http->version = g_strdup(config->version);
    http->daemon = start_quietly(http);
    if (http->daemon != NULL)
        return http;
    g_set_error(error, HOST_ERROR, HOST_ERROR_START, "cannot begin the HTTP server");
    close(config->socket);
    g_free(http->version);
    g_free(http);
    return NULL;
}

void http_stop(Http *http)
{
    MHD_stop_daemon(http->daemon);
    g_free(http->version);
    g_free(http);
}
