/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include "window/helio-bucket-name.h"

static void
check (const char *type, const char *client, const char *id, const char *expected)
{
  g_autofree char *name = helio_bucket_get_plain_name (type, client, id);

  g_assert_cmpstr (name, ==, expected);
}

static void
test_known_types (void)
{
  check ("currentwindow", "aw-watcher-window", "aw-watcher-window_laptop", "Active window");
  check ("afkstatus", "aw-watcher-afk", "aw-watcher-afk_laptop", "Away or not");
  check ("os.hid.input", "aw-watcher-input", "aw-watcher-input_laptop", "Keyboard and mouse");
  check ("currently-playing", "aw-watcher-spotify", "aw-watcher-spotify_laptop", "Music and films");
  check ("general.stopwatch", "aw-stopwatch", "aw-stopwatch", "Stopwatch");
}

static void
test_phone (void)
{
  check ("currentwindow", "aw-android", "aw-watcher-android", "Apps on the phone");
  check ("os.lockscreen.unlocks", "aw-android", "aw-watcher-android-unlock",
         "Unlocks of the phone");
  check ("web", "aw-android", "aw-watcher-android-web", "Browser tabs");
  check ("media.playback", "aw-android", "aw-watcher-android-media", "Music and films");
}

static void
test_browsers (void)
{
  check ("web.tab.current", "aw-client-web", "aw-watcher-web-firefox", "Firefox tabs");
  check ("web.tab.current", "aw-client-web", "aw-watcher-web-chrome_laptop", "Chrome tabs");
  check ("web.tab.current", "aw-client-web", "aw-watcher-web-librewolf_laptop", "LibreWolf tabs");
  check ("web.tab.current", "aw-client-web", "aw-watcher-web-firefox_a-synced-from-a",
         "Firefox tabs");
  check ("web.tab.current", "aw-client-web", "aw-watcher-web-", "Browser tabs");
  check ("web.tab.current", "other", "my-browser", "Browser tabs");
}

static void
test_editors (void)
{
  check ("app.editor.activity", "aw-watcher-vscode", "aw-watcher-vscode_laptop", "VS Code files");
  check ("app.editor.activity", "aw-watcher-vim", "aw-watcher-vim_laptop", "Vim files");
  check ("app.editor.activity", "other", "my-editor", "Editor files");
}

static void
test_unknown_types (void)
{
  check ("health.steps", "steps", "steps_laptop", "steps");
  check ("health.steps", "", "steps_laptop", "steps_laptop");
  check ("", "", "odd", "odd");
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/window/bucket-name/known-types", test_known_types);
  g_test_add_func ("/window/bucket-name/phone", test_phone);
  g_test_add_func ("/window/bucket-name/browsers-by-their-id", test_browsers);
  g_test_add_func ("/window/bucket-name/editors-by-their-id", test_editors);
  g_test_add_func ("/window/bucket-name/unknown-types-by-client-or-id", test_unknown_types);
  return g_test_run ();
}
