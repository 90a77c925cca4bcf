// Internal header. Payload: what is sent, each with a number of its own, and whether what came back is that.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "protocol/bytes.h"

namespace nano::benchmark {

enum class PayloadKind {
  raw,   ///< the number in 8 bytes, big-endian, then letters; with less than 8 bytes just letters
  ping,  ///< the protobuf message Ping{content = 1, sequence = 2} with that many letters
  json,  ///< {"id":N,"name":"...","x":1.5,"y":-2.25} with that many letters
};

/// One thread.
class Payload {
 public:
  Payload(PayloadKind kind, std::size_t bytes);

  /// The payload with this number, valid until the next call.
  protocol::ByteView with(std::uint64_t sequence);

  /// Whether `got` is the payload with this number. JSON may come back in another
  /// form, with the same id and name.
  bool is_same(protocol::ByteView got, std::uint64_t sequence);

  /// The number in `got`; nothing if `got` is not one of these payloads, or if they have no numbers.
  std::optional<std::uint64_t> sequence_of(protocol::ByteView got) const;

  bool has_sequence() const { return kind_ != PayloadKind::raw || text_.size() >= sequence_bytes; }

  static constexpr std::size_t sequence_bytes = 8;

 private:
  std::optional<std::uint64_t> find_json_sequence(std::string_view text) const;

  PayloadKind kind_;
  std::string text_;       // the payload as it was last made
  std::size_t front_ = 0;  // bytes of it before the number, which are the same in all
  std::string back_;       // and after it; of JSON only
  std::string name_;       // the member "name"; of JSON only
};

}  // namespace nano::benchmark
