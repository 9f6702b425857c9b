# SPDX-FileCopyrightText: 2026 The Heliograph authors
# SPDX-License-Identifier: GPL-3.0-or-later

"""A template for python3-dbusmock: who shows tray icons, and remembers which ones came.

With the parameter "refusals" it does not take that many of them.
"""

import dbus

BUS_NAME = "org.kde.StatusNotifierWatcher"
MAIN_OBJ = "/StatusNotifierWatcher"
MAIN_IFACE = "org.kde.StatusNotifierWatcher"
SYSTEM_BUS = False


REGISTER = """
self.refusals -= 1
if self.refusals >= 0:
    raise dbus.exceptions.DBusException("not yet", name="org.freedesktop.DBus.Error.Failed")
"""


def load(mock, parameters):
    mock.refusals = int(parameters.get("refusals", 0))
    mock.AddProperties(MAIN_IFACE, {
        "IsStatusNotifierHostRegistered": dbus.Boolean(True),
        "RegisteredStatusNotifierItems": dbus.Array([], signature="s"),
        "ProtocolVersion": dbus.Int32(0)})
    mock.AddMethod(MAIN_IFACE, "RegisterStatusNotifierItem", "s", "", REGISTER)
