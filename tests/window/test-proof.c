/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include "model/helio-event.h"
#include "window/helio-proof.h"

/* 2026-03-02, a Monday, 10:54:30 UTC */
#define NOW G_GINT64_CONSTANT (1772448870000)

#define EQUAL                                                                                      \
  "{'destination': <'home'>, 'bucket': <'a'>, 'at': <int64 1772448690000>, "                       \
  "'in-aw': <int64 9000>, 'allowed': <int64 8000>, 'held': <int64 8000>, 'equal': <true>}"
#define MENDED                                                                                     \
  "{'destination': <'home'>, 'bucket': <'b'>, 'at': <int64 1772448750000>, "                       \
  "'in-aw': <int64 900>, 'allowed': <int64 900>, 'held': <int64 901>, 'kept': <int64 1>, "         \
  "'equal': <true>, 'mended': <true>, 'days': <uint32 1>, 'differing-days': <['2026-02-01']>}"
#define DIFFERENT                                                                                  \
  "{'destination': <'home'>, 'bucket': <'b'>, 'at': <int64 1772448750000>, 'in-aw': <int64 -1>, "  \
  "'allowed': <int64 900>, 'held': <int64 899>, 'equal': <false>, 'days': <uint32 1>, "            \
  "'differing-days': <['2026-02-01']>}"
#define OUTDATED                                                                                   \
  "{'destination': <'home'>, 'bucket': <'b'>, 'at': <int64 1772448750000>, "                       \
  "'in-aw': <int64 5>, 'allowed': <int64 5>, 'held': <int64 5>, 'equal': <true>, "                 \
  "'outdated': <true>}"

#define TRACK(bucket, rows, work, part)                                                            \
  "{'destination': <'home'>, 'bucket': <'" bucket "'>, 'rows': <int64 " rows ">, "                 \
  "'work': <'" work "'>, 'part': <" part ">}"
#define BOTH TRACK ("a", "9000", "", "1.0") ", " TRACK ("b", "900", "", "1.0")

static void
check (const char *progress, const char *verdicts, const char *title, const char *detail)
{
  const GVariantType *type = G_VARIANT_TYPE ("aa{sv}");
  g_autoptr (GVariant) tracks = g_variant_parse (type, progress, NULL, NULL, NULL);
  g_autoptr (GVariant) list = g_variant_parse (type, verdicts, NULL, NULL, NULL);
  g_autofree char *got_title = NULL;
  g_autofree char *got_detail = NULL;
  HelioProof proof;

  g_assert_true (tracks != NULL && list != NULL);
  helio_proof_sum (tracks, list, "home", &proof);
  got_title = helio_proof_get_title (&proof, NOW);
  got_detail = helio_proof_get_detail (&proof, NOW);
  g_assert_cmpstr (got_title, ==, title);
  g_assert_cmpstr (got_detail, ==, detail);
}

static void
test_sum (void)
{
  check ("[" BOTH "]", "[]", "Not verified yet", "");
  check ("[" BOTH "]", "[{'destination': <'other'>, 'at': <int64 5>}]", "Not verified yet", "");
  check ("[" TRACK ("a", "9000", "", "1.0") "]", "[" EQUAL "]", "Verified 3 min ago: equal",
         "9000 in ActivityWatch · 8000 allowed by the rules · 8000 held");
  check ("[" BOTH "]", "[" EQUAL "]", "Verified in part 3 min ago",
         "9000 in ActivityWatch · 8000 allowed by the rules · 8000 held");
  check ("[" BOTH "]", "[" EQUAL ", " MENDED "]", "Verified 3 min ago: equal, after a repair",
         "9900 in ActivityWatch · 8900 allowed by the rules · 8901 held");
  check ("[" BOTH "]", "[" EQUAL ", " DIFFERENT "]", "Verified 3 min ago: not equal",
         "? in ActivityWatch · 8900 allowed by the rules · 8899 held");
  check ("[" BOTH "]", "[" EQUAL ", " OUTDATED "]", "Verified 3 min ago, before the rules changed",
         "9005 in ActivityWatch · 8005 allowed by the rules · 8005 held");
}

static void
test_running (void)
{
  check ("[" TRACK ("a", "7499", "", "1.0") ", " TRACK ("b", "2499", "verify", "0.5") "]", "[]",
         "Verifying: 87 %", "");
  /* Numbers of before are not those of now. */
  check ("[" TRACK ("a", "9000", "verify", "0.5") "]", "[" EQUAL "]", "Verifying: 50 %",
         "Verified 3 min ago: equal");
  check ("[" TRACK ("a", "0", "verify", "0.0") "]", "[]", "Verifying: 0 %", "");
}

static void
test_bucket (void)
{
  g_autoptr (GVariant) mended = g_variant_parse (G_VARIANT_TYPE_VARDICT, MENDED, NULL, NULL, NULL);
  g_autofree char *text = helio_proof_get_verdict (mended);

  g_assert_cmpstr (text, ==,
                   "900 in ActivityWatch · 900 allowed by the rules · 901 held · "
                   "1 of these kept though it is gone there\n"
                   "equal; mended, it differed on 2026-02-01");
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/window/proof/sums-up", test_sum);
  g_test_add_func ("/window/proof/says-how-far-it-is", test_running);
  g_test_add_func ("/window/proof/says-what-came-out-for-a-bucket", test_bucket);
  return g_test_run ();
}
