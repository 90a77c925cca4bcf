// Public header. Member: one node of the cluster, as the others know it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace nano::cluster {

struct Member {
  std::string address = {};                ///< "host:port" where it serves the other nodes; names the member
  std::string label = {};                  ///< free text of its operator, for routing functions
  std::vector<std::string> services = {};  ///< that clients can call there, sorted
  std::uint32_t link_version = 0;          ///< 0: a node of Go Nano
  std::uint32_t gate_number = 0;
  std::uint64_t incarnation = 0;  ///< another process at the same address has another

  bool offers(std::string_view service) const;
  friend bool operator==(const Member&, const Member&) = default;
};

/// Whether the text is "host:port", the host without spaces and slashes, the port from `port_least` to 65535.
bool is_address(std::string_view text, unsigned port_least = 1);

/// Whether its host stands for all addresses of a machine, so that others cannot call it there.
bool names_no_host(std::string_view address);

}  // namespace nano::cluster
