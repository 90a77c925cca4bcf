#include "benchmark/load/echo_dialect.h"

#include <algorithm>

#include "benchmark/load/big_endian.h"

namespace nano::benchmark {
namespace {

constexpr std::uint64_t opening_id = 0;
constexpr int length_shift = 32;  // the header is one number: the length, then the id

}  // namespace

void EchoDialect::open(OutputBuffer& out) { write_request(out, "", opening_id, {}); }

void EchoDialect::write_request(OutputBuffer& out, std::string_view, std::uint64_t id,
                                protocol::ByteView payload) {
  write_big_endian(out.extend(header_bytes), std::uint64_t{payload.size()} << length_shift | id);
  out.append(payload);
}

void EchoDialect::write_notify(OutputBuffer&, std::string_view, protocol::ByteView) {
  throw DialectError("the server echoes requests, and has no notifies");
}

void EchoDialect::read(protocol::ByteView input, OutputBuffer&, DialectEvents& events) {
  protocol::Bytes joined;
  if (!held_.empty()) {
    held_.insert(held_.end(), input.begin(), input.end());
    joined.swap(held_);
    input = joined;
  }
  while (input.size() >= header_bytes) {
    const std::uint64_t header = read_big_endian(input.data());
    const std::uint64_t payload_bytes = header >> length_shift;
    const std::uint64_t id = header & 0xffffffff;
    if (payload_bytes > payload_bytes_max) throw DialectError("the server sent a message that is no echo");
    if (input.size() - header_bytes < payload_bytes) break;
    if (id == opening_id) {
      events.on_opened();
    } else {
      events.on_answer(id, true, input.subspan(header_bytes, payload_bytes));
    }
    input = input.subspan(header_bytes + payload_bytes);
  }
  held_.assign(input.begin(), input.end());
}

}  // namespace nano::benchmark
