#pragma once

/*
 * "--listen 9124", "--listen 192.0.2.1:9124", "--listen [::1]:9124".
 */

#include <glib.h>
#include <stdbool.h>
#include <sys/socket.h>

#include "base/str.h"

typedef struct ListenAddress {
    struct sockaddr_storage address;
    socklen_t len;
    bool local; /* only this machine can come there */
} ListenAddress;

/* Addresses only, and "localhost": names are looked up on the network, which nobody here does. */
bool listen_parse(const char *text, ListenAddress *address, GError **error);

/* A socket on which connections can be waited for; -1. */
int listen_open(const char *text, ListenAddress *address, GError **error);

/* Whether a request's Host header (NULL: it has none) can be meant for an address of this
 * machine: a web page of a stranger can make a browser ask us, but not by a number. */
bool listen_is_ours(const char *host);
