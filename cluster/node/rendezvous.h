// Public header. Rendezvous hashing: which of several members a key belongs to.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "cluster/registry/member.h"

namespace nano::cluster {

/// The same number for the same text on every machine and in every build.
std::uint64_t stable_hash(std::string_view text);

/// The candidate that `key` belongs to; null if there are none. All nodes that have the same candidates find
/// the same one, in whatever order, and a member that comes or goes moves only its own keys. Members count by
/// what `name` says; of two with the same name the one of the lesser address has their keys.
const Member* rendezvous(std::string_view key, const std::vector<const Member*>& candidates,
                         std::string Member::*name = &Member::address);

}  // namespace nano::cluster
