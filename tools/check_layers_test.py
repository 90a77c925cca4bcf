"""Tests of check_layers.py: each gives it includes and looks at what it says."""

import unittest

import check_layers


def problems(path, *includes, missing=()):
    text = "".join(f"#include {name}\n" for name in includes)
    return check_layers.problems_of_file(path, text, lambda name: name not in missing)


class Layers(unittest.TestCase):
    def test_an_include_along_an_arrow_is_allowed(self):
        self.assertEqual(problems("nano/session/session.h", '"nano/scheduler/timer.h"'), [])

    def test_an_include_along_several_arrows_is_allowed(self):
        found = problems("nano/component/component.h", '"nano/base/result.h"', '"protocol/packet.h"')
        self.assertEqual(found, [])

    def test_an_include_of_the_own_layer_is_allowed(self):
        self.assertEqual(problems("protocol/result.h", '"protocol/errc.h"'), [])

    def test_an_include_against_an_arrow_is_named_with_its_line(self):
        found = problems("nano/base/log.cpp", "<string>", '"nano/session/session.h"')
        self.assertEqual(len(found), 1)
        self.assertIn("nano/base/log.cpp:2: nano/base must not include nano/session", found[0])

    def test_angle_brackets_do_not_hide_an_include_against_an_arrow(self):
        self.assertEqual(len(problems("nano/base/log.cpp", "<nano/session/session.h>")), 1)

    def test_neighbours_without_an_arrow_do_not_see_each_other(self):
        self.assertEqual(len(problems("nano/component/dispatcher.cpp", '"nano/net/listener.h"')), 1)
        self.assertEqual(len(problems("nano/transport/tcp.cpp", '"nano/pipeline/pipeline.h"')), 1)
        self.assertEqual(len(problems("nano/serialize/json.cpp", '"nano/scheduler/timer.h"')), 1)

    def test_protocol_includes_nothing_of_nano(self):
        self.assertEqual(len(problems("protocol/packet.cpp", '"nano/base/result.h"')), 1)

    def test_nano_never_includes_cluster(self):
        self.assertEqual(len(problems("nano/application/application.cpp", '"cluster/cluster.h"')), 1)

    def test_the_application_does_not_include_testing_but_testing_the_application(self):
        self.assertEqual(len(problems("nano/application/application.cpp", '"nano/testing/world.h"')), 1)
        self.assertEqual(problems("nano/testing/world.cpp", '"nano/application/application.h"'), [])

    def test_tests_may_use_testing_but_no_higher_layer(self):
        self.assertEqual(problems("nano/scheduler/timer_test.cpp", '"nano/testing/manual_clock.h"'), [])
        self.assertEqual(len(problems("nano/scheduler/timer_test.cpp", '"nano/session/session.h"')), 1)

    def test_examples_use_all_of_nano_but_not_each_other(self):
        self.assertEqual(problems("examples/chat/room.h", '"nano/nano.h"', '"examples/chat/words.h"'), [])
        self.assertEqual(len(problems("examples/chat/room.h", '"examples/tadpole/pond.h"')), 1)

    def test_inner_layers_do_not_use_the_header_that_gathers_all(self):
        self.assertEqual(len(problems("nano/component/component.h", '"nano/nano.h"')), 1)

    def test_a_folder_that_the_table_lacks_is_reported(self):
        self.assertEqual(len(problems("nano/misc/thing.h")), 1)
        self.assertEqual(len(problems("nano/base/log.h", '"nano/misc/thing.h"')), 1)

    def test_include_paths_start_at_the_root(self):
        found = problems("nano/base/log.cpp", '"log.h"', missing=["log.h"])
        self.assertIn("start at the root", found[0])


class Picture(unittest.TestCase):
    def setUp(self):
        self.rows = check_layers.LAYERS
        check_layers.LAYERS = {"nano/base": [], "nano/net": ["nano/base"], "nano/http": ["nano/net"]}
        self.addCleanup(lambda: setattr(check_layers, "LAYERS", self.rows))

    def problems(self, *lines, folders=("nano/base", "nano/net", "nano/http")):
        table = "".join(f"| [`{folder}`](../{folder}) | x |\n" for folder in folders)
        return check_layers.problems_of_picture("```\n" + "\n".join(lines) + "\n```\n" + table)

    def assert_refused(self, part, *lines, **more):
        found = self.problems(*lines, **more)
        self.assertTrue(any(part in problem for problem in found), found)

    def test_one_that_says_what_the_table_says_is_accepted_in_one_line_or_several(self):
        self.assertEqual(self.problems("protocol", "", "inside nano:  base ◄ net ◄ http"), [])
        self.assertEqual(self.problems("inside nano:  base ◄ net       net ◄ http", "     base ◄ http"), [])

    def test_an_arrow_too_many_is_refused(self):
        self.assert_refused("nano/net on nano/http", "inside nano: base ◄ http ◄ net")

    def test_an_arrow_that_is_missing_is_refused(self):
        self.assert_refused("nano/http on nano/net", "inside nano: base ◄ net   base ◄ http")

    def test_a_folder_that_only_one_of_both_knows_is_refused(self):
        self.assert_refused("nano/http is in the picture or", "inside nano: base ◄ net")
        self.assert_refused("nano/tls is in the picture or", "inside nano: base ◄ net ◄ http ◄ tls")

    def test_a_page_without_a_picture_or_a_row_for_each_folder_is_refused(self):
        self.assert_refused("no picture")
        self.assert_refused("no row for nano/net", "inside nano: base ◄ net ◄ http", folders=("nano/base",))

    def test_the_table_names_folders_that_exist(self):
        found = check_layers.problems_of_table(lambda folder: folder != "nano/net")
        self.assertEqual(found, ["tools/check_layers.py: there is no folder nano/net"])


class Libraries(unittest.TestCase):
    def assert_only_in(self, include, good, bad):
        for path in good:
            self.assertEqual(problems(path, include), [], path)
        for path in bad:
            self.assertEqual(len(problems(path, include)), 1, path)

    def test_network_libraries_stay_in_their_rooms(self):
        bad = ["nano/session/session.cpp", "examples/a/a.cpp", "nano/http/router.cpp"]
        self.assert_only_in("<asio.hpp>", ["nano/net/io_loop.h", "nano/transport/tcp.cpp"], bad)
        self.assert_only_in("<asio/ip/tcp.hpp>", ["nano/net/listener.h"], bad)
        tls = ["nano/net/tls_stream.h", "nano/websocket/upgrade.cpp"]
        self.assert_only_in("<openssl/ssl.h>", tls, [*bad, "nano/transport/tcp.cpp"])
        frames = ["nano/websocket/engine.cpp"]
        self.assert_only_in("<websocketpp/frame.hpp>", frames, [*bad, "nano/websocket/engine.h"])

    def test_grpc_stays_in_the_network_of_the_cluster(self):
        bad = ["nano/application/application.cpp", "cluster/node/node.cpp"]
        self.assert_only_in("<grpcpp/grpcpp.h>", ["cluster/network/grpc_network.cpp"], bad)

    def test_json_stays_behind_the_serializer_and_out_of_protocol_headers(self):
        good = ["nano/serialize/json.h", "protocol/handshake.cpp", "protocol/testdata/a.h", "tests/a.cpp"]
        bad = ["protocol/handshake.h", "nano/component/registry.cpp", "examples/chat/room.cpp"]
        self.assert_only_in("<boost/json.hpp>", good, bad)
        self.assert_only_in("<boost/json/value.hpp>", good, bad)

    def test_spdlog_stays_in_the_sources_of_base_and_in_tests(self):
        good = ["nano/base/log.cpp", "nano/session/a_test.cpp"]
        bad = ["nano/base/log.h", "nano/session/a.cpp"]
        self.assert_only_in("<spdlog/spdlog.h>", good, bad)

    def test_googletest_stays_in_tests_and_the_headers_that_only_they_use(self):
        good = ["nano/base/a_test.cpp", "nano/base/a_test_fixture.h", "nano/base/a_for_tests.h",
                "tests/a.cpp"]
        self.assert_only_in("<gtest/gtest.h>", good, ["nano/base/attest.h", "nano/base/a.cpp"])

    def test_protobuf_stays_where_messages_are_made(self):
        good = ["nano/serialize/protobuf.h", "examples/a/a.cpp", "benchmark/a.cpp", "nano/base/a_test.cpp"]
        bad = ["nano/component/registry.h", "protocol/packet.cpp"]
        self.assert_only_in("<google/protobuf/message.h>", good, bad)
        self.assert_only_in('"tests/ping.pb.h"', ["tests/server.cpp"], [])

    def test_protocol_stands_on_the_standard_library_without_threads(self):
        self.assert_only_in("<vector>", ["protocol/packet.h"], [])
        for include in ("<zlib.h>", "<sys/uio.h>", "<boost/describe.hpp>", "<mutex>"):
            self.assert_only_in(include, ["nano/base/buffers.h"], ["protocol/packet.cpp"])


if __name__ == "__main__":
    unittest.main()
