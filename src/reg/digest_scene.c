/*
 * What a message says elsewhere: the other places where a device may have got
 * the value that it hashed.
 */

#include "digest_choices.h"

static void add_challenges(RegDigestScene *scene, const SipMessage *answer, SipHeaderId id,
                           unsigned age)
{
    const SipHeader *header;

    for (unsigned nth = 0; scene->n_challenges < REG_SCENE_CHALLENGES
                           && (header = sip_message_header(answer, id, nth)) != NULL;
         nth++) {
        scene->challenges[scene->n_challenges] = sip_auth_parse(sip_message_value(answer, header));
        scene->ages[scene->n_challenges++] = age;
    }
}

void reg_digest_scene_challenges(RegDigestScene *scene, const RegDigestInput *input)
{
    scene->input = input;
    scene->n_challenges = 0;
    for (unsigned i = 0; i < input->n_challenges && i < REG_SCENE_CHALLENGES; i++) {
        add_challenges(scene, input->challenges[i], SIP_HEADER_WWW_AUTHENTICATE, i);
        add_challenges(scene, input->challenges[i], SIP_HEADER_PROXY_AUTHENTICATE, i);
    }
}

static SipUri uri_in(const SipMessage *request, SipHeaderId id)
{
    return sip_name_addr_parse(sip_message_first(request, id)).uri;
}

void reg_digest_scene_read(RegDigestScene *scene)
{
    const SipMessage *request = scene->input->request;
    Str local;

    scene->request_uri = sip_uri_parse(scene->input->request_uri);
    scene->uri = sip_uri_parse(scene->input->auth.uri);
    if (request == NULL)
        return;
    scene->to = uri_in(request, SIP_HEADER_TO);
    scene->from = uri_in(request, SIP_HEADER_FROM);
    scene->contact = uri_in(request, SIP_HEADER_CONTACT);
    scene->via = sip_message_via(request);
    str_split(request->call_id, '@', &local, &scene->call_id_host);
}

bool reg_digest_scene_has_realm(const RegDigestScene *scene, Str realm)
{
    for (unsigned i = 0; i < scene->n_challenges; i++) {
        if (str_equal_nocase(scene->challenges[i].realm, realm))
            return true;
    }
    return false;
}
