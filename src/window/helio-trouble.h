/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * HelioTrouble:
 * @HELIO_TROUBLE_OTHER: of this computer itself: the agent's sentence says it
 * @HELIO_TROUBLE_STOPPED: a destination needs the user
 * @HELIO_TROUBLE_SOURCE: ActivityWatch can't be read
 * @HELIO_TROUBLE_WAITING: a destination does not take anything now; it is tried again
 *
 * Whose trouble it is, and so what helps.
 */
typedef enum
{
  HELIO_TROUBLE_OTHER,
  HELIO_TROUBLE_STOPPED,
  HELIO_TROUBLE_SOURCE,
  HELIO_TROUBLE_WAITING,
} HelioTrouble;

/**
 * helio_trouble_find:
 * @trouble: (nullable): the agent's Trouble
 * @source: (nullable): its Source
 * @destinations: (nullable): its Destinations
 * @text: (out) (transfer none): the sentence without the name of the destination before it: a
 *   part of @trouble
 *
 * Whose trouble the agent's sentence tells.
 */
HelioTrouble helio_trouble_find (const char *trouble,
                                 GVariant *source,
                                 GVariant *destinations,
                                 const char **text);

G_END_DECLS
