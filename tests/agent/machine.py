# SPDX-FileCopyrightText: 2026 The Heliograph authors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The machine around the agent: logind and NetworkManager, played on a private system bus."""

import os
import subprocess
import sys

import dbus

from world import Bus, plain, until

MOCK = "org.freedesktop.DBus.Mock"
LOGIND = "org.freedesktop.login1"
NETWORK = "org.freedesktop.NetworkManager"
LIMITED_BY_PORTAL = 2
FULL = 4
METERED = 1
NOT_METERED = 2


class Machine:
    """Use it with `with`, inside the world it belongs to, before the agent starts."""

    def __init__(self, world):
        self.world = world
        os.mkdir(world.path("system"))
        self.bus = Bus(world.path("system"), None, world.environment)
        world.environment["DBUS_SYSTEM_BUS_ADDRESS"] = self.bus.address
        self.connection = self.bus.connect()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.connection.close()
        self.bus.close()

    def play(self, template, name):
        mock = subprocess.Popen([sys.executable, "-m", "dbusmock", "--system", "--template",
                                 template], env=self.world.environment, stdout=subprocess.DEVNULL)
        self.world.others.append(mock)
        until(lambda: self.connection.name_has_owner(name), name)

    def start_logind(self):
        self.world.environment["XDG_SESSION_ID"] = "c1"
        self.play("logind", LOGIND)
        self.manager = self.connection.get_object(LOGIND, "/org/freedesktop/login1",
                                                  introspect=False)
        until(self.has_sessions, "the template")
        self.manager.AddSession("c1", "seat0", os.getuid(), "somebody", True, signature="ssusb",
                                dbus_interface=MOCK)
        self.session = self.connection.get_object(LOGIND, "/org/freedesktop/login1/session/c1",
                                                  introspect=False)

    def has_sessions(self):
        try:
            self.manager.ListSessions(dbus_interface=LOGIND + ".Manager")
            return True
        except dbus.DBusException:
            return False

    def inhibitors(self):
        """What (who, why, mode) each delays."""
        return [plain(one)[:4] for one in
                self.manager.ListInhibitors(dbus_interface=LOGIND + ".Manager")]

    def prepare_for_sleep(self, sleeps):
        self.manager.EmitSignal(LOGIND + ".Manager", "PrepareForSleep", "b", [sleeps],
                                dbus_interface=MOCK)

    def tell_session(self, signal):
        self.session.EmitSignal(LOGIND + ".Session", signal, "", [], signature="sssav",
                                dbus_interface=MOCK)

    def set_locked_hint(self, is_locked):
        self.session.UpdateProperties(LOGIND + ".Session",
                                      dbus.Dictionary({"LockedHint": is_locked}, signature="sv"),
                                      dbus_interface=MOCK)

    def start_network(self, **properties):
        # The environment decides whom GLib asks about the network.
        self.world.environment["GIO_USE_NETWORK_MONITOR"] = "networkmanager"
        self.play("networkmanager", NETWORK)
        self.network = self.connection.get_object(NETWORK, "/org/freedesktop/NetworkManager",
                                                  introspect=False)
        until(self.has_network, "the template")
        self.network.AddProperty(NETWORK, "Metered", dbus.UInt32(NOT_METERED),
                                 dbus_interface=MOCK)
        self.set_network(**properties)

    def has_network(self):
        try:
            self.network.Get(NETWORK, "State", dbus_interface=dbus.PROPERTIES_IFACE)
            return True
        except dbus.DBusException:
            return False

    def set_network(self, **properties):
        """Both signals of a change: NetworkManager's own is the one that GLib looks for."""
        values = dbus.Dictionary({name: dbus.UInt32(value) for name, value in properties.items()},
                                 signature="sv")
        if not values:
            return
        self.network.UpdateProperties(NETWORK, values, dbus_interface=MOCK)
        self.network.EmitSignal(NETWORK, "PropertiesChanged", "a{sv}", [values],
                                dbus_interface=MOCK, signature="sssav")
