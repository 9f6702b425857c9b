/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "helio-window"

#include "config.h"

#include "window/helio-bucket-name.h"

#include <glib/gi18n.h>

#define WATCHER "aw-watcher-"

/* Programs whose name is not their word in an id with a capital letter. */
static const struct
{
  const char *word;
  const char *name;
} programs[] = {
  { "jetbrains", "JetBrains" }, { "intellij", "IntelliJ IDEA" },
  { "librewolf", "LibreWolf" }, { "neovim", "Neovim" },
  { "nvim", "Neovim" },         { "obsidian", "Obsidian" },
  { "pycharm", "PyCharm" },     { "sublime", "Sublime Text" },
  { "vscode", "VS Code" },      { "vscodium", "VSCodium" },
  { "webstorm", "WebStorm" },   { "zen", "Zen" },
};

/* "firefox" of "aw-watcher-web-firefox_laptop"; NULL where the id names no program. */
static char *
find_program_name (const char *id, const char *prefix)
{
  g_autofree char *word = NULL;

  if (!g_str_has_prefix (id, prefix))
    return NULL;
  id += strlen (prefix);
  word = g_strndup (id, strcspn (id, "_"));
  if (*word == '\0')
    return NULL;
  for (gsize i = 0; i < G_N_ELEMENTS (programs); i++)
    if (g_ascii_strcasecmp (programs[i].word, word) == 0)
      return g_strdup (programs[i].name);
  *word = g_ascii_toupper (*word);
  return g_steal_pointer (&word);
}

static char *
name_tabs (const char *id)
{
  g_autofree char *browser = find_program_name (id, WATCHER "web-");

  /* Translators: a browser: Firefox tabs */
  return browser != NULL ? g_strdup_printf (_ ("%s tabs"), browser) : g_strdup (_ ("Browser tabs"));
}

static char *
name_files (const char *id)
{
  g_autofree char *editor = find_program_name (id, WATCHER);

  /* Translators: an editor: VS Code files */
  return editor != NULL ? g_strdup_printf (_ ("%s files"), editor) : g_strdup (_ ("Editor files"));
}

char *
helio_bucket_get_plain_name (const char *type, const char *client, const char *id)
{
  static const struct
  {
    const char *type;
    const char *name;
  } names[] = {
    { "afkstatus", N_ ("Away or not") },
    { "currently-playing", N_ ("Music and films") },
    { "general.stopwatch", N_ ("Stopwatch") },
    { "media.playback", N_ ("Music and films") },
    { "os.hid.input", N_ ("Keyboard and mouse") },
    { "os.lockscreen.unlocks", N_ ("Unlocks of the phone") },
    { "web", N_ ("Browser tabs") },
  };

  g_return_val_if_fail (type != NULL, NULL);
  g_return_val_if_fail (client != NULL, NULL);
  g_return_val_if_fail (id != NULL, NULL);

  if (g_str_equal (type, "currentwindow"))
    return g_strdup (g_str_has_prefix (id, WATCHER "android") ? _ ("Apps on the phone")
                                                              : _ ("Active window"));
  if (g_str_equal (type, "web.tab.current"))
    return name_tabs (id);
  if (g_str_equal (type, "app.editor.activity"))
    return name_files (id);
  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    if (g_str_equal (type, names[i].type))
      return g_strdup (_ (names[i].name));
  return g_strdup (*client != '\0' ? client : id);
}
