#!/usr/bin/env python3
"""Compiles coroutines that await calls, and looks for the refusals of what g++ 12 would destroy twice.
Usage: awaited_operands_test.py <compiler> <include folder>..."""

import sys

from handler_signatures_test import compile_text

PROLOGUE = """
#include "nano/application/application.h"
using namespace nano;
struct Reply { int number = 0; };
BOOST_DESCRIBE_STRUCT(Reply, (), (number))
template <int> struct Say { std::string text; };
template <int> struct Number { int number = 0; };
template <int N> Say<N> make_say() { return {"text"}; }
"""
DESCRIBED = """
BOOST_DESCRIBE_STRUCT(Say<{0}>, (), (text))
BOOST_DESCRIBE_STRUCT(Number<{0}>, (), (number))
"""

CALL = "name the payload first"
OFFLOAD = "name the call first"

# a statement of a coroutine that has `session`, `app`, `text` and, in N, its number; and the refusal
WRONG = [
    ('Result<Reply> r = co_await session->call<Reply>("A.B", Say<N>{text + "..."});', CALL),
    ('co_await session->call<void>("A.B", Say<N>{});', CALL),
    ('co_await app.call<void>("A.B", Say<N>{text});', CALL),
    ('co_await call<void>("A.B", Say<N>{text});', CALL),
    ('co_await session->call<void>("A.B", make_say<N>());', CALL),
    ('co_await session->call<void>("A.B", std::optional<Say<N>>(Say<N>{text}));', CALL),
    ('co_await session->call<void>("A.B", text.empty() ? Say<N>{} : Say<N>{text});', CALL),
    ("int n = co_await offload([text] { return int(text.size()); });", OFFLOAD),
    ("co_await app.scheduler().offload([session] {});", OFFLOAD),
]
RIGHT = [
    'const Say<N> say{text}; Result<Reply> r = co_await session->call<Reply>("A.B", say);',
    'Say<N> say{text}; co_await app.call<void>("A.B", say);',
    'co_await session->call<void>("A.B", Number<N>{1});',
    'co_await session->call<void>("A." + text, text + "...");',
    'co_await session->call<void>("A.B", "literal", {.timeout = std::chrono::seconds{1}});',
    'co_await call<void>("A.B", std::string_view{text});',
    "auto query = offload([text] { return int(text.size()); }); int n = co_await query;",
    "int n = 1; int m = co_await offload([n] { return n; });",
]


def program(statements):
    text = PROLOGUE + "".join(DESCRIBED.format(number) for number in range(len(statements)))
    for number, statement in enumerate(statements):
        text += f"struct C{number} : Component {{ static constexpr int N = {number};\n"
        text += "Task<void> run(SessionPtr session, Application& app, std::string text) {\n"
        text += f"{statement} (void)session; (void)app; (void)text; co_return; }} }};\n"
    return text


def main():
    compiler, *folders = sys.argv[1:]
    failures = []
    right = compile_text(compiler, folders, program(RIGHT))
    if right.returncode != 0:
        failures.append("right statements do not compile:\n" + right.stderr)
    wrong = compile_text(compiler, folders, program([statement for statement, _ in WRONG]))
    for sentence in (CALL, OFFLOAD):
        expected = sum(refusal == sentence for _, refusal in WRONG)
        refused = sum(sentence in line and "error:" in line for line in wrong.stderr.splitlines())
        if refused != expected:
            failures.append(f"{refused} of {expected} statements are refused: {sentence}\n{wrong.stderr}")
    print("\n".join(failures) or f"{len(WRONG)} statements are refused, {len(RIGHT)} are not")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
