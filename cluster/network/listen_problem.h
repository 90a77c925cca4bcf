// Internal header. Why an address cannot be listened on, which gRPC does not say.
#pragma once

#include <string>

namespace nano::cluster {

/// The system's word for it ("Address already in use"), found out by trying again; empty when that works now.
/// `host`: a name or an address, IPv6 ones in brackets, or empty for all. Blocks while a name is looked up.
std::string why_not_listening(const std::string& host, const std::string& port);

}  // namespace nano::cluster
