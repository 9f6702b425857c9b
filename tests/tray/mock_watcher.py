# SPDX-FileCopyrightText: 2026 The Heliograph authors
# SPDX-License-Identifier: GPL-3.0-or-later

"""A template for python3-dbusmock: who shows tray icons, and remembers which ones came."""

import dbus

BUS_NAME = "org.kde.StatusNotifierWatcher"
MAIN_OBJ = "/StatusNotifierWatcher"
MAIN_IFACE = "org.kde.StatusNotifierWatcher"
SYSTEM_BUS = False


def load(mock, _parameters):
    mock.AddProperties(MAIN_IFACE, {
        "IsStatusNotifierHostRegistered": dbus.Boolean(True),
        "RegisteredStatusNotifierItems": dbus.Array([], signature="s"),
        "ProtocolVersion": dbus.Int32(0)})
    mock.AddMethod(MAIN_IFACE, "RegisterStatusNotifierItem", "s", "", "")
