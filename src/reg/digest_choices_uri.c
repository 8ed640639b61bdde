/*
 * Other values for the digest uri.
 *
 * A box that knows SIP changes the Request-URI and the host names in a request,
 * and sometimes the uri in the credentials with them; then the digest, which
 * was made over the old one, does not fit any more. And phones take the uri
 * from another place than the Request-URI, with or without port, transport and
 * user. All of those stand somewhere in the message.
 */

#include <glib.h>

#include "digest_choices.h"

typedef struct UriList {
    RegDigestChoices *choices;
    RegScratch *scratch;
    Str default_port; /* of the uri in the credentials; "5060" when it has none */
} UriList;

/* "scheme:user@host:port;params"; empty parts come without their sign. */
typedef struct Form {
    Str scheme;
    Str user;
    Str host; /* without brackets */
    Str port;
    Str params;
} Form;

static void add(const UriList *list, RegHypothesisId id, const Form *form)
{
    bool ipv6 = form->host.len > 0 && memchr(form->host.data, ':', form->host.len) != NULL;

    if (form->host.len == 0)
        return;
    reg_choices_add(
        list->choices, id,
        reg_scratch_join(
            list->scratch,
            (Str[]){ form->scheme, STR(":"), form->user, form->user.len > 0 ? STR("@") : STR(""),
                     ipv6 ? STR("[") : STR(""), form->host, ipv6 ? STR("]") : STR(""),
                     form->port.len > 0 ? STR(":") : STR(""), form->port, form->params },
            10));
}

static Str port_text(RegScratch *scratch, uint16_t port)
{
    char text[8];
    int len = g_snprintf(text, sizeof(text), "%u", port);

    return port != 0 ? reg_scratch_join(scratch, &(Str){ text, (size_t)len }, 1) : STR("");
}

static Form form_of(const SipUri *uri, RegScratch *scratch)
{
    return (Form){
        .scheme = uri->scheme.len > 0 ? uri->scheme : STR("sip"),
        .user = uri->user,
        .host = uri->host,
        .port = port_text(scratch, uri->port),
        .params = uri->params,
    };
}

static void add_ports(const UriList *list, Form form, RegHypothesisId id)
{
    const Str ports[] = { STR(""), STR("5060"), STR("5061") };

    for (size_t i = 0; i < G_N_ELEMENTS(ports); i++) {
        form.port = ports[i];
        add(list, id, &form);
    }
}

static void add_params(const UriList *list, Form form)
{
    const Str params[] = {
        STR(""),
        STR(";transport=udp"),
        STR(";transport=UDP"),
        STR(";transport=tcp"),
        STR(";transport=TCP"),
        STR(";transport=tls"),
        STR(";transport=ws"),
        STR(";transport=wss"),
    };

    for (size_t i = 0; i < G_N_ELEMENTS(params); i++) {
        form.params = params[i];
        add(list, REG_HYPOTHESIS_URI_PARAMS, &form);
    }
    form.params = STR("");
    add_ports(list, form, REG_HYPOTHESIS_URI_PARAMS);
}

static void add_users(const UriList *list, Form form, Str user)
{
    const Str users[] = { STR(""), user };

    for (size_t i = 0; i < G_N_ELEMENTS(users); i++) {
        form.user = users[i];
        add(list, REG_HYPOTHESIS_URI_USER, &form);
    }
    add_ports(list, form, REG_HYPOTHESIS_URI_USER);
}

/* Everything but another host. */
static void add_spellings(const UriList *list, const SipUri *uri, Str to_user)
{
    Form form = form_of(uri, list->scratch);

    add_ports(list, form, REG_HYPOTHESIS_URI_PORT);
    add_params(list, form);

    Form other = form;

    other.scheme = str_equal_nocase(form.scheme, STR("sips")) ? STR("sip") : STR("sips");
    add(list, REG_HYPOTHESIS_URI_SCHEME, &other);
    add_users(list, form, to_user);
    form.host = reg_choices_lower(list->scratch, form.host);
    add(list, REG_HYPOTHESIS_URI_HOST_FORM, &form);
}

/* One host with and without port, as it is found elsewhere. */
static void add_host(const UriList *list, Form form, Str host, Str port)
{
    form.host = host;
    form.port = STR("");
    add(list, REG_HYPOTHESIS_URI_HOST, &form);
    form.port = port.len > 0 ? port : list->default_port;
    add(list, REG_HYPOTHESIS_URI_HOST, &form);
}

static void add_endpoint(const UriList *list, const Form *form, const NetEndpoint *endpoint)
{
    char text[NET_ENDPOINT_TEXT];
    Str shown = str_of(net_addr_to_text(&endpoint->addr, text));

    if (endpoint->addr.version != 0)
        add_host(list, *form, reg_scratch_join(list->scratch, &shown, 1),
                 port_text(list->scratch, endpoint->port));
}

/* "203.0.113.2:18680", "[2001:db8::1]:5060" or a name. */
static void add_address(const UriList *list, const Form *form, Str address)
{
    SipUri uri = sip_uri_parse(reg_scratch_join(list->scratch, (Str[]){ STR("sip:"), address }, 2));

    add_host(list, *form, uri.host, port_text(list->scratch, uri.port));
}

static void add_hosts(const UriList *list, const RegDigestScene *scene, Str realm)
{
    const RegDigestInput *input = scene->input;
    Form form = form_of(&scene->uri, list->scratch);

    add_host(list, form, scene->to.host, STR(""));
    add_host(list, form, scene->from.host, STR(""));
    if (realm.len > 0 && realm.len <= 255 && memchr(realm.data, ' ', realm.len) == NULL)
        add_host(list, form, realm, STR(""));
    if (input->request != NULL) {
        add_endpoint(list, &form, &input->request->meta.flow.dst);
        add_endpoint(list, &form, &input->request->meta.flow.src);
    }
    add_host(list, form, scene->call_id_host, STR(""));
    add_host(list, form, scene->via.host, port_text(list->scratch, scene->via.port));
    add_host(list, form, scene->contact.host, port_text(list->scratch, scene->contact.port));
    for (unsigned i = 0; i < input->n_addresses && i < REG_SCENE_CHALLENGES; i++)
        add_address(list, &form, input->addresses[i]);
}

void reg_choices_of_uri(RegDigestChoices *choices, const RegDigestScene *scene,
                        const RegDigestRecipe *base)
{
    Str port = port_text(scene->scratch, scene->uri.port);
    UriList list = {
        .choices = choices,
        .scratch = scene->scratch,
        .default_port = port.len > 0 ? port : STR("5060"),
    };

    reg_choices_begin(choices, REG_INGREDIENT_URI, base->uri);
    reg_choices_add(choices, REG_HYPOTHESIS_URI_REQUEST_URI, scene->input->request_uri);
    add_spellings(&list, &scene->uri, scene->to.user);
    add_spellings(&list, &scene->request_uri, scene->to.user);
    add_hosts(&list, scene, base->realm);
}
