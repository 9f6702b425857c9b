/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "helio-destination"

#include "config.h"

#include "destination/helio-address.h"

#include <glib/gi18n-lib.h>
#include <libsoup/soup.h>
#include <string.h>

#include "model/helio-error.h"

#define BASE_PATH "/api/heliograph/v1"

static gboolean
is_local_host (const char *host)
{
  g_autoptr (GInetAddress) address = g_inet_address_new_from_string (host);

  if (address != NULL)
    return g_inet_address_get_is_loopback (address);
  return g_ascii_strcasecmp (host, "localhost") == 0;
}

/* GUri lets a space in a host name pass. */
static gboolean
has_blank (const char *url)
{
  for (const char *at = url; *at != '\0'; at++)
    if (g_ascii_isspace (*at) || g_ascii_iscntrl (*at))
      return TRUE;
  return FALSE;
}

static const char *
find_problem (const char *url, GUri *uri)
{
  if (uri == NULL || has_blank (url))
    return _ ("is no URL: it must look like https://example.org");

  const char *scheme = g_uri_get_scheme (uri);
  const char *host = g_uri_get_host (uri);

  if (strcmp (scheme, "https") != 0 && strcmp (scheme, "http") != 0)
    return _ ("must begin with https://");
  if (host == NULL || host[0] == '\0')
    return _ ("has no host: it must look like https://example.org");
  if (g_uri_get_port (uri) == 0)
    return _ ("has a port that can't be");
  if (g_uri_get_userinfo (uri) != NULL)
    return _ ("must not hold a user name or a password: the token is enough");
  if (g_uri_get_query (uri) != NULL || g_uri_get_fragment (uri) != NULL)
    return _ ("must not hold a “?” or a “#”");
  return NULL;
}

HelioAddress *
helio_address_parse (const char *url, GError **error)
{
  g_autoptr (GUri) uri = g_uri_parse (url, SOUP_HTTP_URI_FLAGS, NULL);
  const char *problem = find_problem (url, uri);

  if (problem != NULL)
    {
      /* Translators: %s is "must begin with https://", "has no host…" or the like. */
      g_set_error (error, HELIO_ERROR, HELIO_ERROR_SETTINGS, _ ("The address of the backend %s"),
                   problem);
      return NULL;
    }

  const char *scheme = g_uri_get_scheme (uri);
  const char *host = g_uri_get_host (uri);
  int port = g_uri_get_port (uri);
  g_autofree char *path = g_strdup (g_uri_get_path (uri));
  while (g_str_has_suffix (path, "/"))
    path[strlen (path) - 1] = '\0';
  g_autofree char *whole = g_strconcat (path, BASE_PATH, NULL);

  HelioAddress *address = g_new0 (HelioAddress, 1);
  gboolean is_v6 = strchr (host, ':') != NULL;
  g_autofree char *bare = is_v6 ? g_strdup_printf ("[%s]", host) : g_strdup (host);
  address->name = port == (strcmp (scheme, "https") == 0 ? 443 : 80)
                      ? g_steal_pointer (&bare)
                      : g_strdup_printf ("%s:%d", bare, port);
  address->base = g_uri_build (SOUP_HTTP_URI_FLAGS, scheme, NULL, host, port, whole, NULL, NULL);
  address->text = g_uri_to_string (address->base);
  address->is_local = is_local_host (host);
  return address;
}

gboolean
helio_address_check_secure (const HelioAddress *address, gboolean allows_plain_http, GError **error)
{
  if (strcmp (g_uri_get_scheme (address->base), "http") != 0 || address->is_local
      || allows_plain_http)
    return TRUE;

  g_set_error (
      error, HELIO_ERROR, HELIO_ERROR_INSECURE,
      _ ("http://%s would send your activity and the token unencrypted: use https, or allow "
         "plain http for this destination"),
      address->name);
  return FALSE;
}

void
helio_address_free (HelioAddress *address)
{
  g_uri_unref (address->base);
  g_free (address->text);
  g_free (address->name);
  g_free (address);
}
