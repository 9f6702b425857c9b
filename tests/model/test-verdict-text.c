/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include "model/helio-verdict-text.h"

static void
check (const char *verdict, const char *result)
{
  g_autoptr (GVariant) dict = g_variant_parse (G_VARIANT_TYPE_VARDICT, verdict, NULL, NULL, NULL);
  g_autofree char *text = NULL;

  g_assert_nonnull (dict);
  text = helio_verdict_text_result (dict, 2);
  g_assert_cmpstr (text, ==, result);
}

static void
test_result (void)
{
  check ("{'equal': <true>, 'days': <uint32 0>, 'differing-days': <@as []>}", "equal");
  check ("{'equal': <true>, 'mended': <true>, 'days': <uint32 1>, "
         "'differing-days': <['2026-11-24']>}",
         "equal; mended, it differed on 2026-11-24");
  check ("{'equal': <false>, 'days': <uint32 3>, "
         "'differing-days': <['2026-11-22', '2026-11-23', '2026-11-24']>}",
         "differs on 2026-11-22, 2026-11-23 and 1 more day");
  check ("{'equal': <false>, 'mended': <true>, 'days': <uint32 300>, 'refused': <int64 2>, "
         "'waiting': <int64 150>, 'differing-days': <['2026-11-22', '2026-11-23']>}",
         "mended, it differed on 2026-11-22, 2026-11-23 and 298 more days; "
         "2 events were refused for good; 150 deletions wait for your answer");
  check ("{'equal': <false>}", "differs");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/model/verdict-text/says-what-came-out", test_result);
  return g_test_run ();
}
