#pragma once

/*
 * By which names in a Request-URI or To a device can be meant, beside its
 * address of record.
 */

#include "devices.h"

typedef struct Names Names;

Names *names_new(void);
void names_free(Names *names);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Names, names_free)

/* It registered at this server with its present Contact; what it was known by
 * before is forgotten. */
void names_bind(Names *names, Device *device, const NetAddr *server);
void names_forget(Names *names, Device *device);

/* Who bound this Contact last (user, host and port). NULL: nobody, or devices of several
 * accounts did: behind two NATs there may be the same private address twice. */
Device *names_by_contact(const Names *names, const SipUri *uri);

/* Who registered last as that user at the host with this address; callers that
 * know only the registrar's address write "sip:alice@198.51.100.10". */
Device *names_by_alias(const Names *names, const SipUri *uri);
