// Internal header. What the scenarios make of what the server sends back.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "benchmark/load/dialect.h"
#include "benchmark/load/failures.h"
#include "benchmark/load/payload.h"
#include "protocol/bytes.h"

namespace nano::benchmark {

/// Throws DialectError unless what was answered `was_awaited`.
inline void check_awaited(bool was_awaited) {
  if (!was_awaited) [[unlikely]]
    throw DialectError("the server answered what was not asked, or twice");
}

/// Adds to `failures` what is wrong with the answer to the request `id`, if anything is.
inline void check_answer(Payload& payload, std::uint64_t id, bool ok, protocol::ByteView got,
                         Failures& failures) {
  if (!ok) {
    failures.add("the server answered with an error: " + std::string{protocol::as_text(got)});
  } else if (!payload.is_same(got, id)) [[unlikely]] {
    failures.add("the server answered something else than what was sent");
  }
}

/// The number of the notify that led to this push, awaited on the route `wanted`. Throws DialectError when
/// none did.
inline std::uint64_t notify_of_push(const Payload& payload, std::string_view wanted, std::string_view route,
                                    protocol::ByteView got) {
  const auto number = payload.sequence_of(got);
  if (route != wanted || !number) [[unlikely]] {
    throw DialectError("the server pushed \"" + std::string{route} +
                       "\" with something else than what was sent");
  }
  return *number;
}

}  // namespace nano::benchmark
