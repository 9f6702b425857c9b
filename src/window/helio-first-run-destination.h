/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "window/helio-view.h"

G_BEGIN_DECLS

#define HELIO_TYPE_FIRST_RUN_DESTINATION (helio_first_run_destination_get_type ())
G_DECLARE_FINAL_TYPE (
    HelioFirstRunDestination, helio_first_run_destination, HELIO, FIRST_RUN_DESTINATION, HelioView)

/**
 * HelioFirstRunPlace:
 * @HELIO_FIRST_RUN_AS_IT_IS: where it is published already
 * @HELIO_FIRST_RUN_THIS_COMPUTER: at the receiver that comes with Heliograph
 * @HELIO_FIRST_RUN_MY_SERVER: at an address, with a token
 */
typedef enum
{
  HELIO_FIRST_RUN_AS_IT_IS,
  HELIO_FIRST_RUN_THIS_COMPUTER,
  HELIO_FIRST_RUN_MY_SERVER,
} HelioFirstRunPlace;

HelioFirstRunPlace helio_first_run_destination_get_place (HelioFirstRunDestination *step);

/* What tells one choice from another: "" leaves all as it is. (transfer full) */
char *helio_first_run_destination_describe (HelioFirstRunDestination *step);

/* The id of this computer's receiver, of which there is one at most: it may have been added before,
 * by a run that did not come to its end. (transfer full) (nullable) */
char *helio_first_run_destination_find_bundled (HelioFirstRunDestination *step);

/* What was typed, without spaces around it. (transfer full) */
char *helio_first_run_destination_get_address (HelioFirstRunDestination *step);
char *helio_first_run_destination_get_token (HelioFirstRunDestination *step);

/* Adds to the options of AddDestination or AddThisComputer what was chosen here. */
void helio_first_run_destination_add_options (HelioFirstRunDestination *step,
                                              GVariantBuilder *options);

/**
 * helio_first_run_destination_leave:
 *
 * Whether the next step may come. If the server must be checked first that begins, and
 * [signal@HelioFirstRunDestination::passed] tells of its good end.
 */
gboolean helio_first_run_destination_leave (HelioFirstRunDestination *step);

/* Offers to keep the token in a file: there is no other place for it. */
void helio_first_run_destination_offer_file (HelioFirstRunDestination *step);

/* Goes to what a person does next here. */
void helio_first_run_destination_focus (HelioFirstRunDestination *step);

G_END_DECLS
