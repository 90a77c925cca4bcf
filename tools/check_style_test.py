"""Tests of check_style.py: each gives it a good or a bad snippet and looks at what it says."""

import os
import tempfile
import unittest

import check_style


def problems(path, text):
    return check_style.problems_of_file(path, text)


class CoAwait(unittest.TestCase):
    def assert_allowed(self, body):
        self.assertEqual(problems("nano/a.cpp", f"Task<int> f() {{\n  {body}\n}}\n"), [], body)

    def assert_refused(self, body):
        found = problems("nano/a.cpp", f"Task<int> f() {{\n  {body}\n}}\n")
        self.assertTrue(found and found[0].endswith("(g++ 12 miscompiles others)"), body)

    def test_statements_and_named_variables_are_allowed(self):
        self.assert_allowed("co_await scheduler.sleep(5ms);")
        self.assert_allowed("auto row = co_await app.offload([&] { return load(a, b); });")
        self.assert_allowed("const auto& row = co_await load();")
        self.assert_allowed("nano::Result<std::map<int, Row>> rows = co_await load(1 + 2);")
        self.assert_allowed("a(); Reply reply = co_await call<Reply, int>(1);")

    def test_control_statements_may_stand_before_it(self):
        self.assert_allowed("if (x > 1) co_await y;")
        self.assert_allowed("if (x) { co_await y; } else co_await z;")
        self.assert_allowed("for (auto& x : all) co_await x.done();")
        self.assert_allowed("switch (x) { case 1: co_await y; }")

    def test_coroutines_may_stand_inside_a_lambda(self):
        self.assert_allowed("auto task = [&]() -> Task<int> { co_await x; co_return 1; };")

    def test_larger_expressions_are_refused(self):
        self.assert_refused("co_return co_await x;")
        self.assert_refused("co_return Reply{.x = co_await x};")
        self.assert_refused("call(co_await x);")
        self.assert_refused("int y = 1 + co_await x;")
        self.assert_refused("int y = co_await x + 1;")
        self.assert_refused("auto y = (co_await x).value();")
        self.assert_refused("auto y = co_await f(co_await g());")
        self.assert_refused("Reply y{co_await x};")
        self.assert_refused("if (co_await x) return;")
        self.assert_refused("y = co_await x;")
        self.assert_refused("EXPECT_EQ(co_await x, 1);")

    def test_temporaries_that_are_destroyed_twice_are_refused(self):
        for operand in (
            'session->call<Reply>("Chat.Echo", Say{in.text + "..."})',
            "call(nano::detail::Say<int>{a})",
            "call({a, b})",
            "call(a, {})",
            "call(f(Say{a}))",
            "call(std::array<std::string, 1>{a})",
            "call(x ? a : b)",
            "call([a] { return a; })",
            "call(std::function<void()>([=]() mutable -> int { return 1; }))",
            "[name = std::move(name)]() -> Task<int> { co_return 1; }()",
        ):
            for statement in (f"co_await {operand};", f"const auto x = co_await {operand};"):
                found = problems("nano/a.cpp", f"Task<int> f() {{\n  {statement}\n}}\n")
                self.assertTrue(found and "destroys such a temporary twice" in found[0], statement)

    def test_what_is_named_has_nothing_to_destroy_or_constructors_is_allowed(self):
        self.assert_allowed("Say say{a}; auto x = co_await session->call<Reply>(route, say);")
        self.assert_allowed("auto query = offload([a] { return a; }); auto x = co_await query;")
        self.assert_allowed("auto x = co_await offload([n] { if (n) { return Row{n}; } return g({n}); });")
        self.assert_allowed("co_await call([&a, this] { use(Say{a} ? 1 : 2); });")
        self.assert_allowed("co_await sleep(std::chrono::milliseconds{5});")
        self.assert_allowed('auto x = co_await call(prefix + ".Echo", std::string{text});')

    def test_pages_are_read_where_they_hold_cpp(self):
        page = "text `co_await f(Say{a})`\n\n```cpp\nint x;\nco_await f(Say{a});\n```\n"
        self.assertEqual(len(problems("docs/a.md", page)), 1)
        self.assertIn("docs/a.md:5: ", problems("docs/a.md", page)[0])
        self.assertEqual(problems("docs/a.md", page.replace("cpp", "text")), [])

    def test_comments_strings_and_the_operator_itself_are_not_meant(self):
        self.assert_allowed('// f(co_await x)\n  log("f(co_await x)");')
        self.assert_allowed("auto operator co_await() { return Awaiter{}; }")


class Words(unittest.TestCase):
    def assert_found(self, path, text, part):
        found = problems(path, text)
        self.assertEqual(len(found), 1, found)
        self.assertIn(part, found[0])

    def test_leftovers_are_found_in_code_and_not_in_prose(self):
        self.assert_found("nano/a.cpp", "int x;\n// TO" "DO: later\n", "nano/a.cpp:2: a leftover")
        self.assert_found("client-js/src/a.ts", "// FIX" "ME\n", "a leftover")
        self.assert_found("nano/a.cpp", "#if 0\n#endif\n", "switched-off code")
        self.assertEqual(problems("CONTRIBUTING.md", "No TO" "DO stays.\n"), [])

    def test_nothing_sleeps(self):
        self.assert_found("nano/a_test.cpp", "  std::this_thread::sleep_for(1ms);\n", "sleeps")
        self.assert_found("tests/a.cpp", "  usleep(5);\n", "sleeps")
        self.assertEqual(problems("nano/a.cpp", "  co_await scheduler.after(1ms);  // no sleep()\n"), [])

    def test_library_code_does_not_write_to_streams_but_programs_may(self):
        self.assert_found("nano/base/a.cpp", "  std::cout << 1;\n", "log")
        self.assertEqual(problems("examples/chat/main.cpp", "  std::cout << 1;\n"), [])
        self.assertEqual(problems("nano/base/a.cpp", "  std::snprintf(text, size, format, 1);\n"), [])

    def test_registry_hosts_and_machine_paths_are_found_everywhere(self):
        self.assert_found("docs/a.md", "see https://registry." "npmjs.org/x\n", "registry host")
        self.assert_found("docs/a.md", "cd /ho" "me/me/nano\n", "path of one machine")
        self.assertEqual(problems("docs/a.md", "https://example.com/ho" "me/me and src/work/x\n"), [])


class Bounds(unittest.TestCase):
    def test_bounds_stand_in_a_limits_h(self):
        for bound in (
            "constexpr std::size_t message_bytes_max = 64 * 1024;",
            "static constexpr std::size_t name_bytes_max = std::size_t{1} << 6;",
            "inline constexpr Duration call_timeout = 5s;",
            "constexpr int resolve_interval_ms = 1000;",
            "constexpr Duration stop_poll_interval{5};",
            "Duration lease_ttl = std::chrono::seconds{5};",
            "double register_interval_s = 3;",
            "double retry_s = 0.5;",
        ):
            found = problems("nano/base/a.cpp", bound + "\n")
            self.assertTrue(found and "belongs in a limits.h" in found[0], bound)
            for path in ("nano/base/limits.h", "nano/base/a_test.cpp", "examples/chat/room.h"):
                said = " ".join(problems(path, bound + "\n"))
                self.assertNotIn("belongs in a limits.h", said, path)

    def test_what_is_made_of_bounds_or_is_none_may_stand_elsewhere(self):
        for other in (
            "constexpr std::size_t depth_max = limits::json_depth;",
            "constexpr Duration link_pause = 3 * limits::link_heartbeat / 2;",
            "constexpr std::size_t buffer_bytes_kept = 4096;",
            "constexpr int children = 4; int count_max = 0;",
            "Duration lease_ttl = limits::etcd_lease_ttl;",
            "Duration passed = seconds{0}; double heartbeat_s = 0;",
        ):
            self.assertEqual(problems("nano/base/a.cpp", other + "\n"), [], other)


class Shape(unittest.TestCase):
    def test_headers_say_what_they_are(self):
        self.assertEqual(problems("nano/a.h", "// Public header. A thing.\n#pragma once\n"), [])
        self.assertEqual(len(problems("nano/a.h", "#pragma once\n")), 1)
        self.assertEqual(len(problems("nano/a.h", "// Internal header. A thing.\n")), 1)

    def test_long_files_are_found(self):
        self.assertEqual(problems("nano/a.cpp", "\n" * 400), [])
        self.assertEqual(len(problems("nano/a.cpp", "\n" * 401)), 1)
        self.assertEqual(problems("docs/a.md", "\n" * 401), [])

    def test_long_lines_are_found_and_counted_in_characters(self):
        self.assertEqual(problems("nano/a.cpp", "// " + "é" * 107 + "\n"), [])
        self.assertEqual(len(problems("nano/a.cpp", "// " + "e" * 108 + "\n")), 1)

    def test_long_functions_are_found_and_namespaces_are_not(self):
        body = "  x();\n" * 59
        heads = ["void f()", "int C::f(int a) const noexcept", "auto f() -> Task<int>", "C::C() : a_(1)"]
        for head in heads:
            self.assertEqual(problems("nano/a.cpp", f"{head} {{\n{body[7:]}}}\n"), [], head)
            found = problems("nano/a.cpp", f"\n{head} {{\n{body}}}\n")
            self.assertEqual(len(found), 1, head)
            self.assertIn("nano/a.cpp:2: a function of 61 lines", found[0])
        self.assertEqual(problems("nano/a.cpp", "namespace a {\n" + "int x;\n" * 100 + "}\n"), [])
        self.assertEqual(problems("nano/a.h", "// Public header.\n#pragma once\nclass A : public B {\n" +
                                  "int x;\n" * 100 + "};\n"), [])


class NpmLocks(unittest.TestCase):
    def check(self, lock, settings):
        with tempfile.TemporaryDirectory() as root:
            for name, text in (("package-lock.json", lock), (".npmrc", settings)):
                with open(os.path.join(root, name), "w", encoding="utf-8") as file:
                    file.write(text)
            return check_style.check(root)

    def test_a_lock_without_addresses_is_kept_so_by_its_npmrc(self):
        self.assertEqual(self.check("{}", "omit-lockfile-registry-resolved=true\n"), [])
        self.assertEqual(len(self.check("{}", "")), 1)

    def test_addresses_in_a_lock_are_found(self):
        lock = '{"resolved": "https://example.com/x.tgz"}'
        self.assertEqual(len(self.check(lock, "omit-lockfile-registry-resolved=true\n")), 1)


class Worktrees(unittest.TestCase):
    def test_the_file_that_leads_from_a_worktree_to_its_repository_is_not_read(self):
        with tempfile.TemporaryDirectory() as root:
            with open(os.path.join(root, ".git"), "w", encoding="utf-8") as file:
                file.write("gitdir: /" + "home/somebody/nano/.git/worktrees/mine\n")
            self.assertEqual(check_style.check(root), [])


if __name__ == "__main__":
    unittest.main()
