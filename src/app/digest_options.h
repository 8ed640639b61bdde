#pragma once

/*
 * The options that only "whyreg digest" has.
 */

#include <argp.h>
#include <stdbool.h>
#include <stdint.h>

typedef struct DigestOptions {
    uint64_t frame; /* 0: every one, in a line */
    bool show_secrets;

    /* Values given by hand; NULL: not given. Argv's own text. */
    const char *user;
    const char *realm;
    const char *method;
    const char *uri;
    const char *nonce;
    const char *qop;
    const char *nc;
    const char *cnonce;
    const char *algorithm;
    const char *response;
} DigestOptions;

/* Whether any value was given by hand: then there is no capture. */
bool digest_options_by_hand(const DigestOptions *options);

/* A child parser whose input is a DigestOptions. */
extern const struct argp digest_options_parser;
