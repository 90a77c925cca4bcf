#include "nano/net/handshake_line.h"

namespace nano {

std::uint64_t network_of(const asio::ip::address& address) {
  if (address.is_v4()) return address.to_v4().to_uint();
  const asio::ip::address_v6 v6 = address.to_v6();
  const auto bytes = v6.to_bytes();
  const std::size_t begin = v6.is_v4_mapped() ? 12 : 0;
  const std::size_t end = v6.is_v4_mapped() ? 16 : 8;
  std::uint64_t network = 0;
  for (std::size_t i = begin; i < end; ++i) network = network << 8 | bytes[i];
  return network;
}

void HandshakeLine::serve(const Clock& clock) {
  if (line_.empty()) return;
  TimePoint now = clock.now();
  const TimePoint end = now + limits::handshake_slice;
  while (!line_.empty() && now < end && budget_.allows(now)) {
    const auto connection = line_.take().lock();
    if (!connection) continue;
    ended_.reset();
    connection->take_turn();
    const TimePoint done = clock.now();
    budget_.spend(ended_.value_or(done) - now);
    now = done;
  }
}

}  // namespace nano
