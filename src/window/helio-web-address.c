/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "helio-window"

#include "window/helio-web-address.h"

#include <string.h>

static gsize
length_without_slash (const char *address)
{
  gsize length = strlen (address);

  return g_str_has_suffix (address, "/") ? length - 1 : length;
}

gboolean
helio_web_address_is_same (const char *a, const char *b)
{
  gsize length = length_without_slash (a);

  return length == length_without_slash (b) && strncmp (a, b, length) == 0;
}
