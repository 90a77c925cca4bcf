#include "benchmark/load/address.h"

#include <arpa/inet.h>
#include <charconv>
#include <cstdint>
#include <stdexcept>

namespace nano::benchmark {

Address Address::parse(const std::string& text) {
  const std::size_t colon = text.rfind(':');
  Address address{.text = text};
  address.number.sin_family = AF_INET;
  std::uint16_t port = 0;
  if (colon != std::string::npos) {
    const char* text_end = text.data() + text.size();
    if (std::from_chars(text.data() + colon + 1, text_end, port).ptr != text_end) port = 0;
    address.number.sin_port = htons(port);
  }
  if (port == 0 || inet_pton(AF_INET, text.substr(0, colon).c_str(), &address.number.sin_addr) != 1) {
    throw std::invalid_argument("--address takes an IPv4 address and a port like 127.0.0.1:3250, not \"" +
                                text + "\"");
  }
  return address;
}

}  // namespace nano::benchmark
