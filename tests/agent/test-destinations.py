# SPDX-FileCopyrightText: 2026 The Heliograph authors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Where a destination's page is."""

from world import World, run_tests


def tells_the_page_to_who_asks():
    with World() as world:
        world.start_aw()
        world.start_server()
        world.make_token()
        world.start_agent()
        identity, _ = world.call("AddDestination", world.url, "", {"token-file": world.token_file})
        assert world.call("GetPage", identity) == world.url + "/"
        assert "page" not in world.get("Destinations")[0]
        message = world.fails("NotFound", "GetPage", "nobody")
        assert "no destination nobody" in message, message
        # Until it has answered at the new address nothing is known of it.
        world.stop_server()
        world.call("SetDestination", identity, {"url": world.url + "/secret"})
        assert world.call("GetPage", identity) == ""
        assert "secret" not in str(world.get("Destinations"))


run_tests([("/agent/destinations/tells-the-page-to-who-asks", tells_the_page_to_who_asks)])
