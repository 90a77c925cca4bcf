// Internal header. EchoDialect: a server that sends back each byte, and knows nothing of messages.
#pragma once

#include <cstdint>
#include <string_view>

#include "benchmark/load/dialect.h"

namespace nano::benchmark {

/// A request is the length of its payload and its id, in 4 bytes each, big-endian, and the payload; so is its
/// answer. The connection is open once the first message, which has the id 0 and no payload, came back.
class EchoDialect final : public Dialect {
 public:
  static constexpr std::size_t header_bytes = 8;
  /// Longer answers are an error.
  static constexpr std::size_t payload_bytes_max = 64 * 1024;

  explicit EchoDialect(const DialectSettings&) {}

  void open(OutputBuffer& out) override;
  void read(protocol::ByteView input, OutputBuffer& out, DialectEvents& events) override;
  void write_request(OutputBuffer& out, std::string_view route, std::uint64_t id,
                     protocol::ByteView payload) override;
  /// Throws DialectError: there are none.
  void write_notify(OutputBuffer& out, std::string_view route, protocol::ByteView payload) override;

 private:
  protocol::Bytes held_;  // the beginning of a message
};

}  // namespace nano::benchmark
