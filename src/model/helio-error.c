/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "helio-model"

#include "model/helio-error.h"

#include <string.h>

#define DBUS_PREFIX "io.github.heliograph.Heliograph.Error."

static const GDBusErrorEntry entries[] = {
  { HELIO_ERROR_FAILED, DBUS_PREFIX "Failed" },
  { HELIO_ERROR_AW_UNREACHABLE, DBUS_PREFIX "AwUnreachable" },
  { HELIO_ERROR_AW_KEY, DBUS_PREFIX "AwKey" },
  { HELIO_ERROR_AW_ADDRESS, DBUS_PREFIX "AwAddress" },
  { HELIO_ERROR_AW_ANSWER, DBUS_PREFIX "AwAnswer" },
  { HELIO_ERROR_AW_NO_BUCKET, DBUS_PREFIX "AwNoBucket" },
  { HELIO_ERROR_AW_CHANGED, DBUS_PREFIX "AwChanged" },
  { HELIO_ERROR_AW_SLOW, DBUS_PREFIX "AwSlow" },
  { HELIO_ERROR_RETRY, DBUS_PREFIX "Retry" },
  { HELIO_ERROR_TOKEN, DBUS_PREFIX "Token" },
  { HELIO_ERROR_NO_TOKEN, DBUS_PREFIX "NoToken" },
  { HELIO_ERROR_NOT_A_BACKEND, DBUS_PREFIX "NotABackend" },
  { HELIO_ERROR_CONFLICT, DBUS_PREFIX "Conflict" },
  { HELIO_ERROR_TOO_LARGE, DBUS_PREFIX "TooLarge" },
  { HELIO_ERROR_REFUSED, DBUS_PREFIX "Refused" },
  { HELIO_ERROR_REDIRECT, DBUS_PREFIX "Redirect" },
  { HELIO_ERROR_INSECURE, DBUS_PREFIX "Insecure" },
  { HELIO_ERROR_TLS, DBUS_PREFIX "Tls" },
  { HELIO_ERROR_LEDGER, DBUS_PREFIX "Ledger" },
  { HELIO_ERROR_LEDGER_NEWER, DBUS_PREFIX "LedgerNewer" },
  { HELIO_ERROR_LEDGER_DAMAGED, DBUS_PREFIX "LedgerDamaged" },
  { HELIO_ERROR_BUSY, DBUS_PREFIX "Busy" },
  { HELIO_ERROR_SETTINGS, DBUS_PREFIX "Settings" },
  { HELIO_ERROR_NOT_FOUND, DBUS_PREFIX "NotFound" },
  { HELIO_ERROR_SECRET_STORE, DBUS_PREFIX "SecretStore" },
  { HELIO_ERROR_RULES_CHANGED, DBUS_PREFIX "RulesChanged" },
};

G_STATIC_ASSERT (G_N_ELEMENTS (entries) == HELIO_ERROR_LAST + 1);

GQuark
helio_error_quark (void)
{
  static gsize quark;

  g_dbus_error_register_error_domain ("helio-error-quark", &quark, entries, G_N_ELEMENTS (entries));
  return (GQuark) quark;
}

const char *
helio_error_get_word (const GError *error)
{
  gboolean is_ours = error->domain == HELIO_ERROR;

  for (gsize i = 0; is_ours && i < G_N_ELEMENTS (entries); i++)
    if (entries[i].error_code == error->code)
      return entries[i].dbus_error_name + strlen (DBUS_PREFIX);
  return "Failed";
}
