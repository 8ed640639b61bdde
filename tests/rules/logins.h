#pragma once

/*
 * Attempts to log in, as the tests of the digest rules write them: what stands
 * behind "auth" and how the server answers.
 */

#include "expect.h"

/* What the phone of a scenario logs in with. */
#define ALICE "alice:example.com:secret\n"

/* The same user with a password that the phone does not have. */
#define OTHER_PASSWORD "alice:example.com:another one\n"

#define CHALLENGED                        \
    "at 0     phone -> server REGISTER\n" \
    "at 0.020 server -> phone 401\n"

/* Challenged, answered, and what the server said then. */
#define LOGIN(how, answer)                             \
    CHALLENGED                                         \
    "at 0.060 phone -> server REGISTER auth " how "\n" \
    "at 0.080 server -> phone " answer "\n"            \
    "end 60\n"
