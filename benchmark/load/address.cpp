#include "benchmark/load/address.h"

#include <arpa/inet.h>
#include <stdexcept>

#include "nano/base/host_port.h"

namespace nano::benchmark {

Address Address::parse(const std::string& text) {
  Address address{.text = text};
  address.number.sin_family = AF_INET;
  const Result<HostPort> parts = parse_host_port(text);
  if (parts) address.number.sin_port = htons(parts->port);
  if (!parts || parts->port == 0 ||
      inet_pton(AF_INET, std::string{parts->host}.c_str(), &address.number.sin_addr) != 1) {
    throw std::invalid_argument("--address takes an IPv4 address and a port like 127.0.0.1:3250, not \"" +
                                text + "\"");
  }
  return address;
}

}  // namespace nano::benchmark
