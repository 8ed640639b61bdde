#pragma once

/*
 * Why a server refuses credentials that are right, in the order in which the
 * reasons are worth looking at, with what the packets say for and against each.
 */

#include "login.h"

/* Cites what speaks for a cause, rules out those that the packets exclude, and
 * advises to look at what is left. */
void finding_weigh_causes(Finding *finding, const RegChain *chain, const RegStep *step);
