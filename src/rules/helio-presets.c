/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "helio-rules"

#include "config.h"

#include "rules/helio-presets.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "json/helio-json.h"

static const HelioPreset presets[] = {
  { "private-windows", N_ ("Private and incognito windows"),
    N_ ("Nothing of a browser's private windows leaves this computer.") },
  { "password-managers", N_ ("Password managers"),
    N_ ("Nothing of password managers and their web pages leaves this computer.") },
  { "banking", N_ ("Banking"),
    N_ ("Titles that tell of a bank are hidden, and web pages of banks are dropped.") },
  { "app-names-only", N_ ("App names only"),
    N_ ("Of all that you use only the name of the app leaves this computer.") },
  { "hide-titles", N_ ("Hide all titles"), N_ ("No title of a window or web page is published.") },
  { "domains-only", N_ ("Domains only"),
    N_ ("Of an address of the web only the domain is published.") },
  { NULL, NULL, NULL },
};

#define BANKS                                                                                       \
  "\\\\b(e-?|online[ -]?|home[ -]?|m-?)?bank(ing|s)?\\\\b|sparkasse|[a-z]bank\\\\b|raiffeisen|"     \
  "\\\\b(banque|banco|banca|caixa|bancaire)\\\\b|cr[ée]dit agricole|paypal|revolut|\\\\bn26\\\\b|" \
  "trade republic|\\\\bwise\\\\.com"
#define MANAGERS                                                                                   \
  "keepass|\\\\.kdbx\\\\b|bitwarden|vaultwarden|1password|lastpass|dashlane|nordpass|"             \
  "\\\\benpass\\\\b|proton ?pass\\\\b"

/* What is left of each rule without its id and name. A preset's rules stand together. */
static const struct
{
  const char *preset;
  const char *name;
  const char *rest;
} rules[] = {
  { "private-windows", N_ ("Drop incognito tabs"),
    "\"field\":\"incognito\",\"match\":\"exact\",\"pattern\":\"true\",\"action\":\"drop\"" },
  { "private-windows", N_ ("Drop private windows"),
    "\"field\":\"title\",\"match\":\"regex\",\"pattern\":"
    "\"private (browsing|window)|\\\\bincognito\\\\b|\\\\binprivate\\\\b|"
    "privater modus|privates fenster|inkognito|navigation priv[ée]e|navega(ción|ção) privada|"
    "inc[óo]gnit[oa]|navigazione (anonima|in incognito)|privénavigatie|tor browser\","
    "\"action\":\"drop\"" },

  { "password-managers", N_ ("Drop password managers"),
    "\"field\":\"app\",\"match\":\"regex\",\"pattern\":\"" MANAGERS
    "|seahorse|\\\\bqtpass\\\\b|\\\\bsecrets$|passwords?$\",\"action\":\"drop\"" },
  { "password-managers", N_ ("Drop titles of password managers"),
    "\"field\":\"title\",\"match\":\"regex\",\"pattern\":\"" MANAGERS "\",\"action\":\"drop\"" },
  { "password-managers", N_ ("Drop web pages of password managers"),
    "\"field\":\"url\",\"match\":\"regex\",\"pattern\":\"^[a-z-]+://[^/?#]*(bitwarden|vaultwarden|"
    "1password|lastpass|dashlane|nordpass|keepersecurity|enpass|pass\\\\.proton)\","
    "\"action\":\"drop\"" },

  { "banking", N_ ("Hide titles of banks"),
    "\"where\":{\"except_type\":\"web.*\"},\"field\":\"title\",\"match\":\"regex\",\"pattern\":"
    "\"" BANKS "\",\"action\":\"hide\"" },
  { "banking", N_ ("Drop web pages with titles of banks"),
    "\"where\":{\"type\":\"web.*\"},\"field\":\"title\",\"match\":\"regex\",\"pattern\":"
    "\"" BANKS "\",\"action\":\"drop\"" },
  { "banking", N_ ("Drop web pages of banks"),
    "\"field\":\"url\",\"match\":\"regex\",\"pattern\":\"^[a-z]+://[^/?#]*(bank|sparkasse|"
    "raiffeisen|banque|banco|banca|caixa|paypal|revolut|\\\\bn26\\\\b|traderepublic|"
    "\\\\bwise\\\\.com)\",\"action\":\"drop\"" },

  { "app-names-only", N_ ("Keep the name of the app only"),
    "\"where\":{\"except_type\":\"afkstatus\"},\"match\":\"any\",\"action\":\"keep\","
    "\"target\":\"app\"" },

  { "hide-titles", N_ ("Hide titles"),
    "\"match\":\"any\",\"action\":\"hide\",\"target\":\"title\"" },

  { "domains-only", N_ ("Publish the domain of an address"),
    "\"field\":\"url\",\"match\":\"regex\",\"pattern\":"
    "\"^https?://(?:[^/?#]*@)?(\\\\[[^]/?#@]+\\\\]|[^/?#:@\\\\s]+)(?::\\\\d*)?(?:[/?#]|$)\","
    "\"action\":\"replace\",\"with\":\"\\\\1\"" },
  /* What the rule before it left alone is no address of the web. */
  { "domains-only", N_ ("Hide other addresses"),
    "\"field\":\"url\",\"match\":\"regex\",\"pattern\":"
    "\"[/?#@\\\\s]|^(?!\\\\[[0-9a-f:.]+\\\\]$).*:\",\"action\":\"hide\"" },
};

const HelioPreset *
helio_presets_get (void)
{
  return presets;
}

char *
helio_preset_make_rules (const HelioPreset *preset)
{
  g_autoptr (GString) json = g_string_new ("{\"version\":1,\"rules\":[");
  guint count = 0;

  g_return_val_if_fail (preset != NULL && preset->id != NULL, NULL);

  for (guint i = 0; i < G_N_ELEMENTS (rules); i++)
    {
      if (strcmp (rules[i].preset, preset->id) != 0)
        continue;
      g_string_append_printf (json, "%s{\"id\":\"%s-%u\",\"name\":", count > 0 ? "," : "",
                              preset->id, count + 1);
      helio_json_append_string (json, _ (rules[i].name), -1);
      g_string_append_printf (json, ",%s}", rules[i].rest);
      count++;
    }
  g_string_append (json, "]}");
  return g_string_free (g_steal_pointer (&json), FALSE);
}
