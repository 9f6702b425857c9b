# SPDX-FileCopyrightText: 2026 The Heliograph authors
# SPDX-License-Identifier: GPL-3.0-or-later

"""A template for python3-dbusmock: the window, as the bus would start it."""

BUS_NAME = "io.github.heliograph.Heliograph"
MAIN_OBJ = "/io/github/heliograph/Heliograph"
MAIN_IFACE = "org.freedesktop.Application"
SYSTEM_BUS = False


def load(mock, _parameters):
    mock.AddMethod(MAIN_IFACE, "Activate", "a{sv}", "", "")
